"""The checklists of acts: cases a jurist wrote, a strict reading, and no guess."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from seuil.engines import droit
from seuil.engines.droit import _controles, _questions
from seuil.strict_yaml import FichierIllisible

HERE = Path(__file__).parent
QUESTIONS = [q for found in droit.questions().values() for q in found]
ACTE_LE = date(2026, 3, 10)
GOOD = """\
acte: assignation
libelle: Assignation
questions:
  - id: R-ZZZ-1
    question: Est-ce un essai\u00a0?
    verification: moteur
    controle: depot_greffe
    faits: [greffe_le]
    regles: [C3]
    valid_from: 2020-01-01
    valid_to: null
    sanction: caducite
    consequence: Une conséquence.
    regulier: C’est bien.
    irregulier: C’est mal.
    aide: Sur le papier.
    certainty: sure
    checked_on: 2026-11-21
    reference:
      - titre: Un texte
        url: https://www.legifrance.gouv.fr/
"""


def read_cases() -> list[Any]:
    return [
        pytest.param(path.stem, case, id=f"{case['question']}: {case['cas']}")
        for path in sorted((HERE / "regularite").glob("*.yaml"))
        for case in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    ]


def answer(acte: str, question: str, on: date, faits: dict[str, Any]) -> droit.Constat:
    (found,) = [c for c in droit.regularite(acte, on, faits) if c.question == question]
    return found


@pytest.mark.parametrize(("acte", "case"), read_cases())
def test_a_case_gives_its_answer(acte: str, case: dict[str, Any]) -> None:
    constat = answer(acte, case["question"], case["acte_le"], case["faits"])
    texte = constat.explication.replace("\u00a0", " ")

    assert case.keys() <= {
        "question", "cas", "source", "acte_le", "faits", "reponse", "certitude", "explication",
        "a_obtenir",
    }  # fmt: skip
    assert constat.reponse == case["reponse"]
    assert constat.certitude == case.get("certitude", constat.certitude)
    assert case.get("explication", "") in texte
    assert set(case.get("a_obtenir", [])) <= set(constat.a_obtenir)


def test_every_question_of_the_engine_has_a_case_that_it_decides_and_one_that_it_does_not() -> None:
    seen: dict[str, set[str]] = {}
    for _, case in (p.values for p in read_cases()):
        seen.setdefault(case["question"], set()).add(case["reponse"])
    moteur = {q.id for q in QUESTIONS if q.verification == "moteur"}
    never_unknown = {"R-EXP-5", "R-CFP-1"}

    assert moteur <= seen.keys()
    assert {q for q in moteur if not {"regulier", "irregulier"} & seen[q]} == set()
    assert {q for q in moteur if "a_verifier" not in seen[q]} <= never_unknown


@pytest.mark.parametrize("acte", sorted(droit.questions()))
def test_without_a_fact_nothing_is_decided_and_what_to_obtain_is_named(acte: str) -> None:
    for constat in droit.regularite(acte, ACTE_LE, {}):
        assert constat.reponse == "a_verifier"
        assert bool(constat.a_obtenir) == (constat.verification == "moteur")


def test_the_law_of_the_day_of_the_act_chooses_the_questions() -> None:
    def ids(acte: str, on: date) -> set[str]:
        return {c.question for c in droit.regularite(acte, on, {})}

    veille, reforme = date(2023, 7, 28), date(2023, 7, 29)
    assert "R-CDP-4" in ids("commandement", veille)
    assert "R-CDP-5" not in ids("commandement", veille)
    assert "R-CDP-5" in ids("commandement", reforme)
    assert "R-CDP-4" not in ids("commandement", reforme)
    assert {"R-CDP-13"} == ids("commandement", veille) & {"R-CDP-2", "R-CDP-13"}
    assert {"R-CDP-2"} == ids("commandement", reforme) & {"R-CDP-2", "R-CDP-13"}
    assert "R-ASS-1" not in ids("assignation", date(2014, 12, 31))
    assert "R-ASS-1" in ids("assignation", date(2015, 1, 1))
    assert "R-ASS-7" not in ids("assignation", date(2019, 6, 29))
    assert "R-ASS-7" in ids("assignation", date(2019, 6, 30))
    assert "R-ASS-13" not in ids("assignation", date(2022, 9, 7))
    assert "R-ASS-13" in ids("assignation", date(2022, 9, 8))
    assert "R-EXP-7" not in ids("expulsion", veille)
    assert "R-EXP-7" in ids("expulsion", reforme)


def test_an_act_without_checklist_gives_nothing() -> None:
    assert droit.regularite("dalo", ACTE_LE, {}) == []


@pytest.mark.parametrize("faits", [{"saisine": ACTE_LE}, {"audience_le": "2026-03-10"}])
def test_a_fact_that_is_not_known_or_not_a_date_is_refused(faits: dict[str, Any]) -> None:
    with pytest.raises(droit.FaitInconnu):
        droit.regularite("assignation", ACTE_LE, faits)


def test_a_day_outside_the_calendars_decides_nothing() -> None:
    constat = answer("assignation", "R-ASS-2", ACTE_LE, {
        "prefet_le": ACTE_LE, "audience_le": date(2099, 1, 5),
    })  # fmt: skip

    assert constat.reponse == "a_verifier"
    assert "hors des calendriers" in constat.explication


JOURS = st.dates(date(1900, 1, 1), date(2200, 1, 1))
VALEURS = {
    "departement": st.sampled_from(["33", "67", "974"]),
    "commune": st.just("67482"),
    "delai_annonce": st.sampled_from(["2 mois", "6 semaines"]),
    "clause": st.sampled_from(["2 mois", "6 semaines"]),
    "bailleur_nature": st.sampled_from(
        ["physique", "sci_familiale", "morale", "social", "inconnue"]
    ),
    "dette": st.decimals(0, 10_000, places=2),
    "loyer": st.decimals(0, 2_000, places=2),
    "impaye_mois": st.integers(0, 36),
    "cdp_signale": st.booleans(),
    "caution": st.booleans(),
    "dsf_carence": st.booleans(),
    "par_defaut": st.booleans(),
    "cfp_sens": st.sampled_from(["accord", "refus", "report"]),
}


@st.composite
def some_facts(draw: st.DrawFn) -> dict[str, Any]:
    """Any of the facts that the checklists know, near one another or far apart."""
    names = draw(st.sets(st.sampled_from(sorted(_questions.load_faits_de_controle()))))
    centre = draw(JOURS)
    near = st.integers(-120, 120).map(lambda n: centre + timedelta(days=n))
    faits = {nom: draw(VALEURS.get(nom, near | JOURS)) for nom in sorted(names)}
    if faits.get("departement") != "67":
        faits.pop("commune", None)
    return {"acte_le": draw(near), **faits}


@given(acte=st.sampled_from(sorted(droit.questions())), faits=some_facts())
def test_any_facts_give_an_answer_with_its_reason_or_what_to_obtain(
    acte: str, faits: dict[str, Any]
) -> None:
    acte_le = faits.pop("acte_le")

    for constat in droit.regularite(acte, acte_le, faits):
        assert constat.reponse in {"regulier", "irregulier", "a_verifier", "sans_objet"}
        if constat.verification == "moteur":
            assert constat.explication or constat.a_obtenir
        else:
            assert constat.reponse == "a_verifier"


def test_every_fact_has_a_value_to_try() -> None:
    faits = _questions.load_faits_de_controle()

    assert {f for f in faits if not f.endswith(("_le", "_au"))} == set(VALEURS)


def test_the_checklists_cover_the_law_they_were_asked_to() -> None:
    covered = {regle for q in QUESTIONS for regle in q.regles}

    assert len(QUESTIONS) >= 30
    assert covered >= {
        "A2", "A3", "A4", "A5", "B1", "B2", "B3", "C1", "C1b", "C1c", "C1d", "C2", "C3", "C4",
        "C5", "C6", "C7", "C8", "D1c", "E7", "E9", "E10", "F1", "F2", "F3", "F4", "F5", "G2",
        "G2b", "G11", "G12",
    }  # fmt: skip


def test_every_control_is_named_by_a_question_and_every_question_says_its_consequence() -> None:
    assert {q.controle for q in QUESTIONS if q.controle} == set(_controles.CONTROLES)
    for question in QUESTIONS:
        assert question.consequence.endswith(".")
        assert question.regulier != question.irregulier
        assert question.references
        assert question.checked_on >= date(2026, 11, 21)


def test_the_identifiers_of_each_act_share_their_prefix() -> None:
    for found in droit.questions().values():
        assert len({q.id.rpartition("-")[0] for q in found}) == 1


@pytest.mark.parametrize(("acte", "case"), read_cases())
def test_french_typography_holds_in_the_findings(acte: str, case: dict[str, Any]) -> None:
    constat = answer(acte, case["question"], case["acte_le"], case["faits"])
    texts = [constat.explication, *constat.a_obtenir, constat.texte]

    assert not [t for t in texts for m in (" : ", " ;", " ?", "« ", " »", "'", "  ") if m in t]


def refusal_of(folder: Path, text: str) -> str:
    with pytest.raises(FichierIllisible) as refusal:
        _questions.read_questions(write(folder, text))
    return str(refusal.value).replace("\u00a0", " ")


def write(folder: Path, text: str) -> Path:
    (folder / "faits.yaml").write_text("greffe_le: la remise au greffe\n", encoding="utf-8")
    (folder / "assignation.yaml").write_text(text, encoding="utf-8")
    return folder


def test_the_sample_of_these_tests_is_accepted(tmp_path: Path) -> None:
    (question,) = _questions.read_questions(write(tmp_path, GOOD))["assignation"]

    assert question.id == "R-ZZZ-1"


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("sanction: caducite", "sanction: amende", r"assignation\.yaml, ligne 12, « sanction »"),
        ("    aide: Sur le papier.\n", "", r"« aide ».*la clé manque"),
        ("    aide:", "    aides:", r"ligne 16, « aides ».*clé inconnue"),
        ("controle: depot_greffe", "controle: devine", r"ligne 7, « controle ».*inconnue"),
        ("    controle: depot_greffe\n", "", r"« controle ».*dit son contrôle"),
        ("verification: moteur", "verification: juriste", r"« controle ».*seule une question"),
        ("verification: moteur", "verification: hasard", r"ligne 6, « verification »"),
        ("faits: [greffe_le]", "faits: [greffe]", r"ligne 8, « faits ».*fait inconnu"),
        ("id: R-ZZZ-1", "id: premiere", r"ligne 4, « id ».*identifiant"),
        ("un essai\u00a0?", "un essai.", r"ligne 5, « question ».*point d’interrogation"),
        ("valid_to: null", "valid_to: 2019-12-31", r"ligne 11, « valid_to ».*finit avant"),
        ("certainty: sure", "certainty: certaine", r"ligne 17, « certainty »"),
        ("checked_on: 2026-11-21", "checked_on: hier", r"ligne 18, « checked_on »"),
        ("acte: assignation", "acte: divorce", r"ligne 1, « acte ».*divorce\.yaml"),
        ("https://www", "www", r"ligne 21, « url ».*https"),
        ("regles: [C3]", "regles: C3", r"ligne 9, « regles ».*liste de textes"),
    ],
)
def test_a_faulty_question_is_refused_with_its_file_and_line(
    tmp_path: Path, before: str, after: str, message: str
) -> None:
    assert before in GOOD

    assert re.search(message, refusal_of(tmp_path, GOOD.replace(before, after)))


def test_an_identifier_used_twice_is_refused(tmp_path: Path) -> None:
    twice = GOOD + GOOD[GOOD.index("  - id") :]

    assert re.search(r"ligne 22, « id ».*déjà pris", refusal_of(tmp_path, twice))


def test_what_a_jurist_must_still_check_is_said_in_a_note(tmp_path: Path) -> None:
    text = (
        GOOD.replace("moteur", "juriste")
        .replace("    controle: depot_greffe\n    faits: [greffe_le]\n", "")
        .replace("certainty: sure", "certainty: to_check")
    )

    assert "« note »" in refusal_of(tmp_path, text)
