"""The benchmark of deadlines is well written, large enough, and stands on both sides of reforms.

These tests read the cases alone, never the engine: they hold for whoever reuses the cases.
"""

import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parent
REQUIRED = {"cas", "depuis"}
DAYS = {
    "bail", "reconduit_le", "renouvele_le", "prefet_saisi_le", "delais_jusqu_au", "cfp_le",
    "cql_recu_le", "refus_le", "aj_demandee_le", "aj_depart_le",
    "notifie_le",
}  # fmt: skip
FACTS = {
    *DAYS, "clause", "nature_bail", "delai_annonce", "bailleur", "deux_mois", "domicile",
    "commune", "departement",
}  # fmt: skip
EXPECTED = {"date", "autres", "plage", "seuils", "certitude"}
CERTITUDES = {"sure", "contested", "to_check"}
PLACES = {"commune": r"(\d{2}|2[AB])\d{3}", "departement": r"\d{2}|2[AB]|9[78]\d"}
DURATION_KEYS = {"cas", "source", "depuis", "duree", "date"}
DURATION_OPTIONS = {"franc", "ouvres", "roll", "commune", "departement"}
COMPUTED_BY_US = "Exemple calculé"
STRAIGHT_OR_BREAKABLE = re.compile(r"'| [;:!?»]|« ")

AIDES_UNTIL_2026 = ["H2", "H3", "H4", "H5", "H6", "H7", "H7b", "H8", "H10"]

# The first day of each new law, for the rule whose start fact it governs.
REFORMES = {
    "A1": ["2023-07-29"],
    "A1t": ["2023-07-29"],
    "A4": ["2014-03-27"],
    "A6": ["2014-03-27"],
    "C1": ["2015-01-01", "2023-07-29"],
    "C2": ["2023-07-29", "2023-09-10"],
    "C3": ["2020-01-01"],
    "C5": ["2021-01-08"],
    "C6": ["2021-01-08"],
    "D1": ["2014-03-27", "2023-07-29"],
    "D3": ["2016-10-01"],
    "D5": ["2012-06-01"],
    "D6": ["2012-06-01", "2014-03-27", "2023-07-29"],
    "E6": ["2012-06-01"],
    "E8": ["2008-06-19"],
    "F1": ["2012-06-01"],
    "F4": ["2014-03-27", "2020-07-11", "2021-06-01"],
    "G3": ["2012-06-01"],
    "G9": ["2025-11-07"],
    "G12": ["2012-06-01", "2020-01-01"],
    "G12c": ["2012-06-01"],
    "G12d": ["2012-06-01"],
    "G14": ["2023-07-29"],
    "H1": ["2027-01-01"],
    **{regle: ["2016-09-01", "2027-01-01"] for regle in AIDES_UNTIL_2026},
    "H15": ["2016-09-01"],
    "L2": ["2016-01-01"],
    "L4": ["2025-06-15"],
    "L4b": ["2025-06-15"],
}


def read_file(path: Path) -> list[dict[str, Any]]:
    cases: list[dict[str, Any]] = yaml.load(
        path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader
    )
    return cases


CASES = {path.stem: read_file(path) for path in sorted((HERE / "cases").glob("*.yaml"))}
DURATIONS = read_file(HERE / "calculs" / "durees.yaml")
EVERY_CASE = [
    pytest.param(case, id=f"{regle}: {case['cas']}")
    for regle, cases in CASES.items()
    for case in cases
]


def is_day(value: object) -> bool:
    return type(value) is date


def why_not_a_text(value: object) -> str | None:
    if not isinstance(value, str) or not value.strip():
        return "un texte est attendu"
    if STRAIGHT_OR_BREAKABLE.search(value):
        return "typographie : apostrophe courbe, espace insécable"
    return None


def why_not_facts(case: dict[str, Any]) -> str | None:
    if not is_day(case["depuis"]) or not is_day(case.get("bail", case["depuis"])):
        return "une date AAAA-MM-JJ est attendue"
    if not re.fullmatch(r"\d+ (jours|semaines|mois)", case.get("clause", "2 mois")):
        return "clause illisible"
    for key, pattern in PLACES.items():
        if key in case and not re.fullmatch(pattern, str(case[key])):
            return f"{key} : un code entre guillemets est attendu"
        if not isinstance(case.get(key, ""), str):
            return f"{key} : un code entre guillemets est attendu"
    return None


def why_not_an_answer(case: dict[str, Any]) -> str | None:
    if "refus" in case:
        return None if case["refus"] is True and not EXPECTED & case.keys() else "refus, et rien"
    if case.get("certitude") not in CERTITUDES:
        return "une certitude est attendue"
    if ("date" in case) is ("plage" in case):
        return "une date ou une plage"
    if "plage" in case and len(case["plage"]) != 2:
        return "un minimum et un maximum"
    days = [case.get("date"), *case.get("autres", [])]
    if not all(is_day(day) for day in days if day is not None):
        return "une date AAAA-MM-JJ est attendue"
    return "une autre lecture répète la date" if len(set(days)) < len(days) else None


def why_not_a_case(case: dict[str, Any]) -> str | None:
    if not case.keys() >= REQUIRED:
        return "« cas » et « depuis » sont attendus"
    if unknown := case.keys() - REQUIRED - FACTS - EXPECTED - {"source", "refus"}:
        return f"clé inconnue : {unknown}"
    return (
        why_not_a_text(case["cas"])
        or why_not_a_text(case.get("source", "Aucune"))
        or why_not_facts(case)
        or why_not_an_answer(case)
    )


def find_missing_sides(cases: list[dict[str, Any]], first_day: str) -> set[date]:
    day = date.fromisoformat(first_day)
    return {day - timedelta(1), day} - {case["depuis"] for case in cases}


@pytest.mark.parametrize("case", EVERY_CASE)
def test_a_case_is_well_written(case: dict[str, Any]) -> None:
    assert why_not_a_case(case) is None


GOOD = {"cas": "Un essai", "depuis": date(2026, 1, 1), "date": date(2026, 3, 1)}


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"depuis": "hier"}, "AAAA-MM-JJ"),
        ({"date": "2026-3-1"}, "AAAA-MM-JJ"),
        ({"autres": ["demain"]}, "AAAA-MM-JJ"),
        ({"autres": [date(2026, 3, 1)]}, "répète"),
        ({"cas": ""}, "texte"),
        ({"cas": "L'essai"}, "typographie"),
        ({"cas": "Un essai ; deux"}, "typographie"),
        ({"certitude": "certaine"}, "certitude"),
        ({"plage": ["1 mois", "1 an"]}, "une date ou une plage"),
        ({"refus": True}, "refus"),
        ({"clause": "trois mois"}, "clause"),
        ({"departement": 33}, "guillemets"),
        ({"commune": "Dijon"}, "guillemets"),
        ({"echeance": date(2026, 3, 1)}, "clé inconnue"),
    ],
)
def test_a_badly_written_case_is_seen(fault: dict[str, Any], message: str) -> None:
    good = GOOD | {"certitude": "sure"}

    assert why_not_a_case(good) is None
    assert message in (why_not_a_case(good | fault) or "")


@pytest.mark.parametrize("regle", CASES)
def test_a_title_says_one_case_of_its_file(regle: str) -> None:
    titles = Counter(case["cas"].casefold() for case in CASES[regle])

    assert [title for title, n in titles.items() if n > 1] == []


@pytest.mark.parametrize("regle", CASES)
def test_a_rule_has_two_cases_at_least(regle: str) -> None:
    assert len(CASES[regle]) >= 2


@pytest.mark.parametrize(
    ("regle", "first_day"), [(regle, day) for regle, days in REFORMES.items() for day in days]
)
def test_a_reform_is_tested_the_day_before_and_the_day_of(regle: str, first_day: str) -> None:
    assert find_missing_sides(CASES[regle], first_day) == set()


def test_a_reform_tested_on_one_side_is_seen() -> None:
    one_side = [{"depuis": date(2023, 7, 29)}]

    assert find_missing_sides(one_side, "2023-07-29") == {date(2023, 7, 28)}


def test_the_benchmark_goes_far_beyond_what_was_published() -> None:
    sources = [case.get("source", "") for cases in CASES.values() for case in cases]
    published = [source for source in sources if source and COMPUTED_BY_US not in source]

    assert len(sources) - len(published) >= 150
    assert len(published) >= 40


def test_the_benchmark_holds_leap_days_places_and_each_certainty() -> None:
    cases = [case for cases in CASES.values() for case in cases]
    places = {case.get("departement") for case in cases}

    assert sum((case.get("date") or date.min).strftime("%m-%d") == "02-29" for case in cases) >= 10
    assert {"33", "57", "67", "68", "971", "972", "973", "974", "976", "977"} <= places
    assert {case["certitude"] for case in cases if "certitude" in case} == CERTITUDES


def test_bare_durations_are_well_written_and_numerous() -> None:
    titles = [case["cas"] for case in DURATIONS]

    assert len(DURATIONS) >= 38
    assert len(set(titles)) == len(titles)
    assert [title for title in titles if why_not_a_text(title)] == []
    for case in DURATIONS:
        assert DURATION_KEYS - {"source"} <= case.keys() <= DURATION_KEYS | DURATION_OPTIONS
        assert is_day(case["depuis"])
        assert is_day(case["date"])
        assert why_not_facts(case) is None
