"""A figure with ones and twos names nobody to whoever opens no dossier."""

from hypothesis import given
from hypothesis import strategies as st

from seuil.indicateurs.rules import PETIT, group_petits

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
