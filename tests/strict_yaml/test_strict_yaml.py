"""A file that people edit is read, or refused in French with its line, its key and a remedy."""

import re
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

import seuil
from seuil.strict_yaml import FichierIllisible, Table, read_file, read_table, read_tables
from seuil.strict_yaml import _build as building
from seuil.strict_yaml import _read as reading

SHIPPED = sorted(Path(seuil.__file__).parent.rglob("*.yaml"))
GABARIT = re.compile(r"essai\.yaml, ligne \d+, «\xa0[^\n]*\xa0»\xa0: [^\n]+\.")
# What PyYAML says in its own words.
ANGLAIS = re.compile(
    r"\b(while|expected|found|could not|undefined|alias|tag|token|scanning|parsing|mapping|value|"
    r"character|error|line|column|block|flow|special|allowed|invalid)\b"
)


def read(text: str | bytes) -> Table:
    return read_table(text=text, fichier="essai.yaml")


def refusal_of(text: str | bytes) -> str:
    with pytest.raises(FichierIllisible) as refusal:
        read(text)
    return str(refusal.value).replace("\xa0", " ")


def test_a_table_knows_its_values_and_their_lines() -> None:
    table = read(
        "nom: Charte\nactif: true\ncodes: [a, b]\nfiches:\n  - x: 1\nsous: {y: 2}\n"
        "le: 2026-02-28\nn: 12\nrien: null\n"
    )

    assert table.text("nom") == "Charte"
    assert table.flag("actif")
    assert not table.flag("absent")
    assert table.texts("codes") == ("a", "b")
    assert table.texts("absent", default=()) == ()
    assert table.texts("codes", among={"a", "b", "c"}) == ("a", "b")
    assert [t.line for t in table.tables("fiches")] == [5]
    assert table.tables("absent", default=()) == ()
    assert table.table("sous") == {"y": 2}
    assert table.lines["codes"] == 3
    assert table.day("le") == date(2026, 2, 28)
    assert table.day_or_open("rien") is None
    assert table.count("n", maximum=12) == 12
    assert table.choice("absent", ("y",), default="") == ""


def test_a_plain_word_is_read_as_few_ways_as_possible() -> None:
    text = "{a: non, b: 1.5, c: 1_000, d: 012, e: 0x1F, f: 12:30, g: 2026-02-03 10:00, h: yes}"

    table = read(text)

    assert all(isinstance(value, str) for value in table.values())
    assert read("{0: -3, '1': ~, null: TRUE}") == {"0": -3, "1": None, "null": True}
    assert read('{a: "12", b: "2026-02-28", c: "true", d: ""}') == {
        "a": "12", "b": "2026-02-28", "c": "true", "d": "",
    }  # fmt: skip


def test_what_is_written_once_may_be_repeated() -> None:
    table = read("a: &x\n  - {b: 1}\nc: *x\n")

    assert table["c"] == table["a"]
    assert table.tables("c")[0].line == 2


def test_a_byte_order_mark_and_the_line_ends_of_windows_are_read() -> None:
    assert read(b"\xef\xbb\xbfa: 1\r\nb: 2\r\n") == {"a": 1, "b": 2}


def test_a_list_of_tables_is_read() -> None:
    first, second = read_tables(text="- a: 1\n- a: 2\n", fichier="essai.yaml")

    assert (first["a"], second["a"], second.line) == (1, 2, 2)
    for text in ("a: 1\n", "- 1\n"):
        with pytest.raises(FichierIllisible, match=r"ligne 1.*une liste de fiches est attendue"):
            read_tables(text=text, fichier="essai.yaml")


BILLION = "a0: &a0 [x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2\n", "ligne 2, « a » : la clé est écrite deux fois, gardez-en une."),
        ("a: {b: 1, 'b': 2}\n", "ligne 1, « b » : la clé est écrite deux fois"),
        ("n: 1\ndu: 2024-02-31\n", "ligne 2, « du » : la date « 2024-02-31 » n’existe pas"),
        ("du: 2024-1-5\n", "ligne 1, « du » : la date « 2024-1-5 » n’existe pas, écrivez AAAA"),
        ("a: 1\nb: \x01\n", "ligne 2, « YAML » : écriture illisible, retirez le caractère U+0001"),
        ("a: \ud800\n", "ligne 1, « YAML » : écriture illisible, retirez le caractère U+D800"),
        ('a: 1\nb: "\\0"\n', "ligne 2, « b » : écriture illisible, retirez le caractère U+0000"),
        ('b: "\\UFFFFFFFF"\n', "ligne 1, « YAML » : écriture illisible, vérifiez"),
        ("a: [1\n", "ligne 2, « YAML » : écriture illisible, vérifiez sur cette ligne"),
        ("a: b: c\n", "ligne 1, « YAML » : écriture illisible, vérifiez"),
        ("a: 1\n\tb: 2\n", "ligne 2, « YAML » : écriture illisible, vérifiez"),
        ("a: 'sans fin\n", "« YAML » : écriture illisible, vérifiez"),
        ("a: *b\n", "ligne 1, « a » : écriture illisible, « *b » ne renvoie à rien"),
        ("a: &a [*a]\n", "ligne 1, « a » : écriture illisible, « *a » ne renvoie à rien"),
        ("&a a: 1\n", "ligne 1, « YAML » : écriture illisible, une clé n’a pas d’ancre"),
        ("a: &x 1\n*x : 2\n", "ligne 2, « YAML » : écriture illisible, « *x » ne renvoie à rien"),
        (BILLION, "écriture illisible, plus de 100000 valeurs, renvois compris"),
        ("a: !!python/object:os.system {}\n", "ligne 1, « a » : écriture illisible, retirez l’ét"),
        ("a: !!int '1'\n", "« a » : écriture illisible, retirez l’étiquette (!)"),
        ("a:\n  ? [b]\n  : 1\n", "ligne 2, « a » : écriture illisible, une clé est un mot"),
        ("a: " + "[" * 5000, "« a » : écriture illisible, plus de 40 niveaux imbriqués"),
        ("a: 1\n---\nb: 1\n", "ligne 2, « YAML » : écriture illisible, un seul document"),
        ("é: 1\n".encode("latin-1"), "ligne 1, « fichier » : enregistrez-le en UTF-8"),
        ("a: 1\né: 1\n".encode("utf-16"), "ligne 1, « fichier » : enregistrez-le en UTF-8"),
        ("a: 1\n".encode("utf-16-le"), "ligne 1, « YAML » : écriture illisible, retirez le car"),
        ("", "ligne 1, « fichier » : il est vide, écrivez au moins une clé et sa valeur."),
        ("# rien\n", "ligne 1, « fichier » : il est vide"),
        ("- a\n", "ligne 1, « fichier » : une liste de clés est attendue, chacune avec"),
        ("texte\n", "ligne 1, « fichier » : une liste de clés est attendue"),
        ("null\n", "ligne 1, « fichier » : une liste de clés est attendue"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused(text: str | bytes, message: str) -> None:
    assert message in refusal_of(text)


def test_a_key_of_merging_is_a_key_like_another() -> None:
    with pytest.raises(FichierIllisible, match=r"ligne 2, «.<<.».*clé inconnue"):
        read("a: &x {b: 1}\n<<: *x\n").check_keys({"a"})


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda t: t.check_keys({"a"}), "ligne 2, « b » : clé inconnue, retirez-la ou écrivez «"),
        (lambda t: t.check_keys({"a", "bb"}), "clé inconnue, retirez-la ou écrivez « bb »."),
        (lambda t: t.check_keys({*t, "c"}), "ligne 1, « c » : la clé manque, ajoutez-la"),
        (lambda t: t.text("b"), "ligne 2, « b » : un texte est attendu, entre guillemets"),
        (lambda t: t.text("c"), "ligne 1, « c » : un texte est attendu"),
        (lambda t: t.choice("a", ("y", "z")), "valeur inconnue « x », écrivez « y », « z »."),
        (lambda t: t.choice("a", ("y",), unknown="fait inconnu"), "« a » : fait inconnu « x »"),
        (lambda t: t.flag("a"), "« a » : true ou false est attendu"),
        (lambda t: t.count("a"), "« a » : un nombre entier positif est attendu"),
        (lambda t: t.count("v"), "« v » : un nombre entier positif est attendu"),
        (lambda t: t.count("z"), "« z » : un nombre entier positif est attendu"),
        (lambda t: t.count("b", maximum=2), "« b » : un nombre de 2 au plus est attendu"),
        (lambda t: t.day("a"), "« a » : une date AAAA-MM-JJ est attendue"),
        (lambda t: t.day_or_open("a"), "« a » : une date AAAA-MM-JJ est attendue"),
        (lambda t: t.texts("a"), "« a » : une liste de textes est attendue"),
        (lambda t: t.texts("e"), "« e » : une liste de textes est attendue"),
        (lambda t: t.texts("l", among=("o",)), "« l » : valeur inconnue « p », écrivez « o »."),
        (lambda t: t.tables("a"), "« a » : une liste non vide de fiches"),
        (lambda t: t.tables("e"), "« e » : une liste non vide de fiches"),
        (lambda t: t.tables("l", default=()), "« l » : une liste de fiches est attendue"),
        (lambda t: t.table("a"), "« a » : des clés et leurs valeurs sont attendues"),
    ],
)
def test_a_value_of_another_kind_is_refused(ask: Any, message: str) -> None:
    table = read("a: x\nb: 3\nv: true\nz: 0\ne: []\nl: [o, p]\n")

    with pytest.raises(FichierIllisible) as refusal:
        ask(table)

    assert message in str(refusal.value).replace("\xa0", " ")


def test_a_refusal_keeps_on_one_short_line() -> None:
    key = "clé " * 400

    message = refusal_of(f'? "{key}\\n\\e[0m"\n: 1\n? "{key}\\n\\e[0m"\n: 2\n')

    assert len(message) < 200
    assert message.isprintable()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_file_shipped_is_read(path: Path) -> None:
    assert read_file(path, fichier=path.name)


def test_there_are_files_shipped() -> None:
    assert len(SHIPPED) > 100


# Pieces that mean something to YAML, put side by side: most of what is refused.
PIECES = st.lists(
    st.sampled_from([
        "a: ", "b: ", "- ", "? ", ": ", "[", "]", "{", "}", ",", "&x ", "*x ", "!!int ", "!", "|\n",
        ">\n", "'", '"', "\\U", "\\x", "\\u", "FFFFFFFF", "%YAML 1.1\n", "%TAG ! x\n", "---\n",
        "...\n", "#", "\n", "  ", "\t", "\r", "\x85", "\u2028", "\ufeff", "\x00", "<<: ", "~", "1",
        "2024-02-31", "2026-02-28", "é", "@", "`", "=", "\ud800", "0o7", ".inf",
    ]),
    max_size=30,
).map("".join)  # fmt: skip
ANYTHING = st.one_of(PIECES, st.text(), st.binary())


def why_refused(read: Callable[[], object]) -> str:
    """Return the refusal, empty when what is given is read; any other exception goes up."""
    try:
        read()
    except FichierIllisible as refusal:
        return str(refusal)
    return ""


@given(ANYTHING)
def test_whatever_is_given_is_read_or_refused_in_french(text: str | bytes) -> None:
    for reader in (read_table, read_tables):
        why = why_refused(partial(reader, text=text, fichier="essai.yaml"))

        assert not why or GABARIT.fullmatch(why)


@given(PIECES)
def test_both_parsers_refuse_and_none_speaks_english(text: str) -> None:
    for loader in (yaml.SafeLoader, yaml.CSafeLoader):
        why = why_refused(partial(parse_with, loader, text))

        assert not why or GABARIT.fullmatch(why)
        assert not ANGLAIS.search(why)


def parse_with(loader: Any, text: str) -> object:
    return reading._parse(reading.read_text(text, fichier="essai.yaml"), "essai.yaml", loader)


@pytest.mark.parametrize("text", ["a: [1", "a: b: c", "a: *b", "a: !x y", "a: 'sans fin", "\x01"])
def test_the_parser_itself_speaks_english(text: str) -> None:
    with pytest.raises(yaml.YAMLError) as refusal:
        yaml.safe_load(text)

    assert ANGLAIS.search(str(refusal.value))


def test_the_bounds_leave_room_to_the_files_shipped() -> None:
    for path in SHIPPED:
        events = list(yaml.parse(path.read_text(encoding="utf-8")))
        assert len(events) * 5 < building.VALEURS_MAX
