"""A file that people edit is refused with its line when it is not understood."""

import pytest

from seuil.kernel.strict_yaml import FichierIllisible, Table, read_table


def read(text: str) -> Table:
    return read_table(text=text, fichier="essai.yaml")


def test_a_table_knows_its_values_and_their_lines() -> None:
    table = read("nom: Charte\nactif: true\ncodes: [a, b]\nfiches:\n  - x: 1\nsous: {y: 2}\n")

    assert table.text("nom") == "Charte"
    assert table.flag("actif")
    assert not table.flag("absent")
    assert table.texts("codes") == ("a", "b")
    assert [t.line for t in table.tables("fiches")] == [5]
    assert table.table("sous") == {"y": 2}
    assert table.lines["codes"] == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2\n", "essai.yaml, ligne 2, «.a.».: la clé est écrite deux fois"),
        ("a: [1\n", "essai.yaml, ligne 2, «.YAML.».: écriture illisible"),
        ("- a\n", "essai.yaml, ligne 1, «.fichier.».: une liste de clés"),
        ("", "essai.yaml, ligne 1"),
    ],
    ids=["clé double", "YAML faux", "liste", "vide"],
)
def test_what_is_not_a_table_is_refused(text: str, message: str) -> None:
    with pytest.raises(FichierIllisible, match=message):
        read(text)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda t: t.check_keys({"a"}), "ligne 2, «.b.».: clé inconnue"),
        (lambda t: t.check_keys({"a", "b", "c"}), "ligne 1, «.c.».: la clé manque"),
        (lambda t: t.text("b"), "ligne 2, «.b.».: un texte est attendu"),
        (lambda t: t.text("c"), "un texte est attendu"),
        (lambda t: t.choice("a", ("y",)), "valeur inconnue «.x.»"),
        (lambda t: t.flag("a"), "true ou false"),
        (lambda t: t.texts("a"), "une liste de textes"),
        (lambda t: t.tables("a"), "une liste de fiches"),
        (lambda t: t.table("a"), "des clés et leurs valeurs"),
    ],
)
def test_a_value_of_another_kind_is_refused(ask: object, message: str) -> None:
    with pytest.raises(FichierIllisible, match=message):
        ask(read("a: x\nb: 3\n"))


def test_a_choice_may_be_left_out() -> None:
    assert read("a: x\n").choice("b", ("y",), default="") == ""
