"""Find the table inside plain rows: the header, the data, and the lines that are neither."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from seuil.engines.tabular._headers import normalise_header
from seuil.engines.tabular._model import Cell

Lines = Sequence[tuple[int, list[Cell]]]

_HEADER_WITHIN = 60
_LETTER = re.compile(r"[^\W\d_]")
_VALUE = re.compile(r"[\d\s.,/:€%+\-]+|\d{1,2} ?[hH] ?\d{0,2}")
_TOTAL = re.compile(r"(?:sous ?)?tota(?:l|ux)\b|nombre total\b")
_MAY_BE_TOTAL = frozenset('tTsSnN «"(*')


@dataclass(slots=True)
class Layout:
    """A table located by line numbers; `known` counts the recognised headers."""

    headers: list[str]
    header_line: int
    known: int
    rows: list[tuple[int, list[Cell]]]
    skipped: list[tuple[int, str]]
    warnings: list[str]


def find_table(
    lines: Lines, *, known: frozenset[str], first_column: int = 0, rectangular: bool
) -> Layout | None:
    """Locate the table; None when no line can be a header.

    `rectangular` says that the source aligns its columns (a sheet), so that a value right of the
    last header is a column without a name; in a CSV it is a line with a delimiter too many.
    """
    index, hits = _header_index(lines, known)
    if index is None:
        return None
    header_line, header = lines[index]
    width = _filled_width(header)
    if rectangular:
        width = max(width, *(_filled_width(cells) for _, cells in lines[index:]))
    layout = Layout(
        headers=_names(header, width, first_column),
        header_line=header_line,
        known=hits,
        rows=[],
        skipped=[(n, "titre" if _filled_width(c) else "vide") for n, c in lines[:index]],
        warnings=[],
    )
    _sort_lines(lines[index + 1 :], layout, header[:width], width)
    _warn_about_headers(layout, header, first_column)
    if not layout.rows:
        layout.warnings.append("Le tableau ne contient aucune ligne sous son en-tête.")
    return layout


def _sort_lines(lines: Lines, layout: Layout, header: list[Cell], width: int) -> None:
    ragged: list[str] = []
    padded_header = header + [None] * (width - len(header))
    for number, written in lines:
        length = len(written)
        cells = written
        if length < width:
            if any(cell is not None for cell in written):
                ragged.append(f"{number} ({length} au lieu de {width})")
            cells = written + [None] * (width - length)
        elif length > width:
            # Trailing blanks are no cells.
            filled = max(_filled_width(written), width)
            if filled > width:
                ragged.append(f"{number} ({filled} au lieu de {width})")
            cells = written[:filled]
        kind = _kind(cells, padded_header)
        if kind is None:
            layout.rows.append((number, cells))
        else:
            layout.skipped.append((number, kind))
    if ragged:
        more = f", et {len(ragged) - 10} autres" if len(ragged) > 10 else ""
        layout.warnings.append(
            "Nombre de cellules inattendu, vérifiez les séparateurs, ligne "
            + ", ".join(ragged[:10])
            + more
            + "."
        )


def _kind(cells: list[Cell], header: list[Cell]) -> str | None:
    for index, cell in enumerate(cells):
        if cell is None:
            continue
        if isinstance(cell, str):
            if cell[0] in _MAY_BE_TOTAL and _TOTAL.match(normalise_header(cell)):
                others = sum(1 for other in cells[index + 1 :] if _is_words(other))
                return "total" if others <= 1 else None
            # Pages pasted one under the other repeat their header.
            if cell == header[index] and cells == header:
                return "titre"
        return None
    return "vide"


def _filled_width(cells: Sequence[Cell]) -> int:
    for index in range(len(cells) - 1, -1, -1):
        if cells[index] is not None:
            return index + 1
    return 0


def _is_words(cell: Cell) -> bool:
    return isinstance(cell, str) and bool(_LETTER.search(cell)) and not _VALUE.fullmatch(cell)


def _header_index(lines: Lines, known: frozenset[str]) -> tuple[int | None, int]:
    """Return the line of the header and how many known names it holds."""
    candidates = [i for i, (_, cells) in enumerate(lines[:2_000]) if _filled_width(cells)]
    candidates = candidates[:_HEADER_WITHIN]
    best, best_hits = None, 0
    for i in candidates if known else []:
        names = {normalise_header(cell) for cell in lines[i][1] if isinstance(cell, str)}
        hits = len(names & known)
        if hits > best_hits:
            best, best_hits = i, hits
    if best_hits >= 2:
        return best, best_hits
    widest = max((sum(c is not None for c in lines[i][1]) for i in candidates), default=0)
    for i in candidates:
        if sum(_is_words(cell) for cell in lines[i][1]) * 3 >= widest * 2:
            return i, best_hits if i == best else 0
    return best, best_hits


def _shown_header(cell: Cell) -> str:
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    if isinstance(cell, time):
        return cell.strftime("%H:%M")
    return " ".join(str(cell).split())[:120]


def _names(header: Sequence[Cell], width: int, first_column: int) -> list[str]:
    """Give each column its own name: unnamed and repeated ones are named by their place."""
    names: list[str] = []
    seen: set[str] = set()
    for index in range(width):
        place = f"(colonne {first_column + index + 1})"
        cell = header[index] if index < len(header) else None
        name = place if cell is None else _shown_header(cell)
        if normalise_header(name) in seen:
            name = f"{name} {place}"
        seen.add(normalise_header(name))
        names.append(name)
    return names


def _warn_about_headers(layout: Layout, header: Sequence[Cell], first_column: int) -> None:
    unnamed = [
        str(first_column + i + 1)
        for i in range(len(layout.headers))
        if i >= len(header) or header[i] is None
    ]
    if unnamed:
        layout.warnings.append(f"Colonne sans titre : {', '.join(unnamed)}.")
    repeated = [
        name
        for name, cell in zip(layout.headers, header, strict=False)
        if cell is not None and name.endswith(")") and name != _shown_header(cell)
    ]
    if repeated:
        layout.warnings.append(f"Titre de colonne répété : {', '.join(repeated)}.")
