"""Reading of the YAML files that people edit: what is not understood is refused, with its line.

Used for the local configuration; the law engine, which knows nothing of the kernel, has its own.
"""

from collections.abc import Iterable
from typing import Any, NoReturn

import yaml


class FichierIllisible(ValueError):
    """A file is not what the program can trust; the message names the file, the line, the key."""


class Table(dict[str, Any]):
    """A YAML mapping that knows its file and on which line each key stands."""

    def __init__(self, fichier: str, line: int) -> None:
        super().__init__()
        self.fichier = fichier
        self.line = line
        self.lines: dict[str, int] = {}

    def refuse(self, key: str, why: str) -> NoReturn:
        """Raise FichierIllisible about a key of this table."""
        _refuse(self.fichier, self.lines.get(key, self.line), key, why)

    def check_keys(self, required: Iterable[str], optional: Iterable[str] = ()) -> None:
        """Refuse a key that is missing or unknown."""
        needed = set(required)
        known = needed | set(optional)
        for key in self:
            if key not in known:
                self.refuse(key, "clé inconnue")
        for key in sorted(needed - set(self)):
            self.refuse(key, "la clé manque")

    def text(self, key: str, *, default: str | None = None) -> str:
        """Return a text; without default it is required and not empty."""
        value = self.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            self.refuse(key, "un texte est attendu")
        return value.strip()

    def choice(self, key: str, among: Iterable[str], *, default: str | None = None) -> str:
        """Return a text that is one of the known codes, or the default."""
        value = self.text(key, default=default)
        if value != default and value not in set(among):
            self.refuse(key, f"valeur inconnue « {value} »")
        return value

    def flag(self, key: str) -> bool:
        """Return true or false; absent is false."""
        value = self.get(key, False)
        if not isinstance(value, bool):
            self.refuse(key, "true ou false est attendu")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; absent is empty."""
        value = self.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            self.refuse(key, "une liste de textes est attendue")
        return tuple(value)

    def tables(self, key: str) -> "tuple[Table, ...]":
        """Return a list of mappings; absent is empty."""
        value = self.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, Table) for v in value):
            self.refuse(key, "une liste de fiches est attendue")
        return tuple(value)

    def table(self, key: str) -> "Table":
        """Return a mapping."""
        value = self.get(key)
        if not isinstance(value, Table):
            self.refuse(key, "des clés et leurs valeurs sont attendues")
        return value


class _Loader(yaml.SafeLoader):
    """Safe YAML whose mappings know their lines and have no duplicate key."""


def _construct_table(loader: _Loader, node: yaml.MappingNode) -> Table:
    table = Table(str(loader.name), node.start_mark.line + 1)
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = str(loader.construct_object(key_node, deep=True))
        if key in table:
            _refuse(table.fichier, line, key, "la clé est écrite deux fois")
        table[key] = loader.construct_object(value_node, deep=True)
        table.lines[key] = line
    return table


_Loader.add_constructor("tag:yaml.org,2002:map", _construct_table)


def read_table(*, text: str, fichier: str) -> Table:
    """Read a YAML text as a mapping; `fichier` is its name in the refusals.

    Raises FichierIllisible.
    """
    loader = _Loader(text)
    loader.name = fichier
    try:
        table = loader.get_single_data()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        _refuse(fichier, mark.line + 1 if mark else 1, "YAML", f"écriture illisible ({error})")
    finally:
        loader.dispose()
    if not isinstance(table, Table):
        _refuse(fichier, 1, "fichier", "une liste de clés est attendue")
    return table


def _refuse(fichier: str, line: int, key: str, why: str) -> NoReturn:
    raise FichierIllisible(f"{fichier}, ligne {line}, « {key} »\N{NO-BREAK SPACE}: {why}.")
