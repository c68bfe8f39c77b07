"""Where two divisions do not coincide; what a file that describes one may hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seuil.acteurs.rules import (
    Division,
    LigneDecoupage,
    Part,
    find_coupures,
    find_perimetre,
    read_secteurs,
)

COMMUNES = {"33001", "33002", "33003", "33063"}


def make_division(cle: str = "x", **secteurs: str) -> Division:
    """Return a division: c33001="Nord" places a commune."""
    return Division(cle, cle, "autre", {c.removeprefix("c"): s for c, s in secteurs.items()})


def test_a_secteur_on_both_sides_is_cut_and_tells_each_commune() -> None:
    a = make_division(c1="Nord", c2="Nord", c3="Nord", c4="Sud")
    b = make_division(c1="Est", c2="Ouest", c3="Ouest", c4="Ouest")

    (coupure,) = find_coupures(a=a, b=b)

    assert coupure.secteur == "Nord"
    assert coupure.parts == (Part("Ouest", ("2", "3"), ailleurs=1), Part("Est", ("1",)))
    assert coupure.chevauche


def test_whole_secteurs_put_together_cross_no_limit() -> None:
    a = make_division(c1="Nord", c2="Nord", c3="Sud")
    b = make_division(c1="Est", c2="Ouest", c3="Midi")

    (coupure,) = find_coupures(a=a, b=b)

    assert not coupure.chevauche


def test_a_secteur_partly_in_no_secteur_is_cut_and_one_wholly_outside_is_not() -> None:
    a = make_division(c1="Nord", c2="Nord", c3="Sud")
    b = make_division(c1="Est")

    (coupure,) = find_coupures(a=a, b=b)

    assert coupure.parts == (Part("", ("2",)), Part("Est", ("1",)))
    assert coupure.chevauche


divisions = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["N", "S", "E"])).map(
    lambda secteurs: Division("x", "x", "autre", secteurs)
)


@given(divisions, divisions)
def test_cuts_share_out_each_cut_secteur_and_miss_none(a: Division, b: Division) -> None:
    coupures = {c.secteur: c for c in find_coupures(a=a, b=b)}

    for secteur, communes in a.list_communes().items():
        sides = {b.secteurs.get(c, "") for c in communes}
        assert (secteur in coupures) == (len(sides) > 1)
        if secteur in coupures:
            parts = coupures[secteur].parts
            assert sorted(c for p in parts for c in p.communes) == sorted(communes)
            assert {p.nom for p in parts} == sides
            assert all(b.secteurs.get(c, "") == p.nom for p in parts for c in p.communes)
            outside = {s for c, s in b.secteurs.items() if a.secteurs.get(c) != secteur}
            assert {p.nom for p in parts if p.ailleurs} == sides & outside


@given(divisions)
def test_a_division_never_cuts_itself(a: Division) -> None:
    assert find_coupures(a=a, b=a) == []


def read(*cells: tuple[str, ...]) -> tuple[list, list[str]]:
    lignes = [LigneDecoupage(n, *row) for n, row in enumerate(cells, 2)]
    return read_secteurs(
        lignes=lignes, departement="33", communes=COMMUNES, organismes={"CCAS de Bordeaux"}
    )


def test_lines_of_the_same_secteur_are_put_together() -> None:
    secteurs, refus = read(
        ("Nord", "33001"), ("Sud", "33063", "CCAS de Bordeaux"), ("Nord", "33002")
    )

    assert refus == []
    assert [(s.nom, s.organisme, s.communes) for s in secteurs] == [
        ("Nord", "", ["33001", "33002"]),
        ("Sud", "CCAS de Bordeaux", ["33063"]),
    ]


@pytest.mark.parametrize(
    ("ligne", "raison"),
    [
        (("Nord", "33999"), "aucune commune n’a le code"),
        (("Nord", "Bordeaux"), "aucune commune n’a le code"),
        (("Nord", "21231"), "autre département"),
        (("Nord", "33001"), "déjà à la ligne\u00a02"),
        (("Nord", ""), "la commune est vide"),
        (("", "33002"), "le secteur est vide"),
        (("N" * 101, "33002"), "dépasse 100 caractères"),
        (("nord", "33002"), "s’écrit «\u00a0Nord\u00a0»"),
        (("Nord", "33002", "CCAS de Lyon"), "aucun organisme de l’annuaire"),
    ],
)
def test_a_faulty_line_is_refused_by_its_number(ligne: tuple[str, ...], raison: str) -> None:
    _, refus = read(("Nord", "33001"), ligne)

    assert len(refus) == 1
    assert refus[0].startswith("Ligne\u00a03\u00a0: ")
    assert raison in refus[0]


def test_a_secteur_with_two_organisations_is_refused() -> None:
    lignes = [LigneDecoupage(2, "Nord", "33001", "A"), LigneDecoupage(3, "Nord", "33002", "B")]

    _, refus = read_secteurs(
        lignes=lignes, departement="33", communes=COMMUNES, organismes={"A", "B"}
    )

    assert len(refus) == 1
    assert "a déjà l’organisme" in refus[0]


def test_an_empty_file_is_refused() -> None:
    assert "aucune ligne" in read()[1][0]


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("Département", {"1", "2", "3"}),
        ("Arrondissement de Beaune", {"1", "2"}),
        # Alone, the name is that of the town.
        ("Beaune", {"1"}),
        ("Agence  de Montbard", {"3"}),
        ("Val de Saône", None),
        ("", None),
    ],
)
def test_the_perimeter_of_an_instance_is_found_by_its_name(
    texte: str, attendu: set[str] | None
) -> None:
    divisions = [
        make_division("arrondissements", c1="Beaune", c2="Beaune", c3="Montbard"),
        make_division("agences", c3="Agence de Montbard"),
    ]

    found = find_perimetre(
        texte=texte, communes={"1": "Beaune", "2": "Nolay", "3": "Semur"}, divisions=divisions
    )

    assert found == attendu
