"""Every case that a jurist wrote in `cases/` and `calculs/` gives the date that it says."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from seuil.engines import droit

HERE = Path(__file__).parent
OPTIONS = {"franc", "ouvres", "roll", "commune", "departement"}


def read_cases(*, refus: bool) -> list[Any]:
    return [
        pytest.param(path.stem, case, id=f"{path.stem}: {case['cas']}")
        for path in sorted((HERE / "cases").glob("*.yaml"))
        for case in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        if case.get("refus", False) is refus
    ]


def read_durees() -> list[Any]:
    text = (HERE / "calculs" / "durees.yaml").read_text(encoding="utf-8")
    return [pytest.param(case, id=case["cas"]) for case in yaml.load(text, Loader=yaml.CSafeLoader)]


@pytest.mark.parametrize(("regle", "case"), [*read_cases(refus=False), *read_cases(refus=True)])
def test_a_case_gives_what_it_says(regle: str, case: dict[str, Any]) -> None:
    verdict = droit.check_case(regle, case)

    assert verdict.ecarts == ()
    assert verdict.etat in {"juste", "discute"}


@pytest.mark.parametrize("case", read_durees())
def test_a_bare_duration_gives_its_date(case: dict[str, Any]) -> None:
    options = {key: case[key] for key in OPTIONS & case.keys()}

    assert droit.add_duree(case["depuis"], case["duree"], **options).date == case["date"]


def test_every_rule_has_a_case() -> None:
    dated = {regle.id for regle in droit.regles().values() if regle.formule != "norme"}

    assert {path.stem for path in (HERE / "cases").glob("*.yaml")} == dated


def test_the_published_journey_of_a_cql_ends_after_the_truce() -> None:
    le, steps = droit.execution_possible_from(
        cql_delay_end=date(2026, 3, 15), delais_judge_end=None, cfp_on=date(2026, 3, 20)
    )

    assert le == date(2026, 4, 1)
    assert "Trêve hivernale jusqu’au 31 mars 2026" in steps[-1]
