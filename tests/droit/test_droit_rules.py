"""What the engine promises whatever the facts, and how it refuses."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seuil.engines import droit
from seuil.engines.droit import _calendar, _durees

DAYS_FROM = date(2024, 1, 1)
DAYS = st.dates(DAYS_FROM, date(2045, 12, 31))
COUNTED = [r for r in droit.regles().values() if r.formule not in {"norme", "seuil", "plage"}]
OPEN_SINCE_2024 = [
    r
    for r in COUNTED
    if (r.versions[0].valid_from or date.min) <= date(2024, 1, 1)
    and not r.versions[-1].valid_to
    # From 2027 on, some wait for their text.
    and not r.versions[-1].questions
]
FORWARD = sorted(r.id for r in OPEN_SINCE_2024 if r.sens == "apres" and r.id not in {"H1", "EX"})
BACKWARD = sorted(r.id for r in OPEN_SINCE_2024 if r.sens == "avant")
PLACES = st.sampled_from([None, "33", "57", "67", "972", "974"])
CLAUSES = st.sampled_from([None, "2 mois", "6 semaines"])
properties = settings(deadline=None, max_examples=200)


@properties
@given(regle=st.sampled_from(FORWARD), depuis=DAYS, departement=PLACES)
def test_a_deadline_never_precedes_its_act(
    regle: str, depuis: date, departement: str | None
) -> None:
    resultat = droit.compute(regle, depuis=depuis, departement=departement)

    dates = [autre.date for autre in resultat.autres]
    dates += [resultat.date] if resultat.date else []
    assert all(le >= depuis for le in dates)
    assert resultat.date is not None or resultat.certitude == "to_check"


@properties
@given(regle=st.sampled_from(BACKWARD), depuis=DAYS, departement=PLACES)
def test_a_backward_deadline_precedes_its_hearing(
    regle: str, depuis: date, departement: str | None
) -> None:
    resultat = droit.compute(regle, depuis=depuis, departement=departement)

    assert resultat.date is not None
    assert resultat.date < depuis
    assert all(autre.date < depuis for autre in resultat.autres)


@properties
@given(
    regle=st.sampled_from(sorted({*FORWARD, *BACKWARD})),
    depuis=DAYS,
    later=st.integers(1, 60),
    bail=st.none() | st.dates(date(2000, 1, 1), date(2023, 12, 31)),
    clause=CLAUSES,
)
def test_a_later_act_never_brings_an_earlier_deadline(
    regle: str, depuis: date, later: int, bail: date | None, clause: str | None
) -> None:
    first = droit.compute(regle, depuis=depuis, bail=bail, clause=clause)
    second = droit.compute(regle, depuis=depuis + timedelta(later), bail=bail, clause=clause)

    assert first.date is not None
    assert second.date is not None
    assert first.date <= second.date


@properties
@given(depuis=DAYS, n=st.integers(1, 36))
def test_months_end_on_the_same_day_number_or_on_the_last_day(depuis: date, n: int) -> None:
    term = droit.add_duree(depuis, f"{n} mois", roll=False).date

    assert (term.year * 12 + term.month) - (depuis.year * 12 + depuis.month) == n
    is_last_day = (term + timedelta(1)).day == 1
    assert term.day == depuis.day or (is_last_day and term.day < depuis.day)


@properties
@given(depuis=DAYS, n=st.integers(1, 120), departement=PLACES)
def test_counting_working_days_back_and_forth_returns_to_the_same_day(
    depuis: date, n: int, departement: str | None
) -> None:
    le = droit.ouvres_after(depuis, n, departement=departement)

    assert droit.is_ouvre(le, departement=departement)
    day, seen = depuis, 0
    while day < le:
        day += timedelta(1)
        seen += droit.is_ouvre(day, departement=departement)
    assert seen == n
    if droit.is_ouvre(depuis, departement=departement):
        assert droit.ouvres_before(le, n, departement=departement) == depuis


@properties
@given(
    depuis=DAYS,
    judge=st.none() | DAYS,
    cfp=st.none() | DAYS,
    departement=st.sampled_from([None, "33", "67"]),
)
def test_nothing_is_executed_in_the_truce_on_a_sunday_or_before_a_cause_ends(
    depuis: date, judge: date | None, cfp: date | None, departement: str | None
) -> None:
    le, steps = droit.execution_possible_from(
        cql_delay_end=depuis, delais_judge_end=judge, cfp_on=cfp, departement=departement
    )

    assert le > depuis
    assert judge is None or le > judge
    assert cfp is None or le >= cfp
    assert not droit.in_treve(le, departement=departement)
    assert le.isoweekday() != 7
    assert droit.write_date(le) in " ".join(steps)


@pytest.mark.parametrize(
    ("cql_delay_end", "expected"),
    [
        pytest.param(date(2029, 3, 1), date(2029, 4, 3), id="Pâques au sortir de la trêve"),
        pytest.param(
            date(2027, 10, 30), date(2028, 4, 1), id="dimanche 31 octobre, veille de trêve"
        ),
        pytest.param(date(2026, 7, 13), date(2026, 7, 15), id="14 juillet"),
        pytest.param(date(2026, 6, 5), date(2026, 6, 6), id="un samedi suffit"),
    ],
)
def test_execution_waits_for_the_first_lawful_day(cql_delay_end: date, expected: date) -> None:
    le, _ = droit.execution_possible_from(
        cql_delay_end=cql_delay_end, delais_judge_end=None, cfp_on=None
    )

    assert le == expected


def test_execution_overseas_waits_for_the_published_truce_and_leaves_it_to_be_checked() -> None:
    le, steps = droit.execution_possible_from(
        cql_delay_end=date(2026, 1, 15), delais_judge_end=None, cfp_on=None, departement="974"
    )

    assert le == date(2026, 4, 16)
    assert any(step.startswith("À vérifier") for step in steps)


def test_a_result_tells_its_steps_parameter_and_references() -> None:
    resultat = droit.compute("A1", depuis=date(2024, 3, 26), bail=date(2024, 1, 1))

    assert "6 semaines à compter du 26 mars 2024 → 7 mai 2024" in resultat.etapes
    assert resultat.parametre == "A1@2023-07-29"
    assert resultat.libelle == "Fin du délai pour payer (clause résolutoire)"
    assert resultat.references[0].titre.startswith("Loi n° 89-462")


def test_the_notification_to_the_prefet_advises_an_earlier_day() -> None:
    resultat = droit.compute("C2", depuis=date(2026, 12, 14))

    assert "30 octobre 2026" in resultat.note
    assert any("30 octobre 2026" in step for step in resultat.etapes)


def test_article_642_is_shown_for_the_clause_with_the_decisions_that_apply_it() -> None:
    resultat = droit.compute("A1", depuis=date(2024, 5, 6), bail=date(2018, 1, 1))

    motifs = {autre.date: autre.motif for autre in resultat.autres}
    assert resultat.date == date(2024, 7, 6)
    assert "n° 25/00204" in motifs[date(2024, 7, 8)]
    assert date(2024, 7, 9) in motifs


def test_an_unknown_lease_date_says_what_to_obtain() -> None:
    resultat = droit.compute("A1", depuis=date(2024, 5, 6))

    assert resultat.note.startswith("La date du bail manque")
    assert "obtenir le bail" in resultat.note


@pytest.mark.parametrize("regle", sorted(droit.regles()))
def test_a_result_survives_json(regle: str) -> None:
    last = droit.regles()[regle].versions[-1]
    depuis = min(last.valid_to or date.max, max(last.valid_from or DAYS_FROM, DAYS_FROM))
    resultat = droit.compute(regle, depuis=depuis)

    again = json.loads(json.dumps(resultat.as_dict()))

    assert again["debut"] == depuis.isoformat()
    assert again["explication"].startswith(resultat.etapes[0])
    assert again["date"] == (resultat.date.isoformat() if resultat.date else None)
    assert again["etapes"] == list(resultat.etapes)
    assert again["references"][0].keys() == {"titre", "url"}


def test_a_bare_computation_survives_json() -> None:
    calcul = droit.add_duree(date(2026, 3, 3), "1 mois", departement="67")

    again = json.loads(json.dumps(calcul.as_dict()))

    assert again["date"] == "2026-04-07"
    assert again["autres"][0]["date"] == "2026-04-03"
    assert again["certitude"] == "to_check"


def test_the_same_question_is_answered_from_memory() -> None:
    first = droit.compute("F1", depuis=date(2026, 1, 15), departement="33")

    assert droit.compute("F1", depuis=date(2026, 1, 15), commune="33063") is first


def test_leases_of_the_same_regime_share_one_answer() -> None:
    first = droit.compute("A1", depuis=date(2026, 1, 15), bail=date(2016, 5, 1))

    assert droit.compute("A1", depuis=date(2026, 1, 15), bail=date(2019, 8, 1)) is first


def test_an_unknown_rule_is_refused_with_the_known_ones() -> None:
    with pytest.raises(droit.RegleInconnue, match=r"ZZ.*seuil droit regles"):
        droit.compute("ZZ", depuis=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("regle", "depuis", "message"),
    [
        ("C5", date(2021, 1, 7), "à partir du 8 janvier 2021"),
        ("EM1", date(2023, 12, 31), "à partir du 1er janvier 2024"),
        ("A1", date(1500, 1, 1), "L’année 1500"),
        ("F4", date(2091, 1, 1), "L’année 2091"),
    ],
)
def test_a_day_without_law_is_refused(regle: str, depuis: date, message: str) -> None:
    with pytest.raises(droit.DateHorsPeriode, match=message):
        droit.compute(regle, depuis=depuis)


@pytest.mark.parametrize(
    "duree", ["", "quinze jours", "15", "0 jours", "1 mois 2 mois", "-3 jours", "15 lunes", "mois"]
)
def test_an_unreadable_duration_is_refused(duree: str) -> None:
    with pytest.raises(droit.DureeIllisible, match="n’est pas une durée lisible"):
        droit.add_duree(date(2026, 1, 1), duree)


@pytest.mark.parametrize("duree", ["1 mois 15 jours", "1 mois et 15 jours", "15 jours, 1 mois"])
def test_months_are_counted_before_days_however_written(duree: str) -> None:
    assert _durees.read_duree(duree) == ((1, "mois"), (15, "jours"))


def test_working_days_are_only_days() -> None:
    with pytest.raises(droit.DureeIllisible, match="jours ouvrés"):
        droit.add_duree(date(2026, 1, 1), "2 mois", ouvres=True)


def test_a_franc_delay_in_working_days_ends_one_working_day_later() -> None:
    calcul = droit.add_duree(date(2026, 3, 2), "4 jours", ouvres=True, franc=True)

    assert calcul.date == date(2026, 3, 9)


def test_an_endless_duration_is_refused() -> None:
    with pytest.raises(droit.DateHorsPeriode):
        droit.add_duree(date(2026, 1, 1), "9999 ans")


@pytest.mark.parametrize("clause", ["1 mois 15 jours", "deux mois", "long"])
def test_a_clause_that_is_not_one_length_is_refused(clause: str) -> None:
    with pytest.raises(droit.DureeIllisible):
        droit.compute("A1", depuis=date(2024, 5, 6), clause=clause)


@pytest.mark.parametrize(("clause", "expected"), [
    ("3 mois", date(2024, 8, 6)), ("90 jours", date(2024, 8, 4)), ("1 mois", date(2024, 6, 17)),
])  # fmt: skip
def test_a_longer_clause_binds_and_a_shorter_one_gives_way_to_the_law(
    clause: str, expected: date
) -> None:
    resultat = droit.compute("A1", depuis=date(2024, 5, 6), bail=date(2024, 1, 1), clause=clause)

    assert resultat.date == expected


def test_a_recent_lease_that_writes_two_months_is_explained_by_its_clause() -> None:
    resultat = droit.compute("A1", depuis=date(2024, 5, 6), bail=date(2024, 1, 1), clause="2 mois")

    assert "25/00425" in resultat.note
    assert "reconduction" not in resultat.explication
    assert "avant elle" not in resultat.explication


def test_a_line_never_denies_the_lease_that_was_given() -> None:
    resultat = droit.compute("A1b", depuis=date(2024, 3, 26), bail=date(2016, 6, 21))

    assert resultat.date == date(2024, 5, 7)
    assert resultat.certitude == "contested"
    assert date(2024, 5, 26) in {autre.date for autre in resultat.autres}
    assert "Bail conclu depuis" not in resultat.explication


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ({"commune": "Bordeaux"}, "code commune"),
        ({"departement": "Gironde"}, "code de département"),
        ({"commune": "33063", "departement": "67"}, "n’est pas dans le département 67"),
    ],
)
def test_a_wrong_place_is_refused(place: dict[str, str], message: str) -> None:
    with pytest.raises(droit.LieuInconnu, match=message):
        droit.compute("E4", depuis=date(2026, 1, 1), **place)


def test_the_truce_overseas_is_left_to_the_prefet() -> None:
    with pytest.raises(droit.TreveFixeeLocalement, match="arrêté"):
        droit.in_treve(date(2026, 1, 1), departement="974")
    with pytest.raises(droit.TreveFixeeLocalement, match="arrêté"):
        droit.end_of_treve(date(2026, 1, 1), commune="97411")
    assert "arrêté" in droit.compute("G7", depuis=date(2025, 11, 15), departement="973").note


def test_the_truce_holds_from_november_to_march() -> None:
    assert droit.in_treve(date(2025, 11, 1))
    assert droit.in_treve(date(2026, 3, 31), departement="33")
    assert not droit.in_treve(date(2025, 10, 31))
    assert not droit.in_treve(date(2014, 3, 20))
    assert droit.end_of_treve(date(2026, 6, 1)) == date(2027, 3, 31)


@pytest.mark.parametrize(
    ("le", "departement", "expected"),
    [
        (date(2026, 12, 26), "33", True),
        (date(2025, 12, 26), "33", True),
        (date(2025, 12, 26), "68", False),
        (date(2026, 4, 3), None, True),
        (date(2026, 4, 3), "67", False),
        (date(2026, 4, 27), "976", False),
        (date(2026, 5, 22), "972", False),
        (date(2026, 5, 27), "971", False),
        (date(2026, 6, 10), "973", False),
        (date(2024, 12, 20), "974", False),
        (date(2024, 12, 20), "33", True),
        (date(2026, 7, 21), "971", True),
        (date(2026, 3, 12), "971", True),
    ],
)
def test_the_place_decides_the_holidays(le: date, departement: str | None, expected: bool) -> None:
    worked = droit.is_ouvre(le, departement=departement)

    assert worked is (expected and le.isoweekday() < 6)


def test_days_outside_working_weeks_are_named() -> None:
    assert _calendar.why_not_ouvre(date(2026, 11, 1), _calendar.METROPOLE) == "férié (Toussaint)"
    assert _calendar.why_not_ouvre(date(2026, 11, 7), _calendar.METROPOLE) == "un samedi"
    assert _calendar.why_not_ouvre(date(2026, 11, 8), _calendar.METROPOLE) == "un dimanche"
    assert "Jour de l’an" in _calendar.why_not_ouvre(date(2026, 1, 1), _calendar.METROPOLE)


def test_the_disputed_holiday_of_saint_martin_gives_two_dates_and_none_certain() -> None:
    """C. trav. L3422-2 says 27 May; circulars say 28."""
    resultat = droit.compute("E4", depuis=date(2026, 4, 27), departement="978")

    assert resultat.date == date(2026, 5, 28)
    assert [autre.date for autre in resultat.autres] == [date(2026, 5, 27)]
    assert resultat.certitude == "to_check"
    assert "Saint-Martin" in resultat.note
    calcul = droit.add_duree(date(2026, 4, 27), "1 mois", departement="978")
    assert calcul.certitude == "to_check"
