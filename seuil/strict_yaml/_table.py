"""A YAML mapping that gives typed values, or refuses what is missing, unknown or another kind."""

import difflib
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, Literal, NoReturn, TypeVar

T = TypeVar("T")

# Of a key or a value that a refusal quotes, what is enough to find it.
_CITATION = 60
# A longer list of what may be written helps nobody.
_CHOIX = 12


class FichierIllisible(ValueError):
    """A file is not what the program can trust; the message names file, line, key and remedy."""


def refuse(fichier: str, line: int, key: str, why: str) -> NoReturn:
    """Raise FichierIllisible about one place of a file."""
    raise FichierIllisible(f"{fichier}, ligne {line}, {cite(key)}\N{NO-BREAK SPACE}: {why}.")


def cite(text: str) -> str:
    """Quote what stands in a file, on one line and not longer than a line."""
    printable = "".join(c if c.isprintable() else " " for c in text)
    words = " ".join(printable.split())
    if len(words) > _CITATION:
        words = f"{words[:_CITATION]}…"
    return f"«\N{NO-BREAK SPACE}{words}\N{NO-BREAK SPACE}»"


def _write_choices(given: str, among: Iterable[str]) -> str:
    """Say what may be written: what is near, or all of it when it is short."""
    known = sorted(among)
    shown = difflib.get_close_matches(given, known) or known[:_CHOIX]
    more = "…" if len(shown) == _CHOIX < len(known) else ""
    return f"{', '.join(map(cite, shown))}{more}"


class Table(dict[str, Any]):
    """A YAML mapping that knows its file and on which line each key stands.

    Its readings raise FichierIllisible.
    """

    def __init__(self, fichier: str, line: int) -> None:
        super().__init__()
        self.fichier = fichier
        self.line = line
        self.lines: dict[str, int] = {}

    def refuse(self, key: str, why: str) -> NoReturn:
        """Raise FichierIllisible about a key of this table."""
        refuse(self.fichier, self.lines.get(key, self.line), key, why)

    def check_keys(self, required: Iterable[str], optional: Iterable[str] = ()) -> None:
        """Refuse a key that is missing or unknown."""
        needed = set(required)
        known = needed | set(optional)
        for key in self:
            if key not in known:
                self.refuse(
                    key, f"clé inconnue, retirez-la ou écrivez {_write_choices(key, known)}"
                )
        for key in sorted(needed - set(self)):
            self.refuse(key, "la clé manque, ajoutez-la avec sa valeur")

    def text(self, key: str, *, default: str | None = None) -> str:
        """Return a text; without default it is required and not empty."""
        value = self.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            self.refuse(
                key,
                "un texte est attendu, entre guillemets s’il ressemble à un nombre ou à une date",
            )
        return value.strip()

    def choice(
        self,
        key: str,
        among: Collection[str],
        *,
        default: str | None = None,
        unknown: str = "valeur inconnue",
    ) -> str:
        """Return a text that is one of the known codes, or the default."""
        value = self.text(key, default=default)
        if value != default:
            self._check_among(key, value, among, unknown)
        return value

    def _check_among(self, key: str, value: str, among: Collection[str], unknown: str) -> None:
        if value not in among:
            self.refuse(key, f"{unknown} {cite(value)}, écrivez {_write_choices(value, among)}")

    def flag(self, key: str) -> bool:
        """Return true or false; absent is false."""
        value = self.get(key, False)
        if not isinstance(value, bool):
            self.refuse(key, "true ou false est attendu")
        return value

    def count(self, key: str, *, minimum: Literal[0, 1] = 1, maximum: int | None = None) -> int:
        """Return a whole number."""
        value = self.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < minimum:
            positive = "positif " if minimum else ""
            self.refuse(key, f"un nombre entier {positive}est attendu, sans guillemets")
        if maximum is not None and value > maximum:
            self.refuse(key, f"un nombre de {maximum} au plus est attendu")
        return value

    def day(self, key: str) -> date:
        """Return a day."""
        value = self.get(key)
        if not isinstance(value, date):
            self.refuse(key, "une date AAAA-MM-JJ est attendue, sans guillemets")
        return value

    def day_or_open(self, key: str) -> date | None:
        """Return a day; null or absent is None."""
        return None if self.get(key) is None else self.day(key)

    def texts(
        self,
        key: str,
        *,
        among: Collection[str] | None = None,
        default: tuple[str, ...] | None = None,
        unknown: str = "valeur inconnue",
    ) -> tuple[str, ...]:
        """Return a list of texts, or of known codes; without default it is not empty."""
        value = self._list(key, str, default)
        if value is None:
            self.refuse(key, "une liste de textes est attendue, chacun après un tiret")
        for item in value if among is not None else ():
            self._check_among(key, item, among or (), unknown)
        return value

    def tables(
        self, key: str, *, default: "tuple[Table, ...] | None" = None
    ) -> "tuple[Table, ...]":
        """Return a list of mappings; without default it is required and not empty."""
        value = self._list(key, Table, default)
        if value is None:
            size = " non vide" if default is None else ""
            self.refuse(key, f"une liste{size} de fiches est attendue, chacune après un tiret")
        return value

    def _list(self, key: str, kind: type[T], default: tuple[T, ...] | None) -> tuple[T, ...] | None:
        """Return a list whose items are all of a kind; None when it is not that."""
        value = self.get(key, default)
        if not isinstance(value, list | tuple) or not all(isinstance(v, kind) for v in value):
            return None
        return tuple(value) if value or default is not None else None

    def table(self, key: str) -> "Table":
        """Return a mapping."""
        value = self.get(key)
        if not isinstance(value, Table):
            self.refuse(key, "des clés et leurs valeurs sont attendues, une par ligne")
        return value
