"""Files made to harm, or simply wrong: each is refused in French, none harms the reader."""

import io
import struct
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from seuil.engines.tabular import Column, FileRefused, Limits, Sheet, read_table, write_xlsx
from tests.tabular.epreuve_fichiers import run
from tests.tabular.fichiers import ods, read, rebuilt, refusal, text_cell, with_sheet, xlsx

HEADER = f'<row r="1">{text_cell("A1", "Nom")}{text_cell("B1", "Prénom")}</row>'
PLAIN = [["Nom", "Prénom"], ["Lefèvre", "Anne"]]


@pytest.mark.parametrize("reference", ["XFD1048576", "CW2", "A60000", "A1048576"])
def test_a_far_cell_is_refused_before_the_sheet_is_built(tmp_path: Path, reference: str) -> None:
    row = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

    content = with_sheet(f'{HEADER}<row r="{row}">{text_cell(reference, "loin")}</row>')

    assert len(content) < 10_000
    assert refusal(tmp_path, content, "liste.xlsx").code == "trop_etendu"


def test_a_far_cell_hidden_by_an_entity_only_kills_the_child(tmp_path: Path) -> None:
    content = with_sheet(f'{HEADER}<row r="2">{text_cell("&#88;FD1048576", "loin")}</row>')

    assert refusal(tmp_path, content, "liste.xlsx").code in {"trop_etendu", "corrompu", "limite"}


def test_styles_far_below_an_honest_list_are_not_far_cells(tmp_path: Path) -> None:
    content = with_sheet(
        f'{HEADER}<row r="2">{text_cell("A2", "Durand")}</row>'
        '<row r="1048576" ht="12"><c r="XFD1048576" s="0"/></row>'
    )

    assert [row.cells for row in read(tmp_path, content, "liste.xlsx").rows] == [("Durand", None)]


def test_a_heavy_repetitive_sheet_is_refused(tmp_path: Path) -> None:
    padding = "<!--" + " " * 30_000_000 + "-->"

    content = with_sheet(HEADER, before=padding)

    assert len(content) < 100_000
    assert refusal(tmp_path, content, "liste.xlsx").code == "archive_demesuree"


def test_too_many_entries_are_refused(tmp_path: Path) -> None:
    content = rebuilt(xlsx(PLAIN), {f"xl/p{n}.xml": b"<a/>" for n in range(201)})

    assert refusal(tmp_path, content, "liste.xlsx").code == "archive_demesuree"


def test_billion_laughs_are_refused(tmp_path: Path) -> None:
    entities = "".join(
        f'<!ENTITY l{n} "{"&l" + str(n - 1) + ";" if n else "lol"}">' for n in range(9)
    )

    content = with_sheet(HEADER, before=f"<!DOCTYPE worksheet [{entities}]>")

    assert refusal(tmp_path, content, "liste.xlsx").code == "xml_dangereux"


def test_an_external_entity_is_refused_in_ods(tmp_path: Path) -> None:
    dtd = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'

    assert refusal(tmp_path, ods("", extra={"meta.xml": dtd}), "l.ods").code == "xml_dangereux"


@pytest.mark.parametrize(
    ("name", "body"),
    [("xl/media/photos.zip", b"anything"), ("xl/media/image1.png", b"PK\x03\x04 nested")],
)
def test_a_nested_archive_is_refused(tmp_path: Path, name: str, body: bytes) -> None:
    content = rebuilt(xlsx(PLAIN), {name: body})

    assert refusal(tmp_path, content, "liste.xlsx").code == "archive_imbriquee"


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/evil.xml", "xl/../../evil.xml"])
def test_a_path_out_of_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    content = rebuilt(xlsx(PLAIN), {name: b"<a/>"})

    assert refusal(tmp_path, content, "liste.xlsx").code == "chemin_interdit"


def test_an_entry_that_lies_about_its_size_is_refused(tmp_path: Path) -> None:
    content = bytearray(with_sheet(HEADER, before="<!--" + "x" * 900_000 + "-->"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        true_size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    lie = bytes(content).replace(struct.pack("<L", true_size), struct.pack("<L", 500))

    assert lie != bytes(content)
    assert refusal(tmp_path, lie, "liste.xlsx").code == "corrompu"


def test_overlapping_entries_are_refused(tmp_path: Path) -> None:
    content = bytearray(xlsx(PLAIN))
    directory = content.index(b"PK\x01\x02")
    second = content.index(b"PK\x01\x02", directory + 4)
    content[second + 42 : second + 46] = content[directory + 42 : directory + 46]

    assert refusal(tmp_path, bytes(content), "liste.xlsx").code == "corrompu"


def test_a_password_is_named_as_such(tmp_path: Path) -> None:
    cfb = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le")
    protected = ods("", manifest='<e><encryption-data checksum="x"/></e>')

    assert refusal(tmp_path, cfb, "liste.xlsx").code == "chiffre"
    assert refusal(tmp_path, protected, "liste.ods").code == "chiffre"


def test_the_format_of_excel_97_is_refused_with_its_remedy(tmp_path: Path) -> None:
    cfb = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600

    assert "XLSX" in refusal(tmp_path, cfb, "liste.xls").remede
    assert refusal(tmp_path, cfb, "liste.xlsx").code == "ancien_format"


def test_macros_are_refused_whatever_the_extension(tmp_path: Path) -> None:
    content = rebuilt(xlsx(PLAIN), {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})
    basic = ods("", extra={"Basic/Standard/Module1.xml": b"<module/>"})

    assert refusal(tmp_path, content, "liste.xlsx").code == "macros"
    assert refusal(tmp_path, xlsx(PLAIN), "liste.xlsm").code == "macros"
    assert refusal(tmp_path, basic, "liste.ods").code == "macros"


def test_links_to_other_workbooks_are_refused(tmp_path: Path) -> None:
    content = rebuilt(xlsx(PLAIN), {"xl/externalLinks/externalLink1.xml": b"<a/>"})

    assert refusal(tmp_path, content, "liste.xlsx").code == "objets_incorpores"


@pytest.mark.parametrize("name", ["liste.pdf", "liste", "liste.csv.exe", "liste.docx"])
def test_other_extensions_are_refused(tmp_path: Path, name: str) -> None:
    assert refusal(tmp_path, b"Nom;Commune\n", name).code == "extension"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("liste.csv", xlsx(PLAIN)),
        ("liste.ods", xlsx(PLAIN)),
        ("liste.xlsx", b"Nom;Commune\nLef;Bordeaux\n"),
        ("liste.xlsx", ods("")),
        ("liste.csv", b"%PDF-1.7 ..."),
        ("liste.csv", b"<html><table><tr><td>Nom</td></tr></table></html>"),
    ],
)
def test_the_content_must_be_what_the_extension_says(
    tmp_path: Path, name: str, content: bytes
) -> None:
    assert refusal(tmp_path, content, name).code == "contenu_inattendu"


def test_a_cut_workbook_is_refused_as_damaged(tmp_path: Path) -> None:
    content = xlsx(PLAIN)

    assert refusal(tmp_path, content[: len(content) // 2], "liste.xlsx").code == "corrompu"


def test_ods_repetitions_are_counted_not_expanded(tmp_path: Path) -> None:
    cell = '<table:table-cell office:value-type="string" table:number-columns-repeated="1024">'
    bomb = ods(
        '<table:table-row table:number-rows-repeated="1048576">'
        f"{cell}<text:p>x</text:p></table:table-cell></table:table-row>"
    )

    assert refusal(tmp_path, bomb, "liste.ods").code == "trop_etendu"


def test_an_ods_padded_with_empty_cells_is_ordinary(tmp_path: Path) -> None:
    def row(*texts: str) -> str:
        cells = "".join(
            f'<table:table-cell office:value-type="string"><text:p>{t}</text:p></table:table-cell>'
            for t in texts
        )
        return f"<table:table-row>{cells}</table:table-row>"

    padding = (
        '<table:table-row table:number-rows-repeated="1048570">'
        '<table:table-cell table:number-columns-repeated="1024"/></table:table-row>'
    )

    table = read(
        tmp_path, ods(row("Nom", "Commune") + row("Durand", "Bègles") + padding), "liste.ods"
    )

    assert [row.cells for row in table.rows] == [("Durand", "Bègles")]


def test_a_file_over_the_size_limit_is_not_even_opened(tmp_path: Path) -> None:
    path = tmp_path / "depot"
    path.write_bytes(b"Nom;Commune\n" * 100)

    with pytest.raises(FileRefused) as refused:
        read_table(path, name="liste.csv", limits=replace(Limits(), max_bytes=1000))

    assert refused.value.code == "trop_gros"


def test_more_rows_than_the_limit_are_refused_not_cut(tmp_path: Path) -> None:
    path = tmp_path / "depot"
    limits = replace(Limits(), max_rows=50)
    path.write_bytes(b"Nom;Commune\n" + b"Durand;Talence\n" * 50)
    assert len(read_table(path, name="liste.csv", limits=limits).rows) == 50
    path.write_bytes(b"Nom;Commune\n" + b"Durand;Talence\n" * 51)

    with pytest.raises(FileRefused) as refused:
        read_table(path, name="liste.csv", limits=limits)

    assert refused.value.code == "trop_de_lignes"


def test_a_cell_over_the_limit_is_named_by_line_and_column(tmp_path: Path) -> None:
    in_csv = refusal(tmp_path, b"Nom;Commune\nA;B\nC;" + b"x" * 2001, "liste.csv")
    in_xlsx = refusal(
        tmp_path, xlsx([["Nom", "Prénom"], ["A", "B"], ["C", "x" * 2001]]), "liste.xlsx"
    )

    assert in_csv.code == in_xlsx.code == "cellule_trop_longue"
    assert in_csv.message.startswith("Ligne 3")
    assert in_xlsx.message.startswith("Ligne 3, colonne B")


@pytest.mark.parametrize(
    "limits",
    [replace(Limits(), memory_bytes=24_000_000), replace(Limits(), wall_seconds=0.001)],
    ids=["memory", "time"],
)
def test_the_death_of_the_child_is_a_refusal(tmp_path: Path, limits: Limits) -> None:
    stream = io.BytesIO()
    sheet = Sheet("A", [Column(f"Titre {n}") for n in range(20)], [["texte"] * 20] * 3000)
    write_xlsx(stream, [sheet])
    path = tmp_path / "depot"
    path.write_bytes(stream.getvalue())

    with pytest.raises(FileRefused) as refused:
        read_table(path, name="liste.xlsx", limits=limits)

    assert refused.value.code == "limite"
    assert "mémoire ou le temps" in refused.value.message


def test_the_child_loads_neither_the_web_nor_the_writers() -> None:
    program = (
        "import sys, seuil.engines.tabular._child; "
        "print(sorted({'django', 'xlsxwriter', 'odf', 'psycopg'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert done.stdout.strip() == b"[]"


def test_damaged_files_never_raise_anything_but_a_refusal() -> None:
    outcomes = run(seed=2026, count=40)

    assert sum(outcomes.values()) == 40
    assert "muet" not in outcomes
    assert outcomes.get("corrompu", 0) > 0
