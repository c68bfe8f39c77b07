"""Nobody who only reads and writes rows can stop the seal of the journal."""

import psycopg
import pytest
from django.db import connection

from seuil.acteurs.operations.machine import Machine
from seuil.audit.operations import record_event, seal_journal
from tests.audit.chaine import seal_when_possible
from tests.conftest import ON
from tests.harness.service import write_url


@pytest.mark.django_db(transaction=True)
def test_a_lock_that_anyone_may_hold_does_not_stop_the_seal() -> None:
    record_event(kind="essai", by=Machine("essai", "33"), on=ON, target_type="essai", target_id="1")
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '20s'")
    with psycopg.connect(write_url("seuil_appli"), autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(hashtext('journal.sceller'))")
        assert seal_when_possible(seal_journal) == 1


@pytest.mark.django_db(transaction=True)
def test_the_application_cannot_lock_the_seals() -> None:
    with psycopg.connect(write_url("seuil_appli")) as other:
        for mode in ("ROW EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "ACCESS EXCLUSIVE"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                other.execute(f"LOCK TABLE audit_sceau IN {mode} MODE")
            other.rollback()


@pytest.mark.django_db(transaction=True)
def test_two_seals_at_once_make_one_chain() -> None:
    """The second waits for the first, not for ever: it says so after its time."""
    record_event(kind="essai", by=Machine("essai", "33"), on=ON, target_type="essai", target_id="1")
    with psycopg.connect(write_url()) as other:
        assert seal_when_possible(lambda: _seal(other)) == 1
        with connection.cursor() as cursor:
            cursor.execute("SELECT proconfig FROM pg_proc WHERE proname = 'sceller'")
            assert "lock_timeout=30s" in cursor.fetchone()[0]
        other.commit()
    assert seal_journal() == 0


def _seal(other: "psycopg.Connection[tuple[int]]") -> int:
    """Seal in the other's transaction; one that found nothing to seal yet is given up."""
    found = other.execute("SELECT journal.sceller()").fetchone()
    assert found
    if not found[0]:
        other.rollback()
    return found[0]
