"""What each page accepts to receive, and what is answered before any page is asked."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.template.loader import render_to_string
from django.urls import Resolver404, resolve

F = TypeVar("F", bound=Callable[..., Any])

_MIO = 1024 * 1024
# A long note, a whole form: far below. What receives a file says how large (`receives`).
_DEFAULT = _MIO
# The other fields, and a file slightly too large, which the form then refuses in its own words.
_MARGIN = 2 * _MIO


def receives(*, megabytes: int) -> Callable[[F], F]:
    """Declare a page to which a file may be sent, of that size at most."""

    def declare(view: F) -> F:
        view.max_octets = megabytes * _MIO + _MARGIN  # type: ignore[attr-defined]
        return view

    return declare


def find_limit(path: str) -> int:
    """Return how many bytes may be sent to an address."""
    try:
        view = resolve(path).func
    except Resolver404:
        return _DEFAULT
    return int(getattr(view, "max_octets", _DEFAULT))


def write_refusal(status: int, limit: int) -> bytes:
    """Return the page of a request refused before any view."""
    name = _PAGES.get(status, "erreurs/400.html")
    return render_to_string(name, {"limite": max(1, limit // _MIO)}).encode()


_PAGES = {
    408: "erreurs/408.html",
    413: "erreurs/413.html",
    500: "erreurs/500.html",
    503: "erreurs/503_charge.html",
}
