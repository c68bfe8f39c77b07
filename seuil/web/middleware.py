"""Headers of every answer, and the words of the one that Django leaves empty."""

import re
import time
from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed

from seuil.web.errors import write_not_allowed

# What is left of an address whose bytes are no text; none of ours holds a percent.
_ENCORE_CODEE = re.compile(r"%[0-9A-F]{2}")
# What a browser sends; OPTIONS is refused page by page.
_METHODES = ("GET", "HEAD", "POST", "OPTIONS")
# Everything comes from this server; no inline script, no foreign host.
_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'none';"
    " form-action 'self'; frame-ancestors 'none'"
)


class ContentSecurityPolicy:
    """Add the content security policy, and forbid keeping pages with personal data."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            # Signing in again leads back to the address of a button, which opens nothing.
            write_not_allowed(request, response)
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=()"
        )
        if request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class DemandeComprise:
    """Answer what no page takes, before asking where it comes from: another method than ours, an
    address that is no text.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> HttpResponse | None:
        """Refuse the methods of programs, and what Django would encode a second time."""
        if request.method not in _METHODES:
            return HttpResponseNotAllowed(_METHODES)
        if _ENCORE_CODEE.search(request.path_info):
            raise Http404
        return None


class CorpsCompris:
    """Refuse a body that no page understands: no field at all, which a page would take for a form
    sent empty, or a character that the database cannot hold, which no keyboard types.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: object) -> None:
        """Look at what was sent, once it is known to come from our own pages."""
        if any("\0" in text for pair in request.POST.lists() for text in (pair[0], *pair[1])):
            raise BadRequest
        if request.method != "POST" or request.POST or request.FILES:
            return
        # A form without any field still sends the mark that ends it: « --mark-- ».
        mark = len((request.content_params or {}).get("boundary", ""))
        empty = {mark + 4, mark + 6, mark + 8} if mark else {0}
        if int(request.META.get("CONTENT_LENGTH") or 0) not in {0, *empty}:
            raise BadRequest


class ServerTiming:
    """Say how long the server worked on the answer (milliseconds); used by `make bench`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        response = self.get_response(request)
        response.headers["Server-Timing"] = f"app;dur={(time.perf_counter() - start) * 1000:.1f}"
        return response
