"""The engine agrees with the oracle on a sample; the long run is `epreuve_oracle`."""

from datetime import date

import pytest

from tests.droit.epreuve_oracle import (
    Cas,
    CasDuree,
    Reponse,
    compare_cases,
    draw_cases,
    render,
    why_not_agreed,
)
from tests.droit.oracle import REGLES, Attendu

_GRAINE = 20261121
_NOMBRE = 2_000
_VEILLE, _JOUR, _LENDEMAIN = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)


def test_the_engine_agrees_with_the_oracle_on_a_sample() -> None:
    bilan = compare_cases(draw_cases(_GRAINE, _NOMBRE))
    assert not bilan.desaccords, f"graine {_GRAINE}, {_NOMBRE} cas\n{render(bilan)}"
    assert bilan.accords.total() == _NOMBRE


def test_the_sample_asks_every_rule_and_draws_the_same_cases_again() -> None:
    cases = list(draw_cases(_GRAINE, _NOMBRE))
    assert {cas.regle for cas in cases} == {*REGLES, "durée", "EX"}
    assert cases == list(draw_cases(_GRAINE, _NOMBRE))
    assert all(1950 <= cas.depuis.year <= 2090 for cas in cases)


def test_the_sample_holds_reform_days_month_ends_and_unknown_leases() -> None:
    cases = list(draw_cases(_GRAINE, _NOMBRE))
    depuis = {cas.depuis for cas in cases}
    assert {date(2023, 7, 28), date(2023, 7, 29), date(2014, 3, 26), date(2014, 3, 27)} <= depuis
    assert any(cas.depuis.month == 2 and cas.depuis.day == 29 for cas in cases)
    baux = {(cas.bail is None, cas.clause) for cas in cases if isinstance(cas, Cas)}
    assert {(True, None), (False, None), (True, "2 mois"), (False, "6 semaines")} <= baux
    assert any(isinstance(cas, CasDuree) and cas.franc for cas in cases)


@pytest.mark.parametrize(
    ("attendu", "reponse"),
    [
        (Attendu(_JOUR), Reponse(Attendu(_LENDEMAIN))),
        (Attendu(_JOUR), Reponse(Attendu(None))),
        (Attendu(None), Reponse(Attendu(_JOUR))),
        (Attendu(_JOUR), Reponse()),
        (None, Reponse(Attendu(_JOUR))),
        (None, Reponse(incident="règle inconnue")),
        (Attendu(_JOUR, frozenset({_VEILLE})), Reponse(Attendu(_JOUR))),
        (Attendu(_JOUR, frozenset({_VEILLE})), Reponse(Attendu(_JOUR, frozenset({_LENDEMAIN})))),
    ],
)
def test_a_difference_is_seen(attendu: Attendu | None, reponse: Reponse) -> None:
    assert why_not_agreed(attendu, reponse)


@pytest.mark.parametrize(
    ("attendu", "reponse"),
    [
        (Attendu(_JOUR), Reponse(Attendu(_JOUR))),
        (Attendu(_JOUR), Reponse(Attendu(_JOUR, frozenset({_LENDEMAIN})))),
        (Attendu(None), Reponse(Attendu(None))),
        (None, Reponse()),
    ],
)
def test_an_agreement_is_seen(attendu: Attendu | None, reponse: Reponse) -> None:
    assert why_not_agreed(attendu, reponse) is None
