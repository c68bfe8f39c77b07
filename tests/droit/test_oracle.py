"""The oracle itself, on published examples and on what it can be checked against."""

import ast
from calendar import monthrange
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.droit import oracle
from tests.droit.oracle import (
    REGLES,
    Attendu,
    HorsOracle,
    easter,
    expect,
    expect_duree,
    expect_execution,
    holidays_of,
    is_treve,
    place_of,
    walk_days,
    walk_months,
)

_PAQUES = (
    "2000-04-23",
    "2001-04-15",
    "2002-03-31",
    "2003-04-20",
    "2004-04-11",
    "2005-03-27",
    "2006-04-16",
    "2007-04-08",
    "2008-03-23",
    "2010-04-04",
    "2011-04-24",
    "2016-03-27",
    "2019-04-21",
    "2020-04-12",
    "2023-04-09",
    "2024-03-31",
    "2025-04-20",
    "2026-04-05",
    "2027-03-28",
    "2028-04-16",
    "2029-04-01",
    "2038-04-25",
    "2049-04-18",
    "2076-04-19",
)


def _on(text: str) -> date:
    return date.fromisoformat(text)


def _expected(regle: str, depuis: str, **options: str | date | None) -> Attendu:
    attendu = expect(regle, _on(depuis), **options)  # type: ignore[arg-type]
    assert attendu is not None
    return attendu


def _bare(depuis: str, *parts: tuple[int, str], **options: object) -> date:
    given = {"franc": False, "ouvres": False, "roll": True, "departement": None, **options}
    return expect_duree(_on(depuis), parts, **given)  # type: ignore[arg-type]


# --- independence -----------------------------------------------------------------------------


def test_the_oracle_imports_nothing_of_the_engine_and_no_arithmetic_of_months() -> None:
    tree = ast.parse(Path(oracle.__file__).read_text())
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {
        name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
    }
    assert imported == {"collections.abc", "dataclasses", "datetime", "functools"}


# --- the calendar -----------------------------------------------------------------------------


@pytest.mark.parametrize("paques", _PAQUES)
def test_easter_falls_on_its_known_date(paques: str) -> None:
    assert easter(_on(paques).year) == _on(paques)


def test_easter_is_a_sunday_between_22_march_and_25_april() -> None:
    for annee in range(1900, 2200):
        jour = easter(annee)
        assert jour.weekday() == 6
        assert date(annee, 3, 22) <= jour <= date(annee, 4, 25)


def test_easter_is_declined_outside_the_table() -> None:
    with pytest.raises(HorsOracle):
        easter(2200)


def test_the_holidays_of_2026_in_metropole_are_the_eleven_published() -> None:
    published = (
        "01-01",
        "04-06",
        "05-01",
        "05-08",
        "05-14",
        "05-25",
        "07-14",
        "08-15",
        "11-01",
        "11-11",
        "12-25",
    )
    assert sorted(holidays_of(2026, place_of("33", None))) == [_on(f"2026-{j}") for j in published]


@pytest.mark.parametrize(
    ("departement", "commune", "locaux"),
    [
        ("67", None, ["2026-04-03", "2026-12-26"]),
        (None, "57463", ["2026-04-03", "2026-12-26"]),
        ("971", None, ["2026-05-27"]),
        ("972", None, ["2026-05-22"]),
        ("973", None, ["2026-06-10"]),
        (None, "97411", ["2026-12-20"]),
        ("976", None, ["2026-04-27"]),
        ("977", None, ["2026-10-09"]),
        ("978", None, ["2026-05-27"]),
    ],
)
def test_a_place_adds_its_own_holidays(
    departement: str | None, commune: str | None, locaux: list[str]
) -> None:
    ici = holidays_of(2026, place_of(departement, commune))
    assert sorted(ici - holidays_of(2026, place_of(None, None))) == [_on(j) for j in locaux]


@pytest.mark.parametrize("jour", ["2005-05-16", "2006-06-05", "2007-05-28", "2008-05-12"])
def test_whit_monday_stays_a_holiday_when_it_is_the_day_of_solidarity(jour: str) -> None:
    assert oracle.is_ferie(_on(jour), place_of(None, None))


def test_saint_barthelemy_has_no_day_of_its_own_before_the_decree_of_2012() -> None:
    assert date(2011, 10, 9) not in holidays_of(2011, place_of("977", None))
    assert date(2012, 10, 9) in holidays_of(2012, place_of("977", None))


@pytest.mark.parametrize(
    ("jour", "protege"),
    [
        ("2012-03-15", True),
        ("2012-03-16", False),
        ("2013-10-31", False),
        ("2013-11-01", True),
        ("2014-03-15", True),
        ("2014-03-16", False),
        ("2014-03-26", False),
        ("2014-03-27", True),
        ("2014-03-31", True),
        ("2014-04-01", False),
        ("2015-03-31", True),
        ("2020-07-10", True),
        ("2020-07-11", False),
        ("2021-05-31", True),
        ("2021-06-01", False),
        ("2022-04-01", False),
    ],
)
def test_the_truce_follows_its_history(jour: str, protege: bool) -> None:
    assert is_treve(_on(jour)) is protege


# --- walking ----------------------------------------------------------------------------------


def _clamped(depuis: date, mois: int) -> date:
    annee, indice = divmod(depuis.year * 12 + depuis.month - 1 + mois, 12)
    return date(annee, indice + 1, min(depuis.day, monthrange(annee, indice + 1)[1]))


@pytest.mark.parametrize("sens", [1, -1])
def test_a_walk_of_months_ends_where_the_code_of_procedure_says(sens: int) -> None:
    for ecart in range(4 * 366):
        depuis = date(2023, 1, 1) + timedelta(days=ecart)
        for mois in (1, 2, 3, 6, 13):
            assert walk_months(depuis, mois, sens) == _clamped(depuis, sens * mois)


def test_a_walk_of_ten_years_from_a_leap_day_ends_on_the_last_of_february() -> None:
    assert walk_months(date(2024, 2, 29), 120) == date(2034, 2, 28)


# --- published examples -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cdp", "clause", "dernier_jour", "acquise"),
    [
        ("2024-03-26", "6 semaines", "2024-05-07", "2024-05-08"),
        ("2024-02-28", "6 semaines", "2024-04-10", "2024-04-11"),
        ("2023-09-22", "2 mois", "2023-11-22", "2023-11-23"),
        ("2023-12-15", "2 mois", "2024-02-15", "2024-02-16"),
        ("2024-05-06", "2 mois", "2024-07-06", "2024-07-07"),
        ("2025-12-31", "2 mois", "2026-02-28", "2026-03-01"),
        ("2026-12-24", "6 semaines", "2027-02-04", "2027-02-05"),
    ],
)
def test_the_clause_plays_on_the_published_day(
    cdp: str, clause: str, dernier_jour: str, acquise: str
) -> None:
    attendu = _expected("A1", cdp, clause=clause)
    assert attendu == Attendu(_on(dernier_jour), frozenset({_on(acquise)}))


@pytest.mark.parametrize(
    ("bail", "date_", "autres"),
    [
        ("2016-06-21", "2023-10-04", {"2023-10-05", "2023-09-15"}),
        ("2023-07-28", "2023-10-04", {"2023-10-05", "2023-09-15"}),
        ("2023-07-29", "2023-09-15", {"2023-09-16"}),
        (None, "2023-10-04", {"2023-10-05", "2023-09-15"}),
    ],
)
def test_the_date_of_the_lease_decides_when_the_clause_is_unknown(
    bail: str | None, date_: str, autres: set[str]
) -> None:
    attendu = _expected("A1", "2023-08-04", bail=_on(bail) if bail else None)
    assert attendu == Attendu(_on(date_), frozenset(map(_on, autres)))


def test_a_commandement_before_the_law_of_2023_gives_two_months_whatever_the_clause() -> None:
    for clause in (None, "2 mois", "6 semaines"):
        attendu = _expected("A1", "2023-07-28", clause=clause)
        assert attendu == Attendu(date(2023, 9, 28), frozenset({date(2023, 9, 29)}))


@pytest.mark.parametrize(
    ("regle", "depuis", "attendu"),
    [
        ("C1", "2025-12-30", "2026-02-28"),
        ("C2", "2026-12-14", "2026-11-01"),
        ("C2", "2025-05-12", "2025-03-30"),
        ("C5", "2026-11-02", "2026-11-24"),
        ("E4", "2026-03-03", "2026-04-03"),
        ("E7", "2025-08-31", "2026-02-28"),
        ("F1", "2026-01-15", "2026-03-15"),
        ("F4", "2025-11-30", "2026-03-31"),
        ("F4", "2013-06-01", "2014-03-15"),
        ("F4", "2014-03-20", "2014-03-31"),
        ("F4", "2019-12-24", "2020-07-10"),
        ("G4", "2026-01-20", "2026-03-20"),
        ("G7", "2008-12-02", "2009-03-16"),
        ("G7", "2026-02-10", "2026-04-10"),
        ("G10", "2026-02-19", "2026-04-20"),
        ("G12", "2026-06-10", "2026-08-10"),
        ("G12", "2019-12-31", "2020-01-31"),
        ("G12c", "2026-06-10", "2026-07-10"),
        ("H1", "2027-01-31", "2027-04-30"),
        ("K4", "2026-09-01", "2026-10-13"),
        ("L4", "2025-06-15", "2025-07-15"),
    ],
)
def test_a_rule_gives_the_published_or_computed_day(regle: str, depuis: str, attendu: str) -> None:
    assert _expected(regle, depuis).date == _on(attendu)


@pytest.mark.parametrize("notifiee", ["2025-03-11", "2025-02-27"])
def test_the_notifications_that_courts_accepted_are_in_time(notifiee: str) -> None:
    dernier = _expected("C2", "2025-04-29").date
    assert dernier == date(2025, 3, 17)
    assert _on(notifiee) <= dernier


def test_the_old_delay_is_another_day_while_the_new_one_reaches_before_the_law() -> None:
    assert _expected("C2", "2023-09-09") == Attendu(
        date(2023, 7, 28), frozenset({date(2023, 7, 9)})
    )
    assert _expected("C2", "2023-09-10") == Attendu(date(2023, 7, 29))
    assert _expected("C2", "2023-07-28") == Attendu(date(2023, 5, 28))


def test_working_days_before_a_hearing_leave_the_hearing_and_holidays_out() -> None:
    # Hearing of Monday 16 November 2026: 13, 12, 10, 9, 6, 5 (11 November is a holiday).
    assert _expected("C6", "2026-11-16") == Attendu(
        date(2026, 11, 5), frozenset({date(2026, 11, 6)})
    )


def test_good_friday_moves_the_appeal_in_alsace_moselle() -> None:
    assert _expected("E4", "2026-03-03", commune="67482") == Attendu(date(2026, 4, 7))
    assert _expected("E4", "2026-03-03", departement="67") == Attendu(
        date(2026, 4, 7), frozenset({date(2026, 4, 3)})
    )


def test_a_judgment_that_lapses_on_a_saturday_may_be_argued_to_monday() -> None:
    assert _expected("E7", "2025-08-31").autres == {date(2026, 3, 2)}


@pytest.mark.parametrize(
    ("departement", "k1", "k2"),
    [("21", "2026-04-30", "2026-04-30"), ("974", "2026-07-31", "2026-07-31")],
)
def test_dalo_takes_longer_overseas(departement: str, k1: str, k2: str) -> None:
    assert _expected("K1", "2026-01-31", departement=departement).date == _on(k1)
    assert _expected("K2", "2026-01-31", departement=departement).date == _on(k2)


def test_dalo_rehousing_takes_six_months_in_the_large_agglomerations() -> None:
    assert _expected("K2", "2026-01-31", commune="33063").date == date(2026, 7, 31)
    assert _expected("K1", "2026-01-31", commune="33063").date == date(2026, 4, 30)


@pytest.mark.parametrize(
    ("regle", "veille", "premier"),
    [
        ("A4", "2014-03-26", "2014-03-27"),
        ("C1", "2014-12-31", "2015-01-01"),
        ("C3", "2019-12-31", "2020-01-01"),
        ("C6", "2021-01-07", "2021-01-08"),
        ("D3", "2016-09-30", "2016-10-01"),
        ("D6", "2012-05-31", "2012-06-01"),
        ("G9", "2025-11-06", "2025-11-07"),
        ("H3", "2016-08-31", "2016-09-01"),
        ("L4b", "2025-06-14", "2025-06-15"),
    ],
)
def test_a_rule_has_no_value_before_its_first_day(regle: str, veille: str, premier: str) -> None:
    assert expect(regle, _on(veille)) is None
    assert expect(regle, _on(premier)) is not None


def test_the_rules_of_the_old_housing_aid_end_with_2026() -> None:
    for regle in ("H2", "H3", "H4", "H5", "H6", "H7", "H7b", "H8", "H10"):
        assert expect(regle, date(2026, 12, 31)) is not None
        new = expect(regle, date(2027, 1, 1))
        assert new is not None
        assert new.date is None


def test_ranges_have_no_day() -> None:
    for regle in ("D1", "D3", "D5", "D6"):
        assert _expected(regle, "2026-03-03").date is None


@pytest.mark.parametrize(
    ("regle", "options"),
    [
        ("F4", {"departement": "974"}),
        ("G5", {"departement": "974"}),
        ("G7", {"departement": "974"}),
        ("K2", {"departement": "35"}),
        ("H1", {}),
        ("K2", {}),
    ],
)
def test_what_the_sources_leave_open_is_declined(regle: str, options: dict[str, str]) -> None:
    with pytest.raises(HorsOracle):
        expect(regle, date(2026, 3, 3), **options)  # type: ignore[arg-type]


def test_every_rule_answers_somewhere() -> None:
    assert len(REGLES) == len(set(REGLES)) == 63
    for regle in REGLES:
        depuis = date(2027, 3, 3) if regle == "H1" else date(2026, 3, 3)
        assert expect(regle, depuis, departement="33") is not None


# --- bare delays ------------------------------------------------------------------------------


def test_bare_delays_give_the_published_day() -> None:
    assert _bare("2024-02-07", (10, "jours")) == date(2024, 2, 19)
    assert _bare("2023-07-11", (3, "jours")) == date(2023, 7, 17)
    assert _bare("2017-02-12", (1, "mois"), (15, "jours")) == date(2017, 3, 27)
    assert _bare("2023-10-25", (1, "mois")) == date(2023, 11, 27)
    assert _bare("2023-10-12", (15, "jours"), franc=True) == date(2023, 10, 30)
    assert _bare("2025-01-17", (1, "mois")) == date(2025, 2, 17)
    assert _bare("2025-12-31", (2, "mois")) == date(2026, 3, 2)
    assert _bare("2025-12-31", (2, "mois"), roll=False) == date(2026, 2, 28)
    assert _bare("2026-11-02", (15, "jours"), ouvres=True) == date(2026, 11, 24)
    assert _bare("2026-09-01", (6, "semaines")) == date(2026, 10, 13)


def test_months_are_counted_before_days_whatever_the_order() -> None:
    for parts in (((1, "mois"), (1, "jours")), ((1, "jours"), (1, "mois"))):
        assert _bare("2026-01-31", *parts, roll=False) == date(2026, 3, 1)


# --- execution --------------------------------------------------------------------------------


def test_an_expulsion_waits_for_the_end_of_the_truce() -> None:
    assert expect_execution(_on("2026-03-15"), concours_le=_on("2026-03-20")) == _on("2026-04-01")


def test_an_expulsion_waits_for_easter_tuesday_when_the_truce_ends_on_easter_eve() -> None:
    assert expect_execution(_on("2029-01-15")) == _on("2029-04-03")


@pytest.mark.parametrize(
    ("fin", "attendu"),
    [
        ("2014-03-14", "2014-03-17"),  # the 16th is a Sunday
        ("2014-03-25", "2014-03-26"),
        ("2014-03-26", "2014-04-01"),
        ("2020-02-01", "2020-07-11"),  # a Saturday is lawful
        ("2021-02-01", "2021-06-01"),
        ("2026-06-05", "2026-06-06"),
        ("2026-06-06", "2026-06-08"),
        ("2026-10-31", "2027-04-01"),
    ],
)
def test_an_expulsion_follows_the_history_of_the_truce(fin: str, attendu: str) -> None:
    assert expect_execution(_on(fin)) == _on(attendu)


def test_the_last_of_the_ends_decides_and_the_day_of_the_concours_itself_counts() -> None:
    fin = _on("2026-05-04")
    assert expect_execution(fin, concours_le=_on("2026-06-16")) == _on("2026-06-16")
    assert expect_execution(fin, fin_delais=_on("2026-06-16")) == _on("2026-06-17")
    assert expect_execution(fin, fin_suspension=_on("2026-09-16")) == _on("2026-09-17")
    assert expect_execution(fin, concours_le=_on("2026-05-04")) == _on("2026-05-05")


def test_an_expulsion_does_not_fall_on_a_local_holiday_nor_is_it_said_overseas() -> None:
    assert expect_execution(_on("2025-04-17"), commune="67482") == _on("2025-04-19")
    assert expect_execution(_on("2025-04-17"), commune="33063") == _on("2025-04-18")
    with pytest.raises(HorsOracle):
        expect_execution(_on("2025-04-17"), departement="974")


def test_six_weeks_are_forty_two_days_and_keep_the_day_of_the_week() -> None:
    for ecart in range(366):
        depuis = date(2024, 1, 1) + timedelta(days=ecart)
        assert walk_days(depuis, 42).weekday() == depuis.weekday()
