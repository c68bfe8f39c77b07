"""A pasted table or a file, line by line: columns by what they may be called, cells as text."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from seuil.engines.tabular import Cell, Row, Table, normalise_header, read_table
from seuil.kernel.refusal import Refusal

Colonnes = Mapping[str, Sequence[str]]


class ColonneAbsente(Refusal):
    """A column that must be there is not; the text says which, and those that may be."""


@dataclass(frozen=True, slots=True)
class Ligne:
    """A line of a table: its number as the person sees it, the text of each column it may have."""

    numero: int
    cellules: Mapping[str, str]

    def __getitem__(self, colonne: str) -> str:
        return self.cellules.get(colonne, "")


@dataclass(frozen=True, slots=True)
class Refus:
    """What is not taken: where, what was written, what to do."""

    numero: int
    colonne: str
    texte: str
    remede: str


@dataclass(frozen=True, slots=True)
class Tableau:
    """The lines of a table, and the same as a text that may be pasted again."""

    colonnes: Sequence[str]
    lignes: Sequence[Ligne]

    def write(self, numeros: Iterable[int] | None = None) -> str:
        """Return the table as it would be pasted; `numeros` keeps those lines."""
        kept = None if numeros is None else set(numeros)
        rows = [self.colonnes] + [
            [ligne[c] for c in self.colonnes]
            for ligne in self.lignes
            if kept is None or ligne.numero in kept
        ]
        return "\n".join("\t".join(row) for row in rows)


def receive_texte(*, texte: str, colonnes: Colonnes, exigees: Sequence[str]) -> Tableau:
    """Read a table pasted from a spreadsheet. Raises FileRefused, ColonneAbsente."""
    with TemporaryDirectory(prefix="seuil-") as folder:
        path = Path(folder) / "colle.txt"
        path.write_text(texte, encoding="utf-8")
        return receive_tableau(path=path, nom="colle.txt", colonnes=colonnes, exigees=exigees)


def receive_tableau(*, path: Path, nom: str, colonnes: Colonnes, exigees: Sequence[str]) -> Tableau:
    """Read a file (CSV, XLSX, ODS). Raises FileRefused, ColonneAbsente."""
    known = [name for names in colonnes.values() for name in names]
    table = read_table(path, name=nom, known_headers=known)
    places = _find_places(table, colonnes)
    missing = [c for c in exigees if c not in places]
    if missing:
        raise ColonneAbsente(
            f"Il manque la colonne « {', '.join(missing)} » dans la ligne de titres. Colonnes"
            f" lues : {', '.join(colonnes)}."
        )
    return Tableau(
        colonnes=list(places),
        lignes=[
            Ligne(row.line, {c: _read_text(row, place) for c, place in places.items()})
            for row in table.rows
        ],
    )


def _find_places(table: Table, colonnes: Colonnes) -> dict[str, int]:
    headers = [normalise_header(h) for h in table.headers]
    found = {
        field: next((i for i, h in enumerate(headers) if h in names), None)
        for field, names in colonnes.items()
    }
    return {field: place for field, place in found.items() if place is not None}


def _read_text(row: Row, column: int) -> str:
    cell: Cell = row.cells[column] if column < len(row.cells) else None
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else " ".join(str(cell).split())
