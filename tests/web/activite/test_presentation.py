"""Bars of a month, and the months around one."""

from datetime import date

import pytest
from django.http import QueryDict

from seuil.web.activite.presentation import list_barres
from seuil.web.equipe.mois import Mois, get_mois

ON = date(2026, 11, 21)


def test_the_highest_day_has_the_longest_bar() -> None:
    jours = [date(2026, 11, n) for n in (1, 2, 3)]

    assert [b.longueur for b in list_barres(jours, [0, 2, 4])] == [0, 50, 100]


def test_a_month_without_anything_has_bars_of_no_length() -> None:
    assert [b.longueur for b in list_barres([ON], [0])] == [0]


@pytest.mark.parametrize(
    ("code", "precedent", "suivant", "libelle"),
    [
        ("2026-01", "2025-12", "2026-02", "janvier 2026"),
        ("2026-12", "2026-11", "2027-01", "décembre 2026"),
    ],
)
def test_months_follow_one_another_across_the_year(
    code: str, precedent: str, suivant: str, libelle: str
) -> None:
    mois = Mois(date.fromisoformat(f"{code}-01"))

    assert (mois.precedent.code, mois.suivant.code) == (precedent, suivant)
    assert mois.libelle == libelle


@pytest.mark.parametrize("asked", ["", "2026-13", "2026", "abc", "0001-01", "9999-12"])
def test_what_is_not_a_month_is_the_current_one(asked: str) -> None:
    assert get_mois(QueryDict(f"mois={asked}"), on=ON) == Mois(date(2026, 11, 1))


@pytest.mark.parametrize(
    ("month", "written"),
    [(4, "d’avril 2026"), (8, "d’août 2026"), (10, "d’octobre 2026"), (11, "de novembre 2026")],
)
def test_the_name_of_a_month_is_elided(month: int, written: str) -> None:
    assert Mois(date(2026, month, 1)).de_libelle == written
