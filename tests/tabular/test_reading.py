"""Honest but untidy lists: the table is found, and what was left aside is said."""

import io
from datetime import date, datetime, time
from pathlib import Path

import pytest
import xlsxwriter

from seuil.engines.tabular import Skipped
from tests.tabular.fichiers import KNOWN, read, refusal, xlsx

LINES = "Nom;Commune;Montant\r\nLefèvre;Bègles;1 234,56 €\r\n"


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("cp1252", "cp1252"), ("utf-16", "utf-16"),
    ],
)  # fmt: skip
def test_accents_survive_each_known_encoding(tmp_path: Path, codec: str, encoding: str) -> None:
    table = read(tmp_path, LINES.encode(codec), "liste.csv")

    assert table.rows[0].cells == ("Lefèvre", "Bègles", "1 234,56 €")
    assert table.encoding == encoding


def test_values_guessed_as_cp1252_are_shown_for_confirmation(tmp_path: Path) -> None:
    table = read(tmp_path, LINES.encode("cp1252"), "liste.csv")

    assert any("Lefèvre" in warning and "cp1252" in warning for warning in table.warnings)
    assert read(tmp_path, LINES.encode(), "liste.csv").warnings == ()


@pytest.mark.parametrize(
    "raw",
    [
        b"Nom;Commune\nLef\x81vre;B\xe8gles\n",
        "Nom;Commune\nLef\x8avre;Paris\n".encode(),
        "Nom;Commune\nLef\ufffdvre;Paris\n".encode(),
        b"Nom;Commune\nLef\x00vre;Paris\n",
        b"\xff\xfeN",
    ],
)
def test_unknown_characters_are_refused_rather_than_guessed(tmp_path: Path, raw: bytes) -> None:
    assert refusal(tmp_path, raw, "liste.csv").code == "encodage"


def test_accents_already_lost_in_the_source_are_pointed_out(tmp_path: Path) -> None:
    table = read(tmp_path, "Nom;Commune\nA;B\nLefÃ¨vre;Paris\n".encode(), "liste.csv")

    assert table.warnings[0].startswith("Ligne 3")


@pytest.mark.parametrize("delimiter", [";", "\t", ","])
@pytest.mark.parametrize("known", [KNOWN, ()])
def test_the_delimiter_is_recognised(
    tmp_path: Path, delimiter: str, known: tuple[str, ...]
) -> None:
    rows = [
        ["Nom", "Adresse", "Commune"],
        ['"Durand, née Petit"', '"3, rue X; bât. B"', "Bègles"],
        ["Roy", "5 rue Y", "Paris"],
    ]
    content = "\n".join(delimiter.join(row) for row in rows).encode()

    table = read(tmp_path, content, "liste.txt", known)

    assert table.delimiter == delimiter
    assert table.rows[0].cells == ("Durand, née Petit", "3, rue X; bât. B", "Bègles")


def test_decimal_commas_do_not_make_a_comma_file(tmp_path: Path) -> None:
    content = "Nom;Montant\n" + "Roy, Paul;12,50\n" * 5

    assert read(tmp_path, content.encode(), "liste.csv", ()).delimiter == ";"


def test_titles_blank_lines_totals_and_repeated_headers_are_set_aside(tmp_path: Path) -> None:
    content = (
        "Liste des assignations;;\n;;\nNom;Commune;Montant\nTotal Énergies;Paris;Bail\n"
        "Sous-total Paris;;12\n;;\nNom;Commune;Montant\nRoy;Bègles;3\nTOTAL;;15\n"
        "Nombre total d’actes : 2;;\n"
    )

    table = read(tmp_path, content.encode(), "liste.csv")

    assert table.header_line == 3
    assert [(row.line, row.cells[0]) for row in table.rows] == [(4, "Total Énergies"), (8, "Roy")]
    assert table.skipped == (
        Skipped(1, "titre"), Skipped(2, "vide"), Skipped(5, "total"), Skipped(6, "vide"),
        Skipped(7, "titre"), Skipped(9, "total"), Skipped(10, "total"),
    )  # fmt: skip


def test_a_header_nobody_knows_is_found_by_its_shape(tmp_path: Path) -> None:
    content = "État au 1er mai;;;\nRéf;Qui;Combien;Quand\nA1;Roy;12,50;07/05/2026\n"

    assert read(tmp_path, content.encode(), "liste.csv", ()).header_line == 2


def test_data_without_a_header_are_refused(tmp_path: Path) -> None:
    content = b"12;450,00;07/05/2026\n13;12,00;08/05/2026\n"

    assert refusal(tmp_path, content, "liste.csv").code == "sans_entete"


def test_a_header_alone_is_an_empty_list_with_a_warning(tmp_path: Path) -> None:
    table = read(tmp_path, b"Nom;Commune\n", "liste.csv")

    assert table.rows == []
    assert any("aucune ligne" in warning for warning in table.warnings)


@pytest.mark.parametrize("content", [b"", b"\n\n", b";;\n;;\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_refused(tmp_path: Path, content: bytes) -> None:
    assert refusal(tmp_path, content, "liste.csv").code == "vide"


def test_an_empty_workbook_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, xlsx([]), "liste.xlsx").code == "vide"


def test_ragged_lines_are_named_and_nothing_is_lost(tmp_path: Path) -> None:
    content = "Nom;Commune\nRoy;Paris;75011\nPetit\nDurand;Lyon;;\n"

    table = read(tmp_path, content.encode(), "liste.csv")

    assert [row.cells for row in table.rows] == [
        ("Roy", "Paris", "75011"), ("Petit", None), ("Durand", "Lyon"),
    ]  # fmt: skip
    assert "2 (3 au lieu de 2), 3 (1 au lieu de 2)" in table.warnings[0]


def test_a_quoted_line_break_keeps_line_numbers_true(tmp_path: Path) -> None:
    content = 'Nom;Adresse\nRoy;"3 rue X\nbât. B"\nPetit;5 rue Y\n'

    table = read(tmp_path, content.encode(), "liste.csv")

    assert [row.line for row in table.rows] == [2, 4]


def test_an_open_quote_is_refused_with_its_line(tmp_path: Path) -> None:
    content = 'Nom;Adresse\nRoy;"3 rue X\nPetit;5 rue Y\nDurand;7 rue Z\n'

    refused = refusal(tmp_path, content.encode(), "liste.csv")

    assert refused.code == "guillemets"
    assert refused.message.startswith("Ligne 2")


def test_unnamed_and_repeated_headers_are_named_by_their_place(tmp_path: Path) -> None:
    table = read(tmp_path, b"Nom;;Date;date;Commune\nA;B;C;D;E\n", "liste.csv")

    assert table.headers == ("Nom", "(colonne 2)", "Date", "date (colonne 4)", "Commune")


def test_a_workbook_gives_typed_cells_at_their_real_lines(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Actes")
        sheet.write_string(1, 1, "Liste des actes")
        sheet.write_row(3, 1, ["Nom", "Date", "Montant", "Heure", "Code"])
        sheet.write_row(4, 1, ["=1+1", None, 12.5, None, 33000])
        sheet.write_string(4, 1, "=1+1")
        sheet.write_datetime(4, 2, date(2026, 5, 7), book.add_format({"num_format": "dd/mm/yy"}))
        sheet.write_datetime(4, 4, time(9, 30), book.add_format({"num_format": "hh:mm"}))
        moment = book.add_format({"num_format": "dd/mm/yy hh:mm"})
        sheet.write_datetime(4, 6, datetime(2026, 5, 7, 9, 30), moment)
        sheet.merge_range(5, 1, 6, 1, "Roy")
        sheet.write_number(5, 3, 1)
        sheet.write_number(6, 3, 2)

    table = read(tmp_path, stream.getvalue(), "liste.xlsx")

    assert table.headers == ("Nom", "Date", "Montant", "Heure", "Code", "(colonne 7)")
    assert (table.header_line, [row.line for row in table.rows]) == (4, [5, 6, 7])
    assert table.rows[0].cells == (
        "=1+1", date(2026, 5, 7), 12.5, time(9, 30), 33000, datetime(2026, 5, 7, 9, 30),
    )  # fmt: skip
    assert table.rows[2].cells[:3] == (None, None, 2)
    assert any("B6:B7" in warning for warning in table.warnings)


def test_the_sheet_with_known_headers_is_chosen_and_the_others_are_named(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        book.add_worksheet("Lisez-moi").write_row(0, 0, ["Mode", "d’emploi"])
        sheet = book.add_worksheet("Actes")
        sheet.write_row(0, 0, ["Nom", "Commune"])
        sheet.write_row(1, 0, ["Roy", "Bègles"])
        book.add_worksheet("Secret").hide()

    table = read(tmp_path, stream.getvalue(), "liste.xlsx")

    assert table.sheet == "Actes"
    assert any("Lisez-moi" in warning for warning in table.warnings)
    assert any("masquées" in warning and "Secret" in warning for warning in table.warnings)
