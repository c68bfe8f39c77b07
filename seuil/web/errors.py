"""Pages shown when something is refused or fails; they say what to do, never why inside.

They need neither a session nor a database: they must show when these are what failed.
"""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from seuil.web.journal import note_refusal


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(render_to_string("erreurs/400.html"), status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(render_to_string("erreurs/403.html"), status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(render_to_string("erreurs/404.html"), status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    note_refusal(request, "refus.csrf")
    return HttpResponse(render_to_string("erreurs/403_csrf.html"), status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    return HttpResponse(render_to_string("erreurs/500.html"), status=500)


def write_not_allowed(response: HttpResponse) -> None:
    """Write the page of an address that only records, in Django's empty answer."""
    response.content = render_to_string("erreurs/405.html").encode()
