"""What an address asks of a list: a value that does not exist is told, never ignored."""

from collections.abc import Container
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, QueryDict

_NBSP = "\N{NO-BREAK SPACE}"
# As much of what was asked as is worth showing.
_MONTRE = 40


def read_filtre(
    request: HttpRequest, name: str, known: Container[str], *, default: str = ""
) -> str:
    """Return the value of a filter of the address, the default one when nothing is asked.

    Another value is told on the page, and replaced by the default.
    """
    asked = request.GET.get(name, "")
    if not asked or asked in known:
        return asked or default
    messages.warning(request, write_inconnu(asked))
    return default


def write_inconnu(asked: str) -> str:
    """Say that a value asked of a filter is none of its own, and what is shown instead."""
    return (
        f"Le filtre «{_NBSP}{asked[:_MONTRE]}{_NBSP}» n’existe pas ici{_NBSP}: la page est montrée"
        " sans lui."
    )


def list_avertissements(form: forms.Form) -> list[str]:
    """Return, for each field of a form of filters that is not valid, that it is not applied."""
    return [
        f"{form.fields[name].label}{_NBSP}: «{_NBSP}{_write_asked(form, name)}{_NBSP}» ne peut pas"
        f" être appliqué. {' '.join(str(e) for e in errors)}"
        for name, errors in form.errors.items()
    ]


def _write_asked(form: forms.Form, name: str) -> str:
    return str(form.data.get(form.add_prefix(name), ""))[:_MONTRE]


def tell_avertissements(request: HttpRequest, form: forms.Form) -> None:
    """Say on the page which filters of a form are not applied, and why."""
    for warning in list_avertissements(form):
        messages.warning(request, warning)


class AdresseLue(QueryDict):
    """What an address asks, and which of it the page looked at: the rest is told, not ignored."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.lus: set[str] = set()
        super().__init__(*args, **kwargs)
        # Reading the address itself looked at everything.
        self.lus = set()

    def __getitem__(self, key: str) -> Any:
        self.lus.add(key)
        return super().__getitem__(key)

    def __contains__(self, key: object) -> bool:
        self.lus.add(str(key))
        return super().__contains__(key)

    def getlist(self, key: str, default: Any = None) -> Any:
        """Return every value of a name."""
        self.lus.add(key)
        return super().getlist(key, default)


# Where to go next: no page of arrival looks at it.
_HORS_FILTRES = frozenset({"suite"})


def list_ignores(asked: QueryDict) -> list[str]:
    """Return the names that an address bears and that its page did not look at."""
    if not isinstance(asked, AdresseLue):
        return []
    ignored = {name for name, values in asked.lists() if any(values)} - asked.lus - _HORS_FILTRES
    return sorted(name[:_MONTRE] for name in ignored)
