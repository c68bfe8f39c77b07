"""The parameters are complete, typographically French, and read strictly."""

import ast
from datetime import date
from pathlib import Path

import pytest

from seuil.engines import droit
from seuil.engines.droit import _parametres
from seuil.strict_yaml import FichierIllisible

DAY = date(2026, 2, 28)
ENGINE = Path(droit.__file__).parent
REGLES = droit.regles().values()
VALUES = [pytest.param(r, v, id=v.parametre(r.id)) for r in REGLES for v in r.versions]
# Only the calendar may count: days of the week, months of the year.
COUNTING_NOTHING = sorted(path for path in ENGINE.glob("*.py") if path.stem != "_calendar")
GOOD = """\
regle: Z1
libelle: Règle d’essai
description: Une règle pour les tests.
debut: audience
sens: avant
origine: loi
selected_by: [audience]
versions:
  - valid_from: 2020-01-01
    valid_to: null
    n: 15
    unit: jours
    certainty: sure
    checked_on: 2026-11-21
    reference:
      - titre: Un texte
        url: https://www.legifrance.gouv.fr/
"""


def write(folder: Path, text: str, name: str = "Z1") -> Path:
    (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder


def test_the_sample_of_these_tests_is_accepted(tmp_path: Path) -> None:
    regles = _parametres.read_regles(write(tmp_path, GOOD))

    assert regles["Z1"].versions[0].n == 15


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("    unit: jours\n", "    unit: lunes\n", r"Z1\.yaml, ligne 12, « unit ».*unité inconnue"),
        ("    n: 15\n", "    n: 15\n    durée: 3\n", r"ligne 12, « durée ».*clé inconnue"),
        ("    n: 15\n", "    n: 15\n    n: 16\n", r"Z1\.yaml, ligne 12, « n ».*écrite deux fois"),
        ("    n: 15\n", "    n: quinze\n", r"ligne 11, « n ».*nombre entier positif"),
        ("    n: 15\n", "    n: 0\n", r"ligne 11, « n ».*nombre entier positif"),
        ("    n: 15\n", "", r"ligne 9, « n ».*se mesure par « n »"),
        ("    unit: jours\n", "", r"ligne 9, « unit ».*texte est attendu"),
        ("    checked_on: 2026-11-21\n", "", r"ligne 9, « checked_on ».*la clé manque"),
        ("checked_on: 2026-11-21", "checked_on: 2026-02-31", r"ligne 14.*n’existe pas"),
        ("checked_on: 2026-11-21", "checked_on: hier", r"ligne 14, « checked_on ».*AAAA-MM-JJ"),
        ("certainty: sure", "certainty: certaine", r"ligne 13, « certainty ».*valeur inconnue"),
        (GOOD[GOOD.index("    reference:") :], "", r"« reference ».*la clé manque"),
        (GOOD[GOOD.index("      - titre") :], "      []\n", r"« reference ».*liste non vide"),
        ("https://www.legifrance.gouv.fr/", "legifrance", r"ligne 17, « url ».*https"),
        ("      - titre: Un texte\n        url", "      - url", r"« titre ».*la clé manque"),
        ("debut: audience", "debut: lundi", r"ligne 4, « debut ».*fait inconnu"),
        ("selected_by: [audience]", "selected_by: [lundi]", r"ligne 7, « selected_by ».*inconnu"),
        ("selected_by: [audience]", "selected_by: audience", r"« selected_by ».*liste de textes"),
        ("sens: avant", "sens: avant\necheance: toujours", r"« echeance ».*valeur inconnue"),
        ("sens: avant", "sens: arriere", r"ligne 5, « sens ».*valeur inconnue"),
        ("origine: loi", "origine: local", r"« territoire ».*une règle locale"),
        ("origine: loi", "origine: loi\nformule: plage", r"« n ».*se mesure par « plage »"),
        ("origine: loi", "origine: loi\ntransition: Z9", r"Z1\.yaml, « transition ».*Z9"),
        ("regle: Z1", "regle: Z2", r"ligne 1, « regle ».*Z2\.yaml"),
        ("valid_to: null", "valid_to: 2019-01-01", r"« versions ».*finit avant de commencer"),
        ("    n: 15\n", "    n: 15\n    franc: peut-être\n", r"« franc ».*true ou false"),
        ("    n: 15\n", "    n: 15\n    conseil: 45\n", r"« conseil ».*clés et leurs valeurs"),
        ("libelle: Règle d’essai", "libelle: [", r"Z1\.yaml, ligne \d+, « YAML ».*illisible"),
        (GOOD, "- une liste\n", r"Z1\.yaml, ligne 1, « fichier »"),
    ],
)
def test_a_faulty_parameter_is_refused_with_its_file_and_line(
    tmp_path: Path, before: str, after: str, message: str
) -> None:
    assert before in GOOD
    write(tmp_path, GOOD.replace(before, after))

    with pytest.raises(FichierIllisible, match=message) as refusal:
        _parametres.read_regles(tmp_path)

    assert "Z1.yaml" in str(refusal.value)


def test_overlapping_periods_are_refused(tmp_path: Path) -> None:
    first = GOOD.replace("valid_to: null", "valid_to: 2022-06-30")
    second = GOOD[GOOD.index("  - valid_from") :].replace("2020-01-01", "2022-06-30")

    with pytest.raises(FichierIllisible, match="périodes 1 et 2 se recouvrent"):
        _parametres.read_regles(write(tmp_path, first + second))


def test_a_rule_written_twice_is_refused(tmp_path: Path) -> None:
    for theme in ("un", "deux"):
        (tmp_path / theme).mkdir()
        write(tmp_path / theme, GOOD)

    with pytest.raises(FichierIllisible, match="déjà écrite"):
        _parametres.read_regles(tmp_path)


def test_a_range_needs_a_minimum_and_a_maximum(tmp_path: Path) -> None:
    text = GOOD.replace("origine: loi", "origine: loi\nformule: plage").replace(
        "    n: 15\n    unit: jours\n", "    plage: [1 mois]\n"
    )

    with pytest.raises(FichierIllisible, match="un minimum et un maximum"):
        _parametres.read_regles(write(tmp_path, text))


def test_a_range_has_no_unit(tmp_path: Path) -> None:
    text = GOOD.replace("origine: loi", "origine: loi\nformule: plage").replace(
        "    n: 15\n", "    plage: [1 mois, 1 an]\n"
    )

    with pytest.raises(FichierIllisible, match="une unité accompagne"):
        _parametres.read_regles(write(tmp_path, text))


def test_a_period_is_written_month_and_day(tmp_path: Path) -> None:
    text = GOOD.replace("origine: loi", "origine: loi\nformule: treve").replace(
        "    n: 15\n    unit: jours\n", "    periode: {debut: novembre, fin: '03-31'}\n"
    )

    with pytest.raises(FichierIllisible, match=r"« debut ».*MM-JJ"):
        _parametres.read_regles(write(tmp_path, text))


@pytest.mark.parametrize(("regle", "version"), VALUES)
def test_every_value_has_references_a_check_date_and_a_selecting_fact(
    regle: droit.Regle, version: droit.Version
) -> None:
    assert version.references
    assert all(reference.url.startswith("http") for reference in version.references)
    assert version.checked_on >= date(2026, 11, 21)
    assert regle.selected_by
    assert regle.description.endswith(".")
    assert version.certainty == "sure" or version.note


def test_a_disputed_value_of_an_older_or_newer_law_says_why_it_is_an_alternative() -> None:
    regles = droit.regles()

    assert regles["A1"].versions[-1].motif
    assert regles["A1t"].versions[0].motif
    assert regles["C2"].versions[0].motif


def test_local_rules_are_told_from_the_law() -> None:
    local = {regle.id for regle in REGLES if regle.origine == "local"}

    assert local == {"EM1", "EM2", "EM2b", "EM3", "EM4", "EM5", "EM6"}
    assert {regle.territoire for regle in REGLES if regle.origine == "local"} == {"33"}


@pytest.mark.parametrize("path", sorted(ENGINE.rglob("*.yaml")), ids=lambda path: path.stem)
def test_french_typography_holds_in_the_parameters(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert not [mark for mark in (" ;", " ?", " !", "« ", " »", "'") if mark in text]
    assert " : " not in text


@pytest.mark.parametrize("regle", sorted(droit.regles()))
def test_french_typography_holds_in_the_explanations(regle: str) -> None:
    last = droit.regles()[regle].versions[-1]
    depuis = min(last.valid_to or date.max, max(last.valid_from or DAY, DAY))
    resultat = droit.compute(regle, depuis=depuis, departement="67")

    texts = [resultat.note, resultat.version, resultat.a_obtenir, *resultat.changements]
    texts += [*resultat.etapes, *(autre.motif for autre in resultat.autres)]
    assert not [t for t in texts for mark in (" : ", " ;", "« ", " »", "'") if mark in t]


@pytest.mark.parametrize("path", COUNTING_NOTHING, ids=lambda path: path.stem)
def test_no_number_of_the_law_is_written_in_code(path: Path) -> None:
    numbers = [
        node.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and type(node.value) is int
    ]

    assert not [n for n in numbers if 2 <= n <= 400]


@pytest.mark.parametrize("path", sorted(ENGINE.glob("*.py")), ids=lambda path: path.stem)
def test_the_engine_imports_nothing_of_the_house(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    modules = {n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)} | {
        alias.name for n in ast.walk(tree) if isinstance(n, ast.Import) for alias in n.names
    }

    assert not [m for m in modules if m.startswith("django")]
    assert not [
        m
        for m in modules
        if m.startswith("seuil")
        and not m.startswith("seuil.engines.droit")
        and m not in {"seuil.engines", "seuil.strict_yaml"}
    ]


# A second transcription of the law study, made apart from the files: (from, to, n, unit).
STUDY = {
    "A1": [(None, "2023-07-28", 2, "mois"), ("2023-07-29", None, 6, "semaines")],
    "A1t": [("2023-07-29", None, 2, "mois")],
    "A4": [("2014-03-27", None, 15, "jours")],
    "C1": [("2015-01-01", None, 2, "mois")],
    "C2": [(None, "2023-07-28", 2, "mois"), ("2023-07-29", None, 42, "jours")],
    "C3": [("2020-01-01", None, 15, "jours")],
    "C5": [("2021-01-08", None, 15, "jours_ouvres")],
    "C6": [("2021-01-08", None, 5, "jours_ouvres")],
    "E4": [(None, None, 1, "mois")],
    "E5": [(None, None, 15, "jours")],
    "E7": [(None, None, 6, "mois")],
    "F1": [
        ("2012-06-01", "2017-01-28", 2, "mois"),
        ("2017-01-29", "2018-11-24", 2, "mois"),
        ("2018-11-25", "2023-07-28", 2, "mois"),
        ("2023-07-29", None, 2, "mois"),
    ],
    "G3": [(None, "2012-05-31", 2, "mois"), ("2012-06-01", None, 2, "mois")],
    "G4": [(None, None, 2, "mois")],
    "G5": [(None, None, 15, "jours")],
    "G7": [(None, "2025-11-06", 2, "mois"), ("2025-11-07", None, 2, "mois")],
    "G12": [("2012-06-01", "2019-12-31", 1, "mois"), ("2020-01-01", None, 2, "mois")],
    "G12c": [("2012-06-01", None, 1, "mois")],
    "A5": [(None, None, 1, "mois")],
    "A6": [
        (None, "2012-03-26", 5, "ans"),
        ("2012-03-27", "2014-03-26", 5, "ans"),
        ("2014-03-27", None, 3, "ans"),
    ],
    "A7": [(None, None, 1, "mois")],
    "A8": [(None, None, 6, "mois")],
    "A8b": [(None, None, 3, "mois")],
    "E11": [(None, None, 1, "mois")],
    "E12": [(None, None, 2, "mois")],
    "E6": [("2012-06-01", None, 15, "jours")],
    "E8": [("2008-06-19", None, 10, "ans")],
    "E9": [(None, None, 3, "mois")],
    "G9": [("2025-11-07", None, 2, "mois")],
    "G10": [(None, None, 2, "mois")],
    "G12d": [("2012-06-01", None, 2, "ans")],
    "G14": [("2023-07-29", None, 2, "mois")],
    "H2": [("2016-09-01", "2026-12-31", 2, "mois")],
    "H3": [("2016-09-01", "2026-12-31", 6, "mois")],
    "H4": [("2016-09-01", "2026-12-31", 3, "mois")],
    "H5": [("2016-09-01", "2026-12-31", 6, "mois")],
    "H6": [("2016-09-01", "2026-12-31", 36, "mois")],
    "H7": [("2016-09-01", "2026-12-31", 6, "mois")],
    "H7b": [("2016-09-01", "2026-12-31", 3, "mois")],
    "H8": [("2016-09-01", "2026-12-31", 6, "mois")],
    "H10": [("2016-09-01", "2026-12-31", 2, "mois")],
    "H15": [("2016-09-01", None, 3, "mois")],
    "H15b": [("2016-09-01", None, 5, "ans")],
    "I2": [("2014-01-01", None, 2, "ans")],
    "I4": [("2014-01-01", None, 2, "ans")],
    "I6": [(None, None, 15, "jours")],
    "I7": [(None, "2017-12-31", 15, "jours"), ("2018-01-01", None, 30, "jours")],
    "I8": [("2016-07-01", None, 7, "ans")],
    "I8b": [(None, None, 2, "ans")],
    "I9": [(None, "2019-02-28", 2, "ans"), ("2019-03-01", None, 2, "ans")],
    "I9b": [(None, None, 3, "mois")],
    "I10": [(None, None, 3, "mois")],
    "J2": [(None, None, 2, "ans")],
    "J2b": [(None, None, 3, "ans")],
    "J3": [(None, None, 3, "mois")],
    "K1": [(None, None, 3, "mois")],
    "K2": [(None, None, 3, "mois")],
    "K3": [(None, None, 4, "mois")],
    "K4": [(None, None, 6, "semaines")],
    "K5": [(None, None, 6, "semaines")],
    "K5b": [(None, None, 3, "mois")],
    "L2": [("2016-01-01", None, 2, "mois")],
    "L4": [("2025-06-15", None, 1, "mois")],
    "L4b": [("2025-06-15", None, 1, "mois")],
    "EM1": [("2024-01-01", None, 15, "jours")],
    "EM2": [("2024-01-01", None, 4, "semaines")],
    "EM2b": [("2024-01-01", None, 8, "semaines")],
    "EM3": [("2024-01-01", None, 6, "semaines")],
    "EM4": [("2024-01-01", None, 15, "jours")],
    "EM5": [("2024-01-01", None, 6, "mois")],
    "EM6": [("2024-01-01", None, 3, "mois")],
}


def test_the_values_agree_with_a_second_transcription_of_the_law() -> None:
    values = {
        regle.id: [
            (
                version.valid_from.isoformat() if version.valid_from else None,
                version.valid_to.isoformat() if version.valid_to else None,
                version.n,
                version.unit,
            )
            for version in regle.versions
            # A version that waits for its text has no value to compare.
            if not version.questions
        ]
        for regle in REGLES
        if all(version.n is not None for version in regle.versions if not version.questions)
    }

    assert values == STUDY


# Every row of the law table (study of the law, parts 1.A to 1.L), by its identifier.
ROWS = [
    "A1a", "A1b", "A1t", "A2", "A3", "A4", "A5", "A6", "B1", "B2", "B3", "B4", "C1", "C1b",
    "C1c", "C1d", "C2a", "C2b", "C2c", "C3", "C4", "C5", "C6", "C7", "C8", "D1a", "D1b", "D1c",
    "D2", "D3", "D4", "D5", "D6a", "D6b", "D6c", "D6d", "D6e", "D7", "E1", "E2", "E3", "E4",
    "E5", "E6", "E7", "E8", "E9", "E10", "F1", "F1a", "F1b", "F1c", "F1d", "F2", "F3", "F4a",
    "F4b", "F4c", "F4d", "F4e", "F4f", "F4g", "F4h", "F4i", "F5", "G1", "G2", "G2b", "G3", "G4",
    "G5", "G6", "G7", "G8", "G9", "G10", "G11", "G12a", "G12b", "G12c", "G12d", "G13", "G14",
    "H1a", "H1b", "H1c", "H2", "H3", "H4", "H5", "H6", "H7", "H8", "H9", "H10", "H11", "H12",
    "H12b", "H13", "H14", "H15", "I1", "I2", "I3", "I4", "I5", "I6", "I7", "I8", "I9", "I10",
    "I11", "J1", "J2", "J3", "J4", "K1", "K2", "K3", "K4", "K5", "K6", "L1", "L2", "L3", "L4",
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_every_row_of_the_law_table_is_a_parameter(row: str) -> None:
    regle, ligne = droit.find_regle(row)

    assert row in {regle.id, ligne}


@pytest.mark.parametrize("regle", [r.id for r in REGLES if r.formule == "norme"])
def test_a_norm_says_its_obligation_and_gives_no_date(regle: str) -> None:
    last = droit.regles()[regle].versions[-1]
    depuis = min(last.valid_to or date.max, max(last.valid_from or DAY, DAY))

    resultat = droit.compute(regle, depuis=depuis)

    assert resultat.date is None
    assert last.texte in resultat.etapes


def test_a_line_of_the_law_table_is_asked_of_its_own_period() -> None:
    assert droit.compute("A1b", depuis=date(2024, 3, 26)).regle == "A1"
    with pytest.raises(droit.DateHorsPeriode, match=r"A1b.*depuis le 29 juillet 2023.*« A1 »"):
        droit.compute("A1b", depuis=date(2020, 1, 1))


def test_a_line_written_twice_is_refused(tmp_path: Path) -> None:
    text = GOOD.replace("  - valid_from", "  - ligne: Y1\n    valid_from")
    write(tmp_path, text)
    write(tmp_path, text.replace("regle: Z1", "regle: Z2"), name="Z2")

    with pytest.raises(FichierIllisible, match=r"« ligne ».*« Y1 » est déjà"):
        _parametres.read_regles(tmp_path)
