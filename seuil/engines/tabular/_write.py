"""Write sheets: XLSX and ODS with typed cells, CSV for machines. Text is always text."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from textwrap import wrap
from typing import BinaryIO

from seuil.engines.tabular import _ods
from seuil.engines.tabular._model import Column, Kind, Sheet
from seuil.engines.tabular._text import GUARDED

_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_TITLE = re.compile(r"[\[\]:*?/\\]")
# A French number abroad is no formula: a "'" before it would spoil it for nothing.
_PHONE = re.compile(r"\+\d[\d ]{6,18}")
_MAX_TEXT = 32_767
_FRACTION = "#,##0.0#"
_LINE_HEIGHT = 15
_FORMATS = {
    "entier": "#,##0",
    "montant": '#,##0.00\\ "€"',
    # Of whole numbers; those with a fraction have one of their own.
    "nombre": "#,##0",
    "date": "dd/mm/yyyy",
    "heure": "hh:mm",
}

Value = str | int | float | Decimal | date | datetime | time | None


def _typed(value: object, kind: Kind) -> Value:
    """Return the value as its column holds it; what does not fit the column stays text."""
    if value is None or value == "":
        return None
    number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if kind in {"entier", "montant", "nombre"} and number:
        assert isinstance(value, int | float | Decimal)
        return value if Decimal(value).is_finite() else str(value)
    if kind == "date" and isinstance(value, date):
        return value.replace(tzinfo=None) if isinstance(value, datetime) else value
    if kind == "heure" and isinstance(value, time | datetime):
        value = value.time() if isinstance(value, datetime) else value
        return value.replace(microsecond=0, tzinfo=None)
    return _text(value)


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, float | Decimal):
        return f"{value:f}".replace(".", ",") if isinstance(value, Decimal) else _decimal(value)
    text = _NOT_IN_XML.sub("", str(value).replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) > _MAX_TEXT:
        raise ValueError(f"A cell holds {len(text)} characters; spreadsheets stop at {_MAX_TEXT}.")
    return text


def _decimal(value: float) -> str:
    return repr(value).replace(".", ",")


def _titles(sheets: Sequence[Sheet]) -> list[str]:
    """Make sheet titles that Excel accepts: 31 characters, no punctuation of paths, unique."""
    titles: list[str] = []
    for number, sheet in enumerate(sheets, start=1):
        title = _NOT_IN_TITLE.sub(" ", _text(sheet.title)).replace("\n", " ").strip("' ")[:31]
        title = title.strip("' ") or f"Feuille {number}"
        if title.casefold() in {other.casefold() for other in titles}:
            title = f"{title[:25]} ({number})"
        titles.append(title)
    return titles


def _rows(sheet: Sheet) -> Iterator[list[Value]]:
    kinds = [column.kind for column in sheet.columns]
    for row in sheet.rows:
        yield [_typed(value, kind) for value, kind in zip(row, kinds, strict=True)]


def _header(columns: Sequence[Column]) -> list[str]:
    return [_text(column.title) for column in columns]


def write_xlsx(
    stream: BinaryIO, sheets: Sequence[Sheet], *, title: str = "", subject: str = ""
) -> None:
    """Write a workbook with real dates and amounts, a frozen header and filters."""
    import xlsxwriter  # noqa: PLC0415 - the reading child imports this package and must stay light

    options = {
        "in_memory": True,  # no copy of personal data in a temporary folder
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(stream, options) as book:
        book.set_properties({"title": title, "subject": subject})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        formats = {kind: book.add_format({"num_format": f}) for kind, f in _FORMATS.items()}
        formats["texte"] = book.add_format({"num_format": "@"})
        formats["fraction"] = book.add_format({"num_format": _FRACTION})
        for name, sheet in zip(_titles(sheets), sheets, strict=True):
            page = book.add_worksheet(name)
            top = len(sheet.notes) + bool(sheet.notes)
            for line, note in enumerate(sheet.notes):
                page.write_string(line, 0, _text(note))
            page.set_row(top, _LINE_HEIGHT * _count_header_lines(sheet.columns))
            for index, column in enumerate(sheet.columns):
                page.set_column(index, index, column.width)
                page.write_string(top, index, _text(column.title), bold)
            line = top
            for line, values in enumerate(_rows(sheet), start=top + 1):
                for index, value in enumerate(values):
                    _write_cell(page, line, index, value, formats, sheet.columns[index].kind)
            page.freeze_panes(top + 1, 0)
            page.autofilter(top, 0, line, max(len(sheet.columns) - 1, 0))
            page.set_landscape()
            page.set_paper(9)
            page.fit_to_pages(1, 0)
            page.repeat_rows(top)


def _count_header_lines(columns: Sequence[Column]) -> int:
    """Return how many lines the longest heading takes: not every program makes room by itself."""
    # Bold letters are wider than the digits in which widths are told.
    return max((len(wrap(_text(c.title), max(1, int(c.width * 0.8)))) for c in columns), default=1)


def _write_cell(
    page: object, line: int, index: int, value: Value, formats: dict[str, object], kind: str
) -> None:
    if value is None:
        return
    if isinstance(value, str):
        done = page.write_string(line, index, value, formats["texte"])  # type: ignore[attr-defined]
    elif isinstance(value, date | time):
        done = page.write_datetime(line, index, value, formats[kind])  # type: ignore[attr-defined]
    else:
        if kind == "nombre" and value != int(value):
            kind = "fraction"
        done = page.write_number(line, index, value, formats[kind])  # type: ignore[attr-defined]
    if done:
        raise ValueError(f"The cell at line {line + 1}, column {index + 1} does not fit in XLSX.")


def write_ods(stream: BinaryIO, sheets: Sequence[Sheet]) -> None:
    """Write an OpenDocument workbook with the same cells as `write_xlsx`."""
    pages = [
        _ods.Page(
            title=name,
            notes=[_text(note) for note in sheet.notes],
            header=_header(sheet.columns),
            widths=[column.width for column in sheet.columns],
            kinds=[column.kind for column in sheet.columns],
            rows=_rows(sheet),
        )
        for name, sheet in zip(_titles(sheets), sheets, strict=True)
    ]
    _ods.write(stream, pages)


def write_csv(stream: BinaryIO, sheet: Sheet) -> None:
    """Write semicolons, UTF-8 with BOM, and a "'" before text that would become a formula.

    `read_table` takes that "'" away again, and no other.
    """
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([_guard(title) for title in _header(sheet.columns)])
    for values in _rows(sheet):
        writer.writerow(
            [
                _guard(value) if isinstance(value, str) else _plain(value, column.kind)
                for value, column in zip(values, sheet.columns, strict=True)
            ]
        )
    stream.write(b"\xef\xbb\xbf" + buffer.getvalue().encode("utf-8"))


def _guard(text: str) -> str:
    return f"'{text}" if GUARDED.match(text) and not _PHONE.fullmatch(text) else text


def _plain(value: Value, kind: Kind) -> str:
    if value is None:
        return ""
    if kind == "montant" and isinstance(value, int | float | Decimal):
        return f"{value:.2f}".replace(".", ",")
    if isinstance(value, float | Decimal):
        return f"{Decimal(repr(value)) if isinstance(value, float) else value:f}".replace(".", ",")
    if isinstance(value, int):
        return str(value)
    return _text(value)
