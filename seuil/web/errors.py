"""Pages shown when something is refused or fails; they say what to do, never why inside.

They need neither a session nor a database: they must show when these are what failed.
"""

import contextlib
import errno
import sys
from http import HTTPStatus

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from seuil.acteurs.models import Agent
from seuil.web.context import read_cadre
from seuil.web.journal import note_refusal


def _write(request: HttpRequest, name: str) -> str:
    """Return a page of error, with the menu of whoever is already known to be signed in."""
    # Not `request.user`, which would ask the database when it is what failed.
    known = getattr(request, "_cached_user", None)
    agent = known if isinstance(known, Agent) else None
    context = {**read_cadre(request, agent), "state_brand": settings.SEUIL_STATE_BRAND}
    if agent:
        context["csrf_token"] = get_token(request)
    return render_to_string(name, context)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(_write(request, "erreurs/400.html"), status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(_write(request, "erreurs/403.html"), status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return HttpResponse(_write(request, "erreurs/404.html"), status=404)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    note_refusal(request, "refus.csrf")
    return HttpResponse(_write(request, "erreurs/403_csrf.html"), status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say what is missing when it is not a fault of ours: the database, or room on the disk."""
    status, name = _find_outage(sys.exc_info()[1])
    _drop_uploads(request)
    response = HttpResponse(_write(request, name), status=status)
    if status != HTTPStatus.INTERNAL_SERVER_ERROR:
        response.headers["Cache-Control"] = "no-store"
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = "10"
    return response


def _drop_uploads(request: HttpRequest) -> None:
    """Remove at once the file that was being received: Django would when memory is next swept."""
    for handler in request.upload_handlers:
        file = getattr(handler, "file", None)
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()


# No room, a quota reached, a file larger than what the account may write.
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def _find_outage(error: BaseException | None) -> tuple[HTTPStatus, str]:
    """Return the status and the page that tell what failed."""
    while error is not None:
        if isinstance(error, psycopg.errors.DiskFull) or getattr(error, "errno", None) in _FULL:
            return HTTPStatus.INSUFFICIENT_STORAGE, "erreurs/507.html"
        if isinstance(error, OperationalError | InterfaceError):
            if isinstance(error.__cause__, psycopg.errors.DiskFull):
                return HTTPStatus.INSUFFICIENT_STORAGE, "erreurs/507.html"
            return HTTPStatus.SERVICE_UNAVAILABLE, "erreurs/503_base.html"
        error = error.__cause__ or error.__context__
    return HTTPStatus.INTERNAL_SERVER_ERROR, "erreurs/500.html"


def write_not_allowed(request: HttpRequest, response: HttpResponse) -> None:
    """Write the page of an address that only records, in Django's empty answer."""
    response.content = _write(request, "erreurs/405.html").encode()
