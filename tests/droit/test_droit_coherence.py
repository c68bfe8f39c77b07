"""The same facts give the same date by every rule that uses them.

A date that one rule calls certain is not denied by another one.
"""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seuil.engines import droit
from seuil.engines.droit import _calendar

JOURS = st.dates(date(2013, 1, 1), date(2045, 12, 31))
LIEUX = st.sampled_from([None, "33", "67", "75"])
properties = settings(deadline=None, max_examples=200)
UN_JOUR = timedelta(1)


def first_lawful_day(after: date, departement: str | None) -> date:
    return droit.next_execution_day(after + UN_JOUR, departement=departement)[0]


@properties
@given(cql_le=JOURS, ecart=st.integers(0, 200), departement=LIEUX)
def test_the_end_of_the_two_months_is_the_one_that_the_eviction_waits_for(
    cql_le: date, ecart: int, departement: str | None
) -> None:
    saisi = cql_le + timedelta(ecart)
    f1 = droit.compute("F1", depuis=cql_le, prefet_saisi_le=saisi, departement=departement)
    ex = droit.compute_execution(
        cql_le=cql_le, prefet_saisi_le=saisi, cfp_le=cql_le, departement=departement
    )

    assert f1.date is not None
    assert ex.date == first_lawful_day(f1.date, departement)
    if ex.certitude == "sure":
        others = {first_lawful_day(autre.date, departement) for autre in f1.autres}
        assert others <= {ex.date}


@properties
@given(cql_le=JOURS, ecart=st.integers(0, 200))
def test_no_reading_of_the_two_months_ends_before_the_prefet_is_seized(
    cql_le: date, ecart: int
) -> None:
    saisi = cql_le + timedelta(ecart)
    f1 = droit.compute("F1", depuis=cql_le, prefet_saisi_le=saisi)

    assert f1.date is not None
    assert all(le >= saisi for le in (f1.date, *(autre.date for autre in f1.autres)))
    assert f1.date == droit.compute("G4", depuis=saisi).date


@properties
@given(cql_le=JOURS, departement=LIEUX)
def test_the_two_months_are_never_certain_without_the_seizure_of_the_prefet(
    cql_le: date, departement: str | None
) -> None:
    for resultat in (
        droit.compute("F1", depuis=cql_le, departement=departement),
        droit.compute_execution(cql_le=cql_le, cfp_le=cql_le, departement=departement),
    ):
        assert resultat.certitude == "to_check"
        assert "préfet" in resultat.a_obtenir


def test_a_seizure_before_the_commandement_is_refused_by_every_rule() -> None:
    cql_le, saisi = date(2026, 1, 15), date(2026, 1, 10)

    with pytest.raises(droit.FaitsContradictoires, match=r"10 janvier 2026.*15 janvier 2026"):
        droit.compute("F1", depuis=cql_le, prefet_saisi_le=saisi)
    with pytest.raises(droit.FaitsContradictoires, match="saisine du préfet"):
        droit.compute_execution(cql_le=cql_le, prefet_saisi_le=saisi)


def test_a_concours_before_the_commandement_is_refused() -> None:
    with pytest.raises(droit.FaitsContradictoires, match="concours") as refusal:
        droit.compute_execution(cql_le=date(2026, 1, 15), cfp_le=date(2025, 12, 1))

    assert refusal.value.fait == "cfp_le"


@properties
@given(recue=JOURS, recu=st.none() | st.integers(-200, 60))
def test_the_liability_never_precedes_the_implicit_refusal(recue: date, recu: int | None) -> None:
    cql_recu_le = None if recu is None else recue + timedelta(recu)
    refus = droit.compute("G3", depuis=recue, cql_recu_le=cql_recu_le).date
    debut = droit.compute("G7", depuis=recue, cql_recu_le=cql_recu_le).date

    assert refus is not None
    assert debut is not None
    assert debut >= refus
    assert debut == refus or droit.in_treve(refus)


@properties
@given(saisi=JOURS, avance=st.integers(0, 90))
def test_a_premature_requisition_waits_for_the_day_when_the_concours_may_be_granted(
    saisi: date, avance: int
) -> None:
    possible = droit.compute("G4", depuis=saisi).date
    assert possible is not None
    recue = possible - timedelta(avance)

    refus = droit.compute("G3", depuis=recue, cql_recu_le=saisi).date

    assert refus == _calendar.add_months(possible, 2)


ULTRAMARINS = st.sampled_from(["971", "972", "973", "974", "975", "976", "977", "978"])


@properties
@given(jour=JOURS, departement=ULTRAMARINS)
def test_overseas_no_rule_leads_with_a_day_of_a_truce_that_another_one_shows(
    jour: date, departement: str
) -> None:
    """The later date leads, or none, in every rule that the truce touches."""
    treve = droit.compute("F4", depuis=jour, departement=departement)
    resultats = [
        droit.compute_execution(
            cql_le=jour, prefet_saisi_le=jour, cfp_le=jour, departement=departement
        ),
        droit.compute("G7", depuis=jour, departement=departement),
        droit.compute("G5", depuis=jour, departement=departement),
    ]

    assert treve.certitude == "to_check"
    for resultat in resultats:
        assert resultat.certitude == "to_check"
        assert (resultat.date is None) is (treve.date is None)
        if resultat.date is None:
            assert "arrêté" in resultat.a_obtenir
        else:
            others = [autre.date for autre in resultat.autres]
            assert resultat.date >= max(others, default=resultat.date)


@pytest.mark.parametrize("departement", ["971", "972", "973", "974", "976"])
def test_overseas_the_first_day_of_eviction_is_outside_every_published_truce(
    departement: str,
) -> None:
    for months in range(12):
        cql_le = _calendar.add_months(date(2026, 1, 10), months)
        ex = droit.compute_execution(
            cql_le=cql_le, prefet_saisi_le=cql_le, cfp_le=cql_le, departement=departement
        )
        assert ex.date is not None
        for treve in droit.regles()["F4"].outre_mer:
            if treve.departement == departement and treve.periode:
                day = (ex.date.month, ex.date.day)
                du, au = treve.periode.debut, treve.periode.fin
                assert not (du <= day <= au if du <= au else day >= du or day <= au)


def test_the_action_for_a_shelter_closes_four_months_after_three_and_not_after_six_weeks() -> None:
    """Conseil d’État, 8 October 2020, n° 431618: decided on 10 June 2016, no structure said."""
    decision = date(2016, 6, 10)
    opens, starts = (droit.compute(regle, depuis=decision).date for regle in ("K5", "K5b"))
    closes = droit.compute("K3", depuis=starts)
    late = droit.compute("K3", depuis=starts, notifie_le=date(2016, 12, 1))

    assert (opens, starts) == (date(2016, 7, 22), date(2016, 9, 10))
    assert closes.date == date(2017, 1, 11)
    assert late.date == date(2017, 4, 3)
    told = droit.compute("K5", depuis=decision).explication
    assert "trois mois après la décision (K5b)" in " ".join(str(told).split())
