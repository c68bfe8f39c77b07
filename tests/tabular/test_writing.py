"""What is written is what is read back, and no text ever becomes a formula."""

import io
import re
import tempfile
import unicodedata
import zipfile
from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest
import python_calamine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seuil.engines.tabular import (
    Column,
    Sheet,
    Table,
    parse_date,
    parse_heure,
    parse_montant,
    read_table,
    write_csv,
    write_ods,
    write_xlsx,
)

COLUMNS = [
    Column("Nom", 30),
    Column("Montant dû", 14, "montant"),
    Column("Assignation", 12, "date"),
    Column("Heure", 8, "heure"),
    Column("Enfants", 8, "entier"),
]
SUFFIXES = ["csv", "xlsx", "ods"]
DANGEROUS = [
    "=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "|x", "%00", "\t=1", "'=1+1", "''=1",
    " =1", "https://exemple.fr", "00123", "1e5", "07/05/2026", "TRUE", "_x0041_", "<b>&amp;</b>",
    "deux  espaces", "ligne 1\nligne 2", "« guillemets » \"droits\"; virgule, tab\tfin",
    "+33612345678",
]  # fmt: skip


def written(sheet: Sheet, suffix: str) -> bytes:
    stream = io.BytesIO()
    if suffix == "csv":
        write_csv(stream, sheet)
    elif suffix == "xlsx":
        write_xlsx(stream, [sheet], title="Liste", subject="Essai")
    else:
        write_ods(stream, [sheet])
    return stream.getvalue()


def round_trip(sheet: Sheet, suffix: str) -> Table:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "liste"
        path.write_bytes(written(sheet, suffix))
        known = [column.title for column in sheet.columns]
        return read_table(path, name=f"liste.{suffix}", known_headers=known)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_text_that_looks_like_something_else_survives_the_round_trip(suffix: str) -> None:
    sheet = Sheet("Actes", [Column("Réf."), Column("Texte")], [["r", text] for text in DANGEROUS])

    table = round_trip(sheet, suffix)

    # OpenDocument readers lose tabs; a space stands for each.
    expected = [t.replace("\t", " ") for t in DANGEROUS] if suffix == "ods" else DANGEROUS
    assert [row.cells[1] for row in table.rows] == expected


_ROWS = st.lists(
    st.tuples(
        st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=40),
        st.decimals(min_value=0, max_value=99_999_999, places=2),
        st.none() | st.dates(date(1990, 1, 1), date(2100, 1, 1)),
        st.none() | st.times().map(lambda t: t.replace(second=0, microsecond=0)),
        st.integers(0, 12),
    ),
    min_size=1,
    max_size=30,
)


@pytest.mark.parametrize("suffix", SUFFIXES)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=_ROWS)
def test_any_list_reads_back_as_it_was_written(
    suffix: str, rows: list[tuple[str, Decimal, date | None, time | None, int]]
) -> None:
    rows = [("Ref " + name.replace("\ufffd", ""), *rest) for name, *rest in rows]

    table = round_trip(Sheet("Actes", COLUMNS, rows), suffix)

    read_back = [
        (
            row.cells[0],
            parse_montant(row.cells[1]),
            parse_date(row.cells[2]),
            parse_heure(row.cells[3]),
            int(str(row.cells[4])),
        )
        for row in table.rows
    ]
    if suffix == "csv":
        rows = [(unicodedata.normalize("NFC", name), *rest) for name, *rest in rows]
    assert read_back == rows


@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_dates_and_amounts_are_typed_in_workbooks(suffix: str) -> None:
    row = ["Roy", Decimal("1234.50"), date(2026, 5, 7), time(9, 30), 3]

    cells = round_trip(Sheet("Actes", COLUMNS, [row]), suffix).rows[0].cells

    assert cells == ("Roy", 1234.5, date(2026, 5, 7), time(9, 30), 3)


def test_no_cell_of_a_workbook_is_a_formula_or_a_link() -> None:
    sheet = Sheet("Actes", [Column("=A1"), Column("B")], [[text, text] for text in DANGEROUS])

    with zipfile.ZipFile(io.BytesIO(written(sheet, "xlsx"))) as archive:
        body = archive.read("xl/worksheets/sheet1.xml")
        assert not any("hyperlink" in archive.read(n).decode() for n in archive.namelist())
    with zipfile.ZipFile(io.BytesIO(written(sheet, "ods"))) as archive:
        content = archive.read("content.xml")

    assert b"<f>" not in body
    assert b"table:formula" not in content


def test_a_csv_starts_with_a_bom_and_guards_formulas_only() -> None:
    rows = [["=1+1", Decimal(-3)], ["+33612345678", Decimal("2.5")], ["Roy", None]]
    sheet = Sheet("Actes", [Column("Nom"), Column("Solde", 10, "montant")], rows)

    assert written(sheet, "csv").decode() == (
        "\ufeffNom;Solde\r\n'=1+1;-3,00\r\n+33612345678;2,50\r\nRoy;\r\n"
    )


@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_the_header_is_frozen_and_filtered_under_the_notes(suffix: str) -> None:
    notes = ["Activité de mai 2026", "Bordeaux"]
    content = written(Sheet("Actes", COLUMNS, [["Roy", 1, None, None, 0]], notes), suffix)

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if suffix == "xlsx":
            body = archive.read("xl/worksheets/sheet1.xml")
            assert b'ySplit="3"' not in body
            assert b'ySplit="4"' in body
            assert b'<autoFilter ref="A4:E5"/>' in body
        else:
            assert b">4</config:config-item>" in archive.read("settings.xml")
            assert b"$A$4:$'Actes'.$E$5" in archive.read("content.xml")


@pytest.mark.parametrize("suffix", ["xlsx", "ods"])
def test_notes_are_set_aside_when_the_list_comes_back(suffix: str) -> None:
    sheet = Sheet("Actes", COLUMNS, [["Roy", 1, None, None, 0]], ["Activité de mai 2026"])

    table = round_trip(sheet, suffix)

    assert table.header_line == 3
    assert [row.cells[0] for row in table.rows] == ["Roy"]


@pytest.mark.parametrize("write", [write_xlsx, write_ods])
def test_titles_of_sheets_are_made_acceptable_and_distinct(write: object) -> None:
    stream = io.BytesIO()
    titles = ["Actes 2025/2026 : " + "x" * 40, "Actes 2025/2026 : " + "x" * 50, "", "'"]

    write(stream, [Sheet(title, COLUMNS, []) for title in titles])  # type: ignore[operator]

    stream.seek(0)
    names = python_calamine.load_workbook(stream).sheet_names
    assert len({name.casefold() for name in names}) == 4
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)


def test_a_text_no_spreadsheet_can_hold_is_an_error_not_a_loss() -> None:
    with pytest.raises(ValueError, match="32768"):
        written(Sheet("Actes", [Column("Nom")], [["x" * 32768]]), "xlsx")


def test_an_ods_starts_with_its_stored_type_and_is_reproducible() -> None:
    sheet = Sheet("Actes", COLUMNS, [["Roy", 1, None, None, 0]])

    content = written(sheet, "ods")

    assert content[30:38] == b"mimetype"
    assert content[38:60].startswith(b"application/vnd.oasis")
    assert written(sheet, "ods") == content


def test_a_number_shows_a_comma_only_when_it_has_a_fraction() -> None:
    sheet = Sheet("Chiffres", [Column("Moyenne par jour", 14, "nombre")], [[18], [2.5]])
    with zipfile.ZipFile(io.BytesIO(written(sheet, "xlsx"))) as archive:
        styles = archive.read("xl/styles.xml").decode()
        page = archive.read("xl/worksheets/sheet1.xml").decode()

    # Excel writes « 18, » for a format that ends with optional decimals.
    assert not re.search(r'formatCode="[^"]*\.#+"', styles)
    whole, fraction = re.findall(r'<c r="A[23]" s="(\d+)"', page)
    assert whole != fraction


def test_a_heading_of_several_lines_leaves_room_for_the_first_row() -> None:
    sheet = Sheet("Liste", [Column("Moyenne par jour ouvré du mois", 12)], [["un"]])
    with zipfile.ZipFile(io.BytesIO(written(sheet, "xlsx"))) as archive:
        page = archive.read("xl/worksheets/sheet1.xml").decode()

    height = re.search(r'<row r="1"[^>]* ht="([\d.]+)"', page)
    assert height
    assert float(height[1]) >= 3 * 15
