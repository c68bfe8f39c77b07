"""What calendar programs are told of changes: their real instant, revisions, cancellations."""

import gzip
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse
from icalendar import Calendar

from seuil.actes.models import Acte
from seuil.actes.queries import get_saisie, get_version
from seuil.actes.rules.saisie import ActeSaisi, RetraitSaisi
from seuil.acteurs.models import Agent
from seuil.acteurs.operations.abonnements import create_abonnement
from seuil.dossiers.models import Dossier
from seuil.echeances.models import Echeance, Situation
from seuil.usecases.record_acte import record_acte
from seuil.usecases.rectify_acte import rectify_acte
from seuil.usecases.refresh_dossiers import refresh_dossiers
from seuil.usecases.withdraw_acte import withdraw_acte
from seuil.web.agenda.revisions import compute_sequence
from tests.conftest import ON
from tests.factories.base import make_acces, make_dossier
from tests.harness.client import StrictClient

pytestmark = pytest.mark.django_db

AUDIENCE = date(2026, 12, 14)
DAY = timedelta(days=1)


class Calendrier:
    """A calendar program that trusts the stamps, as ICSx5 does: never an older nor equal event."""

    def __init__(self, client: StrictClient, address: str) -> None:
        self.client, self.address = client, address
        self.events: dict[str, object] = {}

    def read(self) -> bytes:
        content = self.client.get(self.address).content
        for event in Calendar.from_ical(content).walk("VEVENT"):
            known = self.events.get(event["uid"])
            if known is None or (
                event["sequence"] > known["sequence"]
                or event["last-modified"].dt > known["last-modified"].dt
            ):
                self.events[event["uid"]] = event
        return content

    def hearings(self) -> list[object]:
        return [
            e["dtstart"].dt
            for e in self.events.values()
            if str(e["summary"]).startswith("Audience") and e.get("status") != "CANCELLED"
        ]


@pytest.fixture
def calendrier(secretaire: Agent, client: StrictClient) -> Calendrier:
    _, jeton = create_abonnement(by=secretaire, on=ON)
    return Calendrier(client, reverse("agenda_ics", args=[jeton]))


@pytest.fixture
def assignation(gironde: str, secretaire: Agent) -> Acte:
    saisie = ActeSaisi(
        "assignation", date(2026, 10, 1), audience_le=AUDIENCE, audience_heure=time(9)
    )
    acte = record_acte(dossier=make_dossier(), saisie=saisie, by=secretaire, on=ON)
    age(acte.dossier, datetime(2026, 11, 19, 9, tzinfo=UTC))
    return acte


def age(dossier: Dossier, at: datetime) -> None:
    """Have everything known of a file be written at an instant."""
    Acte.objects.filter(dossier=dossier).update(created_at=at)
    Acte.objects.filter(dossier=dossier).exclude(retire_le=None).update(retire_at=at)
    for model in (Echeance, Situation):
        model.objects.filter(dossier=dossier).update(change_at=at)


def correct(acte: Acte, by: Agent, at: datetime, **changes: object) -> None:
    """Correct an act, by a machine whose clock says `at`."""
    acte = Acte.objects.get(pk=acte.pk)
    rectify_acte(
        dossier=acte.dossier, acte=acte, saisie=replace(get_saisie(acte), **changes),
        retrait=RetraitSaisi("saisie"), vu=get_version(acte), by=by, on=ON,
    )  # fmt: skip
    age(acte.dossier, at)


def test_a_calendar_that_trusts_stamps_sees_two_changes_of_one_day(
    calendrier: Calendrier, assignation: Acte, secretaire: Agent
) -> None:
    calendrier.read()
    sequences = []
    for hour, changes, seen in (
        (10, {"audience_le": AUDIENCE + DAY}, (AUDIENCE + DAY, 9)),
        (11, {"audience_heure": time(14)}, (AUDIENCE + DAY, 14)),
    ):
        correct(assignation, secretaire, datetime(2026, 11, 21, hour, tzinfo=UTC), **changes)
        calendrier.read()
        (start,) = calendrier.hearings()
        assert (start.date(), start.hour) == seen
        (event,) = calendrier.events.values()
        sequences.append(event["sequence"])
        assert event["last-modified"].dt == datetime(2026, 11, 21, hour, tzinfo=UTC)
        assert event["dtstamp"].dt == event["last-modified"].dt

    assert sequences == sorted(set(sequences))


def test_what_did_not_change_is_the_same_to_the_byte_day_after_day(
    calendrier: Calendrier, assignation: Acte, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = calendrier.client.get(calendrier.address)
    refresh_dossiers(dossier_ids=[assignation.dossier_id], on=ON + DAY)
    monkeypatch.setenv("SEUIL_TODAY", str(ON + DAY))
    etag = first.headers["ETag"]

    second = calendrier.client.get(calendrier.address)
    same = calendrier.client.get(calendrier.address, headers={"If-None-Match": etag})

    assert second.content == first.content
    assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", etag)


def test_a_deadline_that_moves_says_when(assignation: Acte, secretaire: Agent) -> None:
    before = dict(Echeance.objects.values_list("regle", "change_at"))
    age(assignation.dossier, datetime(2026, 11, 19, 9, tzinfo=UTC))

    Acte.objects.filter(pk=assignation.pk).update(audience_le=AUDIENCE + DAY)
    refresh_dossiers(dossier_ids=[assignation.dossier_id], on=ON)

    for regle, le, change_at in Echeance.objects.values_list("regle", "debut_le", "change_at"):
        moved = le == AUDIENCE + DAY
        assert (change_at > datetime(2026, 11, 20, tzinfo=UTC)) == moved, regle
    assert before


def withdraw(acte: Acte, by: Agent, on: date = ON) -> None:
    withdraw_acte(
        dossier=acte.dossier, acte=acte, retrait=RetraitSaisi("autre_dossier"), vu="", by=by, on=on
    )


def test_a_hearing_withdrawn_is_cancelled_under_the_same_name_then_forgotten(
    calendrier: Calendrier,
    assignation: Acte,
    secretaire: Agent,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Agent.objects.filter(pk=secretaire.pk).update(habilite_jusqu_au=date(2027, 6, 30))
    calendrier.read()
    assert len(calendrier.hearings()) == 1

    withdraw(assignation, secretaire)
    content = calendrier.read()

    assert calendrier.hearings() == []
    (event,) = calendrier.events.values()
    assert event["status"] == "CANCELLED"
    assert event["dtstart"].dt.hour == 9
    assert b"METHOD" not in content
    monkeypatch.setenv("SEUIL_TODAY", str(ON + 61 * DAY))
    assert calendrier.read().count(b"BEGIN:VEVENT") == 0


@pytest.mark.parametrize(("type_", "sens"), [("jugement", "desistement"), ("depart", "")])
def test_a_procedure_that_ends_cancels_its_hearing(
    calendrier: Calendrier, assignation: Acte, secretaire: Agent, type_: str, sens: str
) -> None:
    calendrier.read()

    saisie = ActeSaisi(type_, ON, sens=sens)
    record_acte(dossier=assignation.dossier, saisie=saisie, by=secretaire, on=ON)
    calendrier.read()

    assert calendrier.hearings() == []


def test_a_hearing_told_again_after_its_cancellation_is_back(
    calendrier: Calendrier, assignation: Acte, secretaire: Agent
) -> None:
    withdraw(assignation, secretaire)
    age(assignation.dossier, datetime(2026, 11, 21, 10, tzinfo=UTC))
    calendrier.read()
    assert calendrier.hearings() == []

    saisie = get_saisie(assignation)
    record_acte(dossier=assignation.dossier, saisie=saisie, by=secretaire, on=ON)
    calendrier.read()

    assert len(calendrier.hearings()) == 1


def test_the_deadlines_of_an_act_withdrawn_are_cancelled_under_the_same_name(
    assignation: Acte, secretaire: Agent, travailleur_social: Agent, client: StrictClient
) -> None:
    make_acces(
        dossier=assignation.dossier, relation="affectation", agent=travailleur_social, debut_le=ON
    )
    _, jeton = create_abonnement(by=travailleur_social, on=ON)
    calendrier = Calendrier(client, reverse("agenda_ics", args=[jeton]))
    calendrier.read()
    before = set(calendrier.events)
    assert len(before) > 2

    withdraw(assignation, secretaire)
    calendrier.read()

    assert set(calendrier.events) >= before
    assert {e.get("status") for uid, e in calendrier.events.items() if uid in before} == {
        "CANCELLED"
    }


def test_a_cancellation_is_told_to_who_reads_the_file_alone(
    assignation: Acte, secretaire: Agent, travailleur_social: Agent, client: StrictClient
) -> None:
    withdraw(assignation, secretaire)
    _, jeton = create_abonnement(by=travailleur_social, on=ON)
    address = reverse("agenda_ics", args=[jeton])
    hidden = client.get(address).content

    make_acces(
        dossier=assignation.dossier, relation="affectation", agent=travailleur_social, debut_le=ON
    )

    assert b"BEGIN:VEVENT" not in hidden
    assert b"STATUS:CANCELLED" in client.get(address).content


@pytest.mark.parametrize(
    ("accepted", "compressed"),
    [("gzip, deflate, br", True), ("", False), ("gzip;q=0", False), ("br", False)],
)
def test_a_calendar_is_compressed_for_who_takes_it(
    calendrier: Calendrier, assignation: Acte, accepted: str, compressed: bool
) -> None:
    plain = calendrier.read()

    response = calendrier.client.get(calendrier.address, headers={"Accept-Encoding": accepted})

    assert (response.headers.get("Content-Encoding") == "gzip") == compressed
    content = gzip.decompress(response.content) if compressed else response.content
    assert content == plain
    assert "Accept-Encoding" in response.headers["Vary"]


def test_a_revision_fits_what_calendars_keep() -> None:
    late = compute_sequence(datetime(2087, 12, 31, tzinfo=UTC))

    assert 0 < late < 2**31
