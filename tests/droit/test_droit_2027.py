"""What still waits for a text says which one, asks its questions, and keeps its cases ready."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from seuil.engines import droit
from seuil.engines.droit import _parametres
from seuil.strict_yaml import FichierIllisible
from tests.droit.test_droit_parameters import GOOD, write

ATTENTE = Path(__file__).parent / "attente"
EN_ATTENTE = [(r, v) for r in droit.regles().values() for v in r.versions if v.questions]
DE_2027 = sorted(r.id for r, v in EN_ATTENTE if v.valid_from == date(2027, 1, 1))


def read_cases(regle: str) -> list[dict[str, object]]:
    text = (ATTENTE / f"{regle}.yaml").read_text(encoding="utf-8")
    cases: list[dict[str, object]] = yaml.load(text, Loader=yaml.CSafeLoader)
    return cases


def test_every_housing_aid_rule_of_2026_has_its_row_of_2027() -> None:
    housing = [r for r in droit.regles().values() if r.theme == "impaye"]
    ended = {r.id for r in housing if r.versions[-1].valid_to is not None}

    assert ended == set()
    assert {"H2", "H3", "H4", "H5", "H6", "H7", "H7b", "H8", "H9", "H10"} <= set(DE_2027)


@pytest.mark.parametrize(("regle", "version"), EN_ATTENTE, ids=lambda x: getattr(x, "id", ""))
def test_an_empty_row_gives_no_date_and_says_what_to_read(
    regle: droit.Regle, version: droit.Version
) -> None:
    resultat = droit.compute(regle.id, depuis=version.valid_from or date(2010, 3, 1))

    assert resultat.date is None
    assert resultat.autres == ()
    assert resultat.certitude == "to_check"
    assert resultat.a_obtenir == version.a_obtenir
    assert all(question.endswith("?") for question in version.questions)
    assert version.n is None
    assert not version.seuils


@pytest.mark.parametrize("regle", DE_2027)
def test_a_rule_of_2027_names_the_decree(regle: str) -> None:
    explication = droit.compute(regle, depuis=date(2027, 1, 2)).explication

    assert "décret n° 2026-84" in explication.replace("\u00a0", " ")


def test_waiting_cases_are_those_of_the_empty_rows() -> None:
    """A row that a jurist fills gives its cases their dates: they move to `cases/`."""
    assert sorted(path.stem for path in ATTENTE.glob("*.yaml")) == DE_2027


@pytest.mark.parametrize("regle", DE_2027)
def test_a_waiting_case_says_facts_and_no_date(regle: str) -> None:
    cases = read_cases(regle)

    assert len({case["cas"] for case in cases}) == len(cases) >= 4
    assert all(case.keys() == {"cas", "depuis"} for case in cases)
    assert {date(2026, 12, 31), date(2027, 1, 1)} <= {case["depuis"] for case in cases}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("    questions: [Combien ?]\n", "« a_obtenir » dit le texte"),
        ("    a_obtenir: un texte\n    questions: [Combien ?]\n", "« to_check »"),
        ("    n: 3\n    unit: mois\n    a_obtenir: un texte\n    questions: [Combien ?]\n",
         "se mesure par"),
    ],
)  # fmt: skip
def test_an_empty_row_badly_written_is_refused(tmp_path: Path, lines: str, message: str) -> None:
    text = GOOD.replace("    n: 15\n    unit: jours\n", lines)

    with pytest.raises(FichierIllisible, match=message):
        _parametres.read_regles(write(tmp_path, text))


def test_a_filled_row_is_tried_before_it_is_in_force(tmp_path: Path) -> None:
    """What the jurist does in an hour: the value in the file, then the effect."""
    text = droit.read_fichier("H2")
    start = text.index("  - valid_from: 2027-01-01")
    filled = text[start:]
    begin, end = filled.index("    a_obtenir"), filled.index("    certainty")
    path = tmp_path / "H2.yaml"
    path.write_text(
        text[:start] + filled[:begin] + "    n: 1\n    unit: mois\n" + filled[end:],
        encoding="utf-8",
    )

    with droit.trying(droit.read_essai(path)):
        assert droit.compute("H2", depuis=date(2027, 1, 15)).date == date(2027, 2, 15)
    assert droit.compute("H2", depuis=date(2027, 1, 15)).date is None


def test_what_two_sources_tell_of_2027_is_used_and_marked() -> None:
    resultat = droit.compute("H1", depuis=date(2027, 2, 1))

    assert resultat.date == date(2027, 5, 1)
    assert resultat.certitude == "to_check"
    assert "2026-84" in resultat.note


@pytest.mark.parametrize("on", [date(2023, 7, 29), date(2026, 12, 31)])
def test_the_law_of_2023_is_shown_beside_the_regulation_as_contested(on: date) -> None:
    decides = droit.compute("H12", depuis=on)
    seizes = droit.compute("H16", depuis=on)

    assert decides.certitude == seizes.certitude == "contested"
    assert "L824-2" in decides.explication
    assert "diagnostic" in seizes.explication


def test_one_file_holds_every_row_that_waits_and_fills_them(tmp_path: Path) -> None:
    gabarit = droit.write_gabarit()
    assert droit.fill_attentes(gabarit) == {}
    start = gabarit.index("H2:\n")
    bloc = gabarit[start : gabarit.index("H3:\n")]
    begin, end = bloc.index("    a_obtenir"), bloc.index("    certainty")
    done = bloc[:begin] + "    n: 1\n    unit: mois\n" + bloc[end:]

    filled = droit.fill_attentes(gabarit.replace(bloc, done))

    assert filled.keys() == {"H2"}
    (tmp_path / "H2.yaml").write_text(filled["H2"], encoding="utf-8")
    with droit.trying(droit.read_essai(tmp_path)):
        assert droit.compute("H2", depuis=date(2027, 1, 15)).date == date(2027, 2, 15)
        assert droit.compute("H2", depuis=date(2026, 1, 15)).date == date(2026, 3, 15)


def test_a_block_that_answers_to_nothing_is_refused() -> None:
    with pytest.raises(FichierIllisible, match="« A1 » n’attend aucun texte"):
        droit.fill_attentes("A1:\n    valid_from: 2027-01-01\n")
