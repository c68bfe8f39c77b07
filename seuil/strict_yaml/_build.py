"""Values from the events of the parser: no recursion, no type of Python, nothing that multiplies.

Plain words are read as few ways as possible: null, true or false, a whole number, a date; all the
rest is text, `non` and `1.5` too.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, NoReturn

import yaml

from seuil.strict_yaml._table import Table, cite, refuse

# The files that people write have six levels and a few thousand values.
NIVEAUX_MAX = 40
VALEURS_MAX = 100_000
INVISIBLE = re.compile(
    "[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_MOTS = {"": None, "~": None, "null": None, "true": True, "false": False}
_ENTIER = re.compile(r"[-+]?(0|[1-9][0-9]{0,14})")
_JOUR = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}")


@dataclass(slots=True)
class _Etage:
    """A mapping or a list that is not closed yet."""

    contenu: Any
    line: int
    anchor: str | None
    # Values read before it: what it weighs is the difference when it closes.
    before: int
    # The key whose value comes next, in a mapping.
    key: str | None = None


class Builder:
    """The values of one document, built as its events come."""

    def __init__(self, fichier: str) -> None:
        self.fichier = fichier
        self.line = 1
        self.root: Any = None
        self.is_empty = True
        self._etages: list[_Etage] = []
        self._values = 0
        self._anchored: dict[str, tuple[Any, int]] = {}

    def take(self, event: yaml.Event) -> None:
        """Take the next event. Raises FichierIllisible."""
        if event.start_mark is not None:
            self.line = event.start_mark.line + 1
        if isinstance(event, yaml.DocumentStartEvent) and not self.is_empty:
            self._refuse("écriture illisible, un seul document est admis, retirez « --- »")
        elif isinstance(event, yaml.AliasEvent):
            self._take_alias(str(event.anchor))
        elif isinstance(event, yaml.ScalarEvent):
            self._take_scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close()

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        self._check_tag(event.tag)
        if self._awaits_key():
            self._refuse("écriture illisible, une clé est un mot suivi de deux-points")
        if len(self._etages) == NIVEAUX_MAX:
            self._refuse(f"écriture illisible, plus de {NIVEAUX_MAX} niveaux imbriqués")
        is_table = isinstance(event, yaml.MappingStartEvent)
        contenu = Table(self.fichier, self.line) if is_table else []
        self._etages.append(_Etage(contenu, self.line, event.anchor, self._values))

    def _close(self) -> None:
        etage = self._etages.pop()
        self._add(etage.contenu, etage.anchor, weight=1, before=etage.before)

    def _take_scalar(self, event: yaml.ScalarEvent) -> None:
        self._check_tag(event.tag)
        hidden = INVISIBLE.search(event.value)
        if hidden:
            self._refuse(f"écriture illisible, retirez le caractère {write_code(hidden[0])}")
        if self._awaits_key():
            self._take_key(event.value, event.anchor)
        else:
            is_plain = event.implicit[0]
            value = self._read_plain(event.value) if is_plain else event.value
            self._add(value, event.anchor, weight=1, before=self._values)

    def _take_key(self, key: str, anchor: str | None) -> None:
        table = self._etages[-1].contenu
        if anchor is not None:
            self._refuse("écriture illisible, une clé n’a pas d’ancre (&)")
        if key in table:
            refuse(self.fichier, self.line, key, "la clé est écrite deux fois, gardez-en une")
        # Its rank and its line stand before its value is known.
        table[key] = None
        table.lines[key] = self.line
        self._etages[-1].key = key

    def _take_alias(self, anchor: str) -> None:
        if self._awaits_key() or anchor not in self._anchored:
            self._refuse(f"écriture illisible, « *{anchor} » ne renvoie à rien d’écrit plus haut")
        value, weight = self._anchored[anchor]
        self._add(value, None, weight=weight, before=self._values)

    def _read_plain(self, word: str) -> Any:
        lower = word.lower()
        if lower in _MOTS:
            return _MOTS[lower]
        if _ENTIER.fullmatch(word):
            return int(word)
        if _JOUR.fullmatch(word):
            return self._read_day(word)
        return word

    def _read_day(self, word: str) -> date:
        try:
            return date.fromisoformat(word)
        except ValueError:
            self._refuse(f"la date {cite(word)} n’existe pas, écrivez AAAA-MM-JJ")

    def _add(self, value: Any, anchor: str | None, *, weight: int, before: int) -> None:
        """Put a value where it stands; what an alias repeats weighs as if it were written."""
        self._values += weight
        if self._values > VALEURS_MAX:
            self._refuse(f"écriture illisible, plus de {VALEURS_MAX} valeurs, renvois compris")
        if anchor is not None:
            self._anchored[anchor] = value, self._values - before
        if not self._etages:
            self.root, self.is_empty = value, False
            return
        etage = self._etages[-1]
        if isinstance(etage.contenu, list):
            etage.contenu.append(value)
        else:
            etage.contenu[etage.key] = value
            etage.key = None

    def _awaits_key(self) -> bool:
        return bool(self._etages) and (
            isinstance(self._etages[-1].contenu, Table) and self._etages[-1].key is None
        )

    def _check_tag(self, tag: str | None) -> None:
        if tag is not None:
            self._refuse("écriture illisible, retirez l’étiquette (!), elle n’est pas admise")

    def _refuse(self, why: str) -> NoReturn:
        keys = [etage.key for etage in self._etages if etage.key is not None]
        refuse(self.fichier, self.line, keys[-1] if keys else "YAML", why)


def write_code(character: str) -> str:
    """Name a character that nobody sees."""
    return f"U+{ord(character):04X}"
