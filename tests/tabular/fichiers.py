"""Files made by the tests: honest workbooks and the hostile ones built from them."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
import xlsxwriter

from seuil.engines.tabular import FileRefused, Table, read_table

KNOWN = ("Nom", "Prénom", "Adresse", "Montant", "Date", "Commune")


def read(folder: Path, content: bytes, name: str, known: Sequence[str] = KNOWN) -> Table:
    path = folder / "depot"
    path.write_bytes(content)
    return read_table(path, name=name, known_headers=known)


def refusal(folder: Path, content: bytes, name: str) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(folder, content, name)
    assert caught.value.message
    assert caught.value.remede
    assert caught.value.code.isascii()
    return caught.value


def xlsx(rows: Sequence[Sequence[object]], *, name: str = "Actes") -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet(name)
        for line, row in enumerate(rows):
            sheet.write_row(line, 0, row)
    return stream.getvalue()


def rebuilt(content: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """Return the archive with parts added, replaced, or removed when None."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in [n for n in source.namelist() if n not in parts]:
            target.writestr(name, source.read(name))
        for name, body in parts.items():
            if body is not None:
                target.writestr(name, body)
    return stream.getvalue()


def with_sheet(cells: str, *, before: str = "") -> bytes:
    """Return a workbook whose only sheet has this XML between <sheetData> and its end."""
    sheet = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f"{before}"
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{cells}</sheetData></worksheet>"
    )
    return rebuilt(xlsx([["Nom", "Prénom"]]), {"xl/worksheets/sheet1.xml": sheet.encode()})


def text_cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{text}</t></is></c>'


def ods(body: str, *, manifest: str = "", extra: Mapping[str, bytes] | None = None) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
        archive.writestr(
            "content.xml",
            '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:'
            '1.0" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:'
            'oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
            f'<table:table table:name="Actes">{body}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return stream.getvalue()
