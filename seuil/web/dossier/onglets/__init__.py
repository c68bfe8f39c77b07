"""The tabs of a dossier: each file of this folder is one, and nothing else lists them."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from seuil.web.dossier.onglet import Fil, Onglet


@cache
def load_onglets() -> dict[str, Onglet]:
    """Return the tabs by code (the name of their file), each at its `rang`."""
    found: dict[str, Onglet] = {
        module.name: import_module(f"{__name__}.{module.name}").ONGLET
        for module in iter_modules(__path__)
    }
    return dict(sorted(found.items(), key=lambda tab: tab[1].rang))


@cache
def list_fils() -> tuple[Fil, ...]:
    """Return the kinds of fact that the tabs add to the timeline, each at its `rang`."""
    fils = [fil for onglet in load_onglets().values() for fil in onglet.fils]
    return tuple(sorted(fils, key=lambda fil: fil.rang))
