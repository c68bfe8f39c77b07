"""Every case of arrears that a jurist wrote in `impaye/` gives the answer that it says."""

import calendar
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from seuil.engines import droit

HERE = Path(__file__).parent / "impaye"
MONTANTS = ("loyer", "charges", "aide", "rls")
ANSWERS = {
    "statut", "date", "precision", "pas_avant", "seuil", "base", "parametre", "certitude",
    "autres", "suites",
}  # fmt: skip
FACTS = {
    "cas", "source", "situation", "termes", "versements", "decomptes", "premier_impaye", "au",
    "bailleur", "cdp", "montant", "arrete",
}  # fmt: skip


def read(*, signalement: bool) -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}: {case['cas']}")
        for path in sorted(HERE.glob("*.yaml"))
        if (path.stem == "signalement") == signalement
        for case in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    ]


IMPAYES, SIGNALEMENTS = read(signalement=False), read(signalement=True)


def euros(value: object) -> Decimal:
    return Decimal(str(value))


def make_situation(case: dict[str, Any]) -> droit.SituationLocative:
    """Turn the words of a case into the engine's facts."""
    said = dict(case["situation"])
    jour = said.pop("jour", None)
    amounts = {key: euros(said.pop(key)) for key in MONTANTS if key in said}
    return droit.SituationLocative(
        **said,
        **amounts,
        termes=tuple(make_terme(t, said.get("terme", ""), jour) for t in case.get("termes", ())),
        versements=tuple(
            droit.Versement(le, euros(m)) for le, m in case.get("versements", {}).items()
        ),
        releves=tuple(
            droit.Releve(le, euros(m))
            for le, amounts in case.get("decomptes", {}).items()
            for m in (amounts if isinstance(amounts, list) else [amounts])
        ),
        premier_impaye_le=case.get("premier_impaye"),
    )


def make_terme(said: dict[str, Any], terme: str, jour: int | None) -> droit.Terme:
    le = said.get("exigible")
    if le is None:
        year, month = map(int, said["mois"].split("-"))
        le = droit.exigible_le(date(year, month, 1), terme=terme, jour=jour)
    return droit.Terme(le, euros(said["du"]), euros(said.get("paye", 0)))


def check(case: dict[str, Any], result: Any, answers: dict[str, Any]) -> None:
    assert case.keys() <= FACTS | ANSWERS
    assert {key: answers[key] for key in answers if key in case} == {
        key: case[key] for key in answers if key in case
    }
    assert result.references
    assert result.note or result.statut != "constitue"


@pytest.mark.parametrize("case", IMPAYES)
def test_a_case_of_arrears_gives_its_answer(case: dict[str, Any]) -> None:
    result = droit.compute_impaye(make_situation(case), au=case["au"])

    case = {"date": None} | case | ({"seuil": euros(case["seuil"])} if "seuil" in case else {})
    check(
        case,
        result,
        {
            "statut": result.statut,
            "date": result.date,
            "precision": result.precision,
            "pas_avant": result.pas_avant_le,
            "seuil": result.seuil,
            "base": result.base,
            "parametre": result.parametre,
            "certitude": result.certitude,
            "autres": [autre.date for autre in result.autres],
            "suites": {suite.regle: suite.date for suite in result.suites},
        },
    )


@pytest.mark.parametrize("case", SIGNALEMENTS)
def test_a_case_of_signalement_gives_its_answer(case: dict[str, Any]) -> None:
    arrete = case.get("arrete", {})

    result = droit.compute_seuil_signalement(
        make_situation(case),
        cdp_le=case["cdp"],
        montant=euros(case["montant"]) if "montant" in case else None,
        bailleur=case.get("bailleur", ""),
        arrete_mois=arrete.get("mois"),
        arrete_multiple=arrete.get("multiple"),
    )

    case = case | ({"seuil": euros(case["seuil"])} if "seuil" in case else {})
    check(
        case,
        result,
        {
            "statut": result.statut,
            "seuil": result.seuil,
            "parametre": result.parametre,
            "certitude": result.certitude,
        },
    )


def test_there_are_cases_on_both_sides_of_each_reform() -> None:
    cases = [param.values[0] for param in (*IMPAYES, *SIGNALEMENTS)]
    days = {c.get("cdp") or c["au"] for c in cases} | {
        le for c in cases for le in c.get("decomptes", {})
    }

    assert len(cases) >= 40
    for reform in (
        date(2016, 9, 1), date(2019, 9, 1), date(2023, 7, 29), date(2027, 1, 1)
    ):  # fmt: skip
        assert {reform, reform.fromordinal(reform.toordinal() - 1)} <= days


def test_the_due_day_of_the_31st_is_the_last_day_of_each_month() -> None:
    for month in range(1, 13):
        le = droit.exigible_le(date(2027, month, 10), terme="avance", jour=31)

        assert le == date(2027, month, calendar.monthrange(2027, month)[1])
