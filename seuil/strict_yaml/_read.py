"""From bytes to tables: every way in which they can be unreadable is one refusal."""

from pathlib import Path
from typing import Any

import yaml

from seuil.strict_yaml._build import INVISIBLE, Builder, write_code
from seuil.strict_yaml._table import FichierIllisible, Table, refuse

ILLISIBLE = (
    "écriture illisible, vérifiez sur cette ligne et celle d’avant l’alignement, les deux-points, "
    "les tirets et les guillemets"
)
# The C reader is ten times faster; an interpreter built without it has the other.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_file(path: Path, *, fichier: str) -> Table:
    """Read a YAML file as a mapping; `fichier` is its name in the refusals.

    Raises FichierIllisible, or OSError when there is no such file.
    """
    return read_table(text=path.read_bytes(), fichier=fichier)


def read_table(*, text: str | bytes, fichier: str) -> Table:
    """Read a YAML text as a mapping. Raises FichierIllisible."""
    table = _parse(read_text(text, fichier=fichier), fichier)
    if not isinstance(table, Table):
        refuse(fichier, 1, "fichier", "une liste de clés est attendue, chacune avec sa valeur")
    return table


def read_tables(*, text: str | bytes, fichier: str) -> tuple[Table, ...]:
    """Read a YAML text as a list of mappings. Raises FichierIllisible."""
    tables = _parse(read_text(text, fichier=fichier), fichier)
    if not isinstance(tables, list) or not all(isinstance(item, Table) for item in tables):
        refuse(fichier, 1, "fichier", "une liste de fiches est attendue, chacune après un tiret")
    return tuple(tables)


def read_text(raw: str | bytes, *, fichier: str) -> str:
    """Return the characters of a file, UTF-8 and visible. Raises FichierIllisible."""
    text = _decode(raw, fichier) if isinstance(raw, bytes) else raw
    text = text.removeprefix("\N{BYTE ORDER MARK}")
    hidden = INVISIBLE.search(text)
    if hidden:
        line = text.count("\n", 0, hidden.start()) + 1
        why = f"écriture illisible, retirez le caractère {write_code(hidden[0])}"
        refuse(fichier, line, "YAML", why)
    return text


def _decode(raw: bytes, fichier: str) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        refuse(fichier, line, "fichier", "enregistrez-le en UTF-8, un caractère est illisible")


def _parse(text: str, fichier: str, loader: Any = _LOADER) -> Any:
    builder = Builder(fichier)
    try:
        for event in yaml.parse(text, Loader=loader):
            builder.take(event)
    except FichierIllisible:
        raise
    # The reader in Python lets a character that cannot be pass as it comes.
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        mark = getattr(error, "problem_mark", None)
        refuse(fichier, mark.line + 1 if mark else builder.line, "YAML", ILLISIBLE)
    if builder.is_empty:
        refuse(fichier, 1, "fichier", "il est vide, écrivez au moins une clé et sa valeur")
    return builder.root
