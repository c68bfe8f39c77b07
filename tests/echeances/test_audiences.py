"""The hearing that counts, and what ends it: one rule for deadlines and for the situation."""

from datetime import date, timedelta
from typing import Any

import pytest

from seuil.echeances.rules.actes import list_faits
from seuil.echeances.rules.audiences import find_audiences
from seuil.echeances.rules.avancement import compute_avancement
from seuil.echeances.rules.pauses import Acte
from seuil.kernel.models import new_id

ASSIGNE_LE = date(2026, 10, 1)
PREMIERE, RENVOI = date(2026, 12, 10), date(2027, 1, 14)
DIT_LE = date(2026, 11, 2)
DAY = timedelta(days=1)


def acte(type_: str, le: date, **fields: Any) -> Acte:
    known = {"recu_le": None, "audience_le": None, "sens": "", "annonce_le": le} | fields
    return Acte(new_id(), type_, le, **known)


ASSIGNATION = acte("assignation", ASSIGNE_LE, audience_le=PREMIERE)


def retained(*actes: Acte) -> date | None:
    """Return the day of the hearing that counts, for both of those who read it."""
    found = find_audiences(actes)
    le = found[1].le if found else None
    avancement = compute_avancement(actes)
    facts = [f.le for f in list_faits(new_id(), actes) if f.genre == "audience"]
    assert avancement is not None
    assert avancement.audience_le == le
    assert facts == ([le] if found else [])
    return le


def test_a_deferral_counts_and_the_first_stays_the_first() -> None:
    renvoi = acte("audience", RENVOI, annonce_le=DIT_LE)

    assert retained(ASSIGNATION, renvoi) == RENVOI
    first, last = find_audiences([ASSIGNATION, renvoi]) or (None, None)
    assert (first and first.le, last and last.le) == (PREMIERE, RENVOI)


def test_a_hearing_brought_forward_counts_as_the_last_announced() -> None:
    renvoi = acte("audience", RENVOI, annonce_le=DIT_LE)
    forward = acte("audience", PREMIERE - DAY, annonce_le=DIT_LE + DAY)

    assert retained(ASSIGNATION, renvoi, forward) == PREMIERE - DAY
    assert retained(forward, renvoi, ASSIGNATION) == PREMIERE - DAY


def test_of_one_day_what_was_typed_last_counts_and_lists_give_their_latest_date() -> None:
    lists = [acte("audience", le, annonce_le=DIT_LE) for le in (RENVOI, RENVOI - DAY)]
    typed = [
        acte("audience", le, annonce_le=DIT_LE, a_la_main=True)
        for le in (RENVOI - 2 * DAY, RENVOI - 3 * DAY)
    ]

    assert retained(ASSIGNATION, *lists) == RENVOI
    assert retained(ASSIGNATION, *lists, *typed) == RENVOI - 3 * DAY


def test_an_assignation_whose_list_comes_late_does_not_undo_the_deferral() -> None:
    late = ASSIGNATION._replace(annonce_le=DIT_LE + 9 * DAY)

    assert retained(late, acte("audience", RENVOI, annonce_le=DIT_LE)) == RENVOI


ENDS = [
    ("jugement", "desistement"), ("jugement", "rejet"), ("jugement", ""), ("cql", ""),
    ("expulsion", ""), ("depart", ""), ("reprise", ""),
]  # fmt: skip


@pytest.mark.parametrize(("type_", "sens"), ENDS)
def test_what_ends_a_procedure_ends_its_hearing(type_: str, sens: str) -> None:
    end = acte(type_, DIT_LE + DAY, sens=sens)

    assert retained(ASSIGNATION, end) is None
    assert retained(ASSIGNATION, acte("audience", RENVOI, annonce_le=DIT_LE), end) is None
    # Nor is one to be asked for any more.
    assert find_audiences([ASSIGNATION._replace(audience_le=None), end]) is None


@pytest.mark.parametrize(("type_", "sens"), ENDS)
def test_a_hearing_that_was_held_stays(type_: str, sens: str) -> None:
    assert retained(ASSIGNATION, acte(type_, PREMIERE, sens=sens)) == PREMIERE
    held_then_deferred = acte("audience", RENVOI, annonce_le=PREMIERE)
    assert retained(ASSIGNATION, held_then_deferred, acte(type_, PREMIERE + DAY)) == PREMIERE


def test_a_hearing_told_after_the_judgment_is_another_one() -> None:
    judged = acte("jugement", DIT_LE)
    reopened = acte("audience", RENVOI, annonce_le=DIT_LE + DAY)

    assert retained(ASSIGNATION, judged, reopened) == RENVOI


@pytest.mark.parametrize("type_", ["expulsion", "depart", "reprise"])
def test_no_hearing_is_told_of_who_is_gone(type_: str) -> None:
    told_after = acte("audience", RENVOI, annonce_le=DIT_LE + DAY)

    assert retained(ASSIGNATION, acte(type_, DIT_LE), told_after) is None


def test_a_new_procedure_has_its_own_hearing() -> None:
    ended = acte("jugement", DIT_LE, sens="desistement")
    again = acte("assignation", DIT_LE + 30 * DAY, audience_le=RENVOI)

    assert retained(ASSIGNATION, ended, again) == RENVOI
    assert retained(ASSIGNATION, acte("commandement", PREMIERE + 400 * DAY)) is None
