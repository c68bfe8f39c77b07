"""Which page of the guide explains the screen that is shown; each screen declares its own."""

from importlib import import_module

from django.http import HttpRequest

# Where the guide begins.
ACCUEIL = "index"


def find_aide(request: HttpRequest) -> str:
    """Return the page of the guide that the screen's package names (`AIDE`), else the first."""
    match = request.resolver_match
    if match is None:
        return ACCUEIL
    screen = ".".join(match.func.__module__.split(".")[:3])
    return str(getattr(import_module(screen), "AIDE", ACCUEIL))
