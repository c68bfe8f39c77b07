"""What goes in and out of the engine: limits, tables, sheets, and the refusal of a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

Cell = str | int | float | bool | date | datetime | time | None

Kind = Literal["texte", "entier", "montant", "date", "heure", "nombre"]


class FileRefused(Exception):
    """The file cannot be read as a table: what is wrong, what to do, and an ASCII code."""

    def __init__(self, code: str, message: str, remede: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remede = remede

    def __str__(self) -> str:
        return f"{self.message} {self.remede}"


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds set before and while a file is read; a file beyond one of them is refused."""

    max_bytes: int = 10 * 1024 * 1024
    max_entries: int = 200
    max_unpacked: int = 100 * 1024 * 1024
    max_ratio: int = 100
    ratio_floor: int = 1024 * 1024
    max_rows: int = 50_000
    max_columns: int = 100
    max_cell: int = 2_000
    # One shared string repeated in every cell grows without the file growing.
    max_text: int = 50_000_000
    # Of a list of JSON objects, the longest one: its characters.
    max_object: int = 1_000_000
    memory_bytes: int = 512 * 1024 * 1024
    cpu_seconds: int = 20
    wall_seconds: float = 40.0


def grouped(number: int) -> str:
    """Return the number as French readers group it: 50000 gives 50 000."""
    return f"{number:,}".replace(",", "\u202f")


@dataclass(frozen=True, slots=True)
class Row:
    """A data row: its 1-based line in the file as the user sees it, one cell per header.

    A CSV line with too many values keeps them after the last header.
    """

    line: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A line that is not data."""

    line: int
    kind: Literal["titre", "vide", "total"]


@dataclass(frozen=True, slots=True)
class Table:
    """The table found in a file, and everything the reader should be told about it."""

    sheet: str
    headers: tuple[str, ...]
    header_line: int
    rows: list[Row]
    skipped: tuple[Skipped, ...]
    encoding: str | None
    delimiter: str | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column to write; `width` is in characters."""

    title: str
    width: int = 16
    kind: Kind = "texte"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet to write; notes are printed above the header (never in CSV)."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]
    notes: Sequence[str] = ()
