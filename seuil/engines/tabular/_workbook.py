"""Read the sheets of an inspected workbook; runs only in the limited child process."""

import math
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path

import python_calamine

from seuil.engines.tabular._archive import Inspection, far_cell_refusal
from seuil.engines.tabular._layout import Layout, find_table
from seuil.engines.tabular._model import Cell, FileRefused, Limits, grouped
from seuil.engines.tabular._text import too_many_rows

_DAY = timedelta(days=1)


def read_workbook(
    path: Path, *, inspection: Inspection, known: frozenset[str], limits: Limits
) -> tuple[str, Layout]:
    """Return the first visible sheet whose header is recognised, failing that the first table."""
    fallback: tuple[str, Layout] | None = None
    chosen: tuple[str, Layout] | None = None
    with python_calamine.load_workbook(str(path)) as workbook:
        visible = [
            sheet.name
            for sheet in workbook.sheets_metadata
            if sheet.visible == python_calamine.SheetVisibleEnum.Visible
            and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
        ]
        hidden = [name for name in workbook.sheet_names if name not in visible]
        for name in visible:
            layout = _read_sheet(workbook.get_sheet_by_name(name), known, limits)
            if layout is None:
                continue
            if layout.known >= 2 or not known:
                chosen = (name, layout)
                break
            fallback = fallback or (name, layout)
    found = chosen or fallback
    if found is None:
        raise FileRefused(
            "vide",
            "Aucune feuille du classeur ne contient de tableau.",
            "Vérifiez que la liste porte une ligne de titres de colonnes et déposez-la à nouveau.",
        )
    others = [name for name in visible if name != found[0]]
    warnings = found[1].warnings
    if others:
        names = ", ".join(f"« {name} »" for name in others)
        warnings.insert(0, f"Seule la feuille « {found[0]} » est lue, pas : {names}.")
    if hidden:
        names = ", ".join(f"« {name} »" for name in hidden)
        warnings.append(f"Feuilles masquées non lues : {names}.")
    if inspection.ods_merged:
        warnings.append(
            "Le classeur contient des cellules fusionnées : seule la première porte la valeur."
        )
    if inspection.epoch_1904:
        warnings.append(
            "Le classeur compte ses dates depuis 1904 : vérifiez les dates écrites comme nombres."
        )
    return found


def _read_sheet(
    sheet: python_calamine.CalamineSheet, known: frozenset[str], limits: Limits
) -> Layout | None:
    if sheet.start is None or sheet.end is None:
        return None
    if sheet.end[1] >= limits.max_columns:
        raise far_cell_refusal(limits)
    if sheet.end[0] >= limits.max_rows + 2_000:
        raise too_many_rows(limits)
    lines = list(_lines(sheet, limits))
    layout = find_table(lines, known=known, first_column=sheet.start[1], rectangular=True)
    if layout:
        merged = [
            _range_name(*corners)
            for corners in sheet.merged_cell_ranges or []
            if corners[1][0] + 1 >= layout.header_line
        ]
        if merged:
            more = f" et {len(merged) - 10} autres" if len(merged) > 10 else ""
            layout.warnings.append(
                f"Cellules fusionnées {', '.join(merged[:10])}{more} : seule la première cellule "
                "de chacune porte la valeur."
            )
    return layout


def _range_name(first: tuple[int, int], last: tuple[int, int]) -> str:
    return f"{_column_letters(first[1])}{first[0] + 1}:{_column_letters(last[1])}{last[0] + 1}"


def _column_letters(index: int) -> str:
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _lines(
    sheet: python_calamine.CalamineSheet, limits: Limits
) -> Iterator[tuple[int, list[Cell]]]:
    """Yield every line from the first of the sheet: calamine pads the rows above the table."""
    total = 0
    for number, raw in enumerate(sheet.iter_rows(), start=1):
        cells: list[Cell] = []
        for value in raw:
            if type(value) is str:
                if len(value) > limits.max_cell:
                    raise _too_long(sheet, number, len(cells), limits)
                total += len(value)
                cells.append(value if value and not value.isspace() else None)
            elif type(value) is float:
                cells.append(_number(value))
            elif type(value) is timedelta:
                cells.append(_of_duration(value))
            else:
                assert isinstance(value, bool | int | date | datetime | time)
                cells.append(value)
        if total > limits.max_text:
            raise too_many_rows(limits)
        yield number, cells


def _number(value: float) -> Cell:
    if not math.isfinite(value):
        return str(value)
    return int(value) if value.is_integer() and abs(value) < 1e15 else value


def _of_duration(value: timedelta) -> Cell:
    """Read a duration under a day as a time of day, the rest as days."""
    if timedelta(0) <= value < _DAY:
        return (datetime(2000, 1, 1) + value).time()  # noqa: DTZ001 - only its time is kept
    return value / _DAY


def _too_long(
    sheet: python_calamine.CalamineSheet, line: int, index: int, limits: Limits
) -> FileRefused:
    column = _column_letters((sheet.start or (0, 0))[1] + index)
    return FileRefused(
        "cellule_trop_longue",
        f"Ligne {line}, colonne {column} : la cellule dépasse "
        f"{grouped(limits.max_cell)} caractères.",
        "Raccourcissez cette cellule.",
    )
