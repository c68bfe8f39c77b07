"""A figure with ones and twos names nobody to whoever opens no dossier."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from seuil.indicateurs.rules.activite import (
    PETIT,
    compute_activite,
    compute_moyenne,
    group_petits,
    hide_petits,
)

CELLS = st.dictionaries(
    st.tuples(st.text("ab", max_size=2), st.text("cd", max_size=2)), st.integers(1, 30)
)


@given(CELLS)
def test_no_small_cell_is_told_and_none_is_found_by_subtraction(
    comptes: dict[tuple[str, str], int],
) -> None:
    told, rest = group_petits(comptes)

    assert sum(told.values()) + rest == sum(comptes.values())
    assert all(n >= PETIT and comptes[key] == n for key, n in told.items())
    # What is left together is either nothing, or enough, or all there is.
    assert rest == 0 or rest >= PETIT or not told


def test_a_single_small_cell_takes_another_with_it() -> None:
    told, rest = group_petits({("a", "c"): 20, ("a", "d"): 6, ("b", "c"): 1})

    assert told == {("a", "c"): 20}
    assert rest == 7


JOURS = tuple(date(2026, 11, 1) + timedelta(days=n) for n in range(20))


@given(st.lists(st.integers(0, 30), min_size=20, max_size=20))
def test_no_small_day_is_told_and_the_sum_stays(nombres: list[int]) -> None:
    figures = [("tentatives", jour, n) for jour, n in zip(JOURS, nombres, strict=True)]
    whole = compute_activite(
        mois=JOURS[0], on=JOURS[-1], jours=JOURS, jours_ouvres=14, figures=figures
    )

    ligne = hide_petits(whole).get_ligne("tentatives")

    told = [n for n in ligne.par_jour if n is not None]
    assert all(n >= PETIT for n in told)
    assert sum(told) + ligne.reunis == sum(nombres)
    assert ligne.reunis == 0 or ligne.reunis >= PETIT or not told
    assert (ligne.total, ligne.moyenne) == (
        whole.get_ligne("tentatives").total, whole.get_ligne("tentatives").moyenne,
    )  # fmt: skip


def test_halves_of_an_average_go_the_same_way() -> None:
    """69 and 7 in 20 days: 3,45 and 0,35; binary numbers told 3,5 and 0,3."""
    assert [compute_moyenne(n, 20) for n in (69, 7, 13, 3)] == [
        Decimal("3.5"), Decimal("0.4"), Decimal("0.7"), Decimal("0.2"),
    ]  # fmt: skip
    assert compute_moyenne(4, 0) == 0
