"""Addresses written many times in a page: resolved once by each process, then filled in."""

from functools import cache
from urllib.parse import quote

from django.urls import reverse
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


@cache
def _parts(name: str) -> tuple[str, str]:
    before, _, after = reverse(name, args=[_PLACE]).partition(_PLACE)
    return before, after
