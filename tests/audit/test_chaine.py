"""Whoever owns the database may change the journal; it is seen, and where."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from seuil.jobs.journal import anchor_all
from tests.audit.chaine import EDITS, fill, tamper, verify

SIZE = 120


@pytest.fixture
def ancres(transactional_db: None, tmp_path: Path) -> Iterator[Path]:
    """A chain of SIZE lines, anchored in the middle and at its end."""
    folder = tmp_path / "ancres"
    fill(de=1, a=SIZE // 2)
    anchor_all(folder=folder)
    fill(de=SIZE // 2 + 1, a=SIZE)
    anchor_all(folder=folder)
    return folder


def test_a_chain_that_nobody_touched_holds(ancres: Path) -> None:
    verdict = verify(ancres)["33"]

    assert verdict.faute is None
    assert (verdict.nombre, verdict.rang, verdict.ancres) == (SIZE, SIZE, 2)


def test_thirty_edits_of_the_owner_are_seen_at_their_place(ancres: Path) -> None:
    seen, wrong = set(), []
    for seed in range(60):
        name, expected, verdict = tamper(seed=seed, size=SIZE, ancres=ancres)
        seen.add(name)
        if verdict.faute is None or verdict.faute.rang != expected:
            wrong.append((seed, name, expected, verdict.faute))

    assert wrong == []
    assert seen == set(EDITS)
    assert verify(ancres)["33"].faute is None
