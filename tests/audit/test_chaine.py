"""Whoever owns the database may change the journal; it is seen, and where."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from seuil.audit.models import Event
from seuil.jobs.journal import anchor_all
from tests.audit.chaine import DEBUT, EDITS, REMPLIR, fill, line_id, tamper, verify

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


_SCEAU = (
    "INSERT INTO audit_sceau (departement, rang, ligne, txid, empreinte)"
    " VALUES (%s, %s, coalesce(%s, gen_random_uuid()), %s, sha256('faux'))"
)
_LOIN = 9 * 10**18
GARBAGE = {
    "au bout du monde": [("33", _LOIN, None, _LOIN)],
    "d’une transaction à venir": [("33", SIZE + 1, None, _LOIN)],
    "après un trou": [("33", SIZE + 9, None, 1)],
    "sur la ligne d’un autre département": [("33", SIZE + 1, 1000, 10_000)],
    "plusieurs à la suite": [("33", SIZE + n, None, _LOIN + n) for n in (1, 2, 3)],
    "d’un département sans journal": [("75", 1, None, _LOIN), ("33", _LOIN, None, 1)],
}


@pytest.mark.parametrize("rows", GARBAGE.values(), ids=GARBAGE)
def test_a_seal_that_sealing_did_not_write_stops_nothing_and_is_told(
    ancres: Path, rows: list[tuple[str, int, int | None, int]]
) -> None:
    with connection.cursor() as cursor:
        cursor.execute(REMPLIR, {"debut": DEBUT, "de": 1000, "a": 1000, "dep": "62"})
        for dep, rang, ligne, txid in rows:
            cursor.execute(_SCEAU, [dep, rang, ligne and line_id(ligne), txid])

    fill(de=SIZE + 1, a=SIZE + 20)
    anchor_all(folder=ancres)

    verdict = verify(ancres)["33"]
    assert verdict.faute is None
    assert verdict.nombre >= SIZE + 20
    assert verify(ancres)["62"].nombre == 1
    told = Event.objects.filter(kind="journal.sceau_ecarte")
    assert sorted(int(e.details["rang"]) for e in told) == sorted(r[1] for r in rows)


def test_an_anchor_beyond_the_chain_is_not_the_last_one(ancres: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_ancre (id, genre, departement, rang_debut, rang, nombre, premiere,"
            " tete, txid) VALUES (gen_random_uuid(), 'ancre', '33', 1, %s, 1, sha256('a'),"
            " sha256('a'), 1)",
            [_LOIN],
        )
    fill(de=SIZE + 1, a=SIZE + 20)

    assert {a["rang"] for _, a in anchor_all(folder=ancres)} == {SIZE + 20}
    assert verify(ancres)["33"].ancres == 3
