"""Addresses: those of a page, resolved once by each process; the one asked for after a form."""

from functools import cache
from urllib.parse import quote

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import SafeString

# A dossier's number and a UUID alike: what both kinds of address accept in their place.
_PLACE = "00000000-0000-0000-0000-000000000000"


def address(name: str, value: object) -> SafeString:
    """Return the address of a page that takes one argument, a number of dossier or an id."""
    before, after = _parts(name)
    # Quoted: nothing is left to escape.
    return SafeString(f"{before}{quote(str(value), safe='')}{after}")


def tab_address(numero: str, onglet: str) -> str:
    """Return the address of a tab of a dossier."""
    return reverse("dossier_onglet", args=[numero, onglet])


def read_address(request: HttpRequest, name: str) -> str:
    """Return the address of ours that a form or an address asks for under a name; else nothing."""
    asked = request.POST.get(name) or request.GET.get(name, "")
    return asked if _is_ours(request, asked) else ""


def _is_ours(request: HttpRequest, asked: str) -> bool:
    # From the root only: Django would take « zzz » for the name of a page, and find none.
    return asked.startswith("/") and url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


@cache
def _parts(name: str) -> tuple[str, str]:
    before, _, after = reverse(name, args=[_PLACE]).partition(_PLACE)
    return before, after
