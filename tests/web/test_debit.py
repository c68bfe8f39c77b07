"""What a visitor may add to the journal, and what tells the rest."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.kernel import clock
from seuil.web.debit import Debit, Omis
from tests.harness.client import StrictClient

AT = datetime(2026, 11, 21, 9, 30, 12, tzinfo=UTC)


def admit(debit: Debit, adresse: str, times: int = 1) -> int:
    """Return how many of as many refusals of an address are written."""
    return sum(debit.admit(adresse, par_adresse=3, tous=5) for _ in range(times))


def test_an_address_then_all_of_them_are_bounded() -> None:
    debit = Debit()
    debit.take_omis(at=AT)

    assert [admit(debit, a, 10) for a in ("192.0.2.1", "192.0.2.2", "192.0.2.3")] == [3, 2, 0]


def test_what_is_left_out_is_told_once_when_the_minute_is_over() -> None:
    debit = Debit()
    debit.take_omis(at=AT)
    admit(debit, "192.0.2.1", 10)
    admit(debit, "192.0.2.2", 3)

    assert debit.take_omis(at=AT + timedelta(seconds=40)) is None
    omis = debit.take_omis(at=AT + timedelta(minutes=1))
    assert omis == Omis(AT.replace(second=0), nombre=8, adresses=2)
    assert debit.take_omis(at=AT + timedelta(minutes=1)) is None
    assert admit(debit, "192.0.2.1", 10) == 3


def test_a_million_addresses_take_no_room() -> None:
    debit = Debit()
    debit.take_omis(at=AT)
    for number in range(20_000):
        admit(debit, f"2001:db8::{number:x}")

    omis = debit.take_omis(at=AT + timedelta(minutes=1))
    assert omis is not None
    assert (omis.nombre, omis.adresses) == (19_995, 1000)


@pytest.mark.django_db
def test_secret_addresses_tried_without_end_leave_few_lines_and_their_number(
    client: StrictClient, settings: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SEUIL_REFUS_ADRESSE = 4
    monkeypatch.setattr(clock, "now", lambda: AT)
    for _ in range(10):
        assert client.get(reverse("invitation", args=["a" * 43])).status_code == 404
    assert Event.objects.filter(nature="refus").count() == 4

    monkeypatch.setattr(clock, "now", lambda: AT + timedelta(minutes=1))
    client.get(reverse("sante"))

    line = Event.objects.get(kind="refus.omis")
    assert line.details == {"minute": "2026-11-21T09:30:00+00:00", "nombre": 6, "adresses": 1}
    assert line.by_id == ""


@pytest.mark.django_db
def test_every_refusal_of_an_agent_is_written(secretaire: Agent, settings: object) -> None:
    settings.SEUIL_REFUS_ADRESSE = settings.SEUIL_REFUS_TOUS = 1
    client = StrictClient()
    client.force_login(secretaire)
    for number in range(5):
        client.get(reverse("dossier", args=[f"33-2026-{number:06}"]))

    assert Event.objects.filter(nature="refus", by_id=str(secretaire.pk)).count() == 5
