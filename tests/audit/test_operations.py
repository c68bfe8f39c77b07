"""The journal is written once, and the database refuses the rest."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from seuil.acteurs.models import Agent
from seuil.acteurs.operations.machine import Machine
from seuil.audit.models import Event
from seuil.audit.operations import record_event


@pytest.fixture
def event(secretaire: Agent, on: date) -> Event:
    return Event.objects.get(
        pk=record_event(
            kind="dossier.consulte", by=secretaire, on=on, target_type="dossier", target_id="33-1"
        )
    )


def test_a_line_says_who_did_what_and_on_which_day(
    event: Event, secretaire: Agent, on: date
) -> None:
    event.refresh_from_db()

    assert event.by_id == str(secretaire.pk)
    assert event.by_label == f"{secretaire} (Secrétariat de la CCAPEX)"
    assert event.departement == "33"
    assert (event.kind, event.target_id, event.effect_le) == ("dossier.consulte", "33-1", on)
    assert event.details == {}


def test_the_machine_signs_under_a_name(db: None, on: date) -> None:
    pk = record_event(
        kind="liste.appliquee",
        by=Machine("import", "33"),
        on=on,
        target_type="lot",
        target_id=1,
        details={"actes": 12},
    )

    event = Event.objects.get(pk=pk)
    assert event.by_id == "machine:import"
    assert event.by_label == "Seuil (import)"
    assert event.details == {"actes": 12}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET by_label = 'autre'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
    ],
)
def test_the_database_refuses_to_change_a_line(event: Event, statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert Event.objects.filter(pk=event.pk).exists()


def test_the_journal_points_to_no_table(event: Event) -> None:
    assert [f.name for f in Event._meta.get_fields() if f.is_relation] == []
