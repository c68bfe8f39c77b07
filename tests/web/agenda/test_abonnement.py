"""The secret address: shown once, stops at once, tells a number and nothing else."""

import io
import logging
import re
from collections.abc import Callable
from datetime import UTC, date, time, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from seuil.acteurs.models import AbonnementAgenda, Agent
from seuil.acteurs.operations.abonnements import create_abonnement
from seuil.audit.models import Event
from seuil.dossiers.models import Acces, Coordonnee
from seuil.echeances.models import Situation
from seuil.jobs import servir
from tests.factories.base import make_acces, make_acte
from tests.harness.client import StrictClient, read
from tests.harness.html import select, select_all
from tests.web.agenda.test_agenda import make_audience, make_echeance, make_tache

ClientDe = Callable[[object], StrictClient]


def subscribe(agent: Agent, on: date) -> str:
    """Return the secret address of an agent."""
    _, jeton = create_abonnement(by=agent, on=on)
    return reverse("agenda_ics", args=[jeton])


def events(response: object) -> list[object]:
    return Calendar.from_ical(response.content).walk("VEVENT")


def summaries(client: Client, address: str) -> list[str]:
    return [str(e["summary"]) for e in events(client.get(address))]


# --- the page ---------------------------------------------------------------------------------


def test_the_address_is_shown_once_and_kept_nowhere(secretaire: Agent, client_de: ClientDe) -> None:
    client = client_de(secretaire)

    created = client.post(reverse("agenda_abonnement_creer"))
    again = client.get(reverse("agenda_abonnement"))

    shown = select(read(created), "#adresse").text
    jeton = re.fullmatch(r"http://testserver/agenda/ics/([\w-]{43})\.ics", shown)[1]
    assert created.headers["Cache-Control"] == "no-store"
    assert select_all(read(again), "#adresse") == []
    assert "en service depuis le" in again.content.decode()
    kept = repr([list(m.objects.values()) for m in (AbonnementAgenda, Event)])
    assert jeton not in kept
    assert jeton not in repr(dict(client.session))


def test_the_page_says_when_a_calendar_last_read(
    secretaire: Agent, on: date, client: StrictClient, client_de: ClientDe
) -> None:
    signed_in = client_de(secretaire)
    empty = signed_in.get(reverse("agenda_abonnement")).content.decode()
    address = subscribe(secretaire, on)
    before = signed_in.get(reverse("agenda_abonnement")).content.decode()

    client.get(address)

    after = signed_in.get(reverse("agenda_abonnement")).content.decode()
    assert "Aucune adresse n’est en service" in empty
    assert "Aucun calendrier ne l’a encore lue" in before
    assert "Dernière lecture" in after


def test_a_new_address_stops_the_old_one(
    secretaire: Agent, on: date, client: StrictClient, client_de: ClientDe
) -> None:
    old = subscribe(secretaire, on)
    assert client.get(old).status_code == 200

    page = client_de(secretaire).post(reverse("agenda_abonnement_creer"))

    assert client.get(old).status_code == 404
    assert client.get(select(read(page), "#adresse").text).status_code == 200


def test_four_clicks_create_one_address(secretaire: Agent, client_de: ClientDe) -> None:
    client = client_de(secretaire)
    shown = select(read(client.get(reverse("agenda_abonnement"))), "[name=remplace]").attrs

    answers = [
        client.post(reverse("agenda_abonnement_creer"), {"remplace": shown["value"]}, follow=True)
        for _ in range(4)
    ]

    assert AbonnementAgenda.objects.count() == 1
    assert AbonnementAgenda.objects.get().revoque_le is None
    assert "Une adresse vient d’être créée" in answers[3].content.decode()


def test_stopping_stops_and_is_written_in_the_journal(
    secretaire: Agent, on: date, client: StrictClient, client_de: ClientDe
) -> None:
    address = subscribe(secretaire, on)
    signed_in = client_de(secretaire)

    first = signed_in.post(reverse("agenda_abonnement_arreter"), follow=True)
    second = signed_in.post(reverse("agenda_abonnement_arreter"), follow=True)

    assert "L’adresse ne répond plus" in first.content.decode()
    assert "Aucune adresse n’est en service\u00a0: il n’y a rien à arrêter" in (
        second.content.decode()
    )
    assert client.get(address).status_code == 404
    kinds = (
        Event.objects.filter(nature="acte")
        .order_by("created_at", "id")
        .values_list("kind", flat=True)
    )
    assert list(kinds) == ["agenda.abonnement_cree", "agenda.abonnement_arrete"]


@pytest.mark.parametrize("name", ["agenda_abonnement_creer", "agenda_abonnement_arreter"])
def test_a_link_neither_creates_nor_stops(
    name: str, secretaire: Agent, client_de: ClientDe
) -> None:
    assert client_de(secretaire).get(reverse(name)).status_code == 405
    assert not AbonnementAgenda.objects.exists()


# --- who reads --------------------------------------------------------------------------------


@pytest.mark.parametrize("jeton", ["x", "x" * 43, "é", "a.b", "x" * 5000, "x%00y"])
def test_an_unknown_address_is_not_found(jeton: str, client: StrictClient) -> None:
    assert client.get(f"/agenda/ics/{jeton}.ics").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"is_active": False},
        {"habilite_le": date(2027, 1, 1)},
        {"role": "charge_mission"},
        {"role": "partenaire"},
        {"role": "administrateur"},
    ],
)
def test_an_agent_without_habilitation_any_more_is_read_by_no_calendar(
    change: dict[str, object], secretaire: Agent, on: date, client: StrictClient
) -> None:
    address = subscribe(secretaire, on)
    Agent.objects.filter(pk=secretaire.pk).update(**change)

    assert client.get(address).status_code == 404


def test_what_is_no_longer_assigned_leaves_at_the_next_reading(
    travailleur_social: Agent, on: date, client: StrictClient
) -> None:
    kept, left = (make_audience(n, date(2026, 12, 14)) for n in ("GARDE", "PARTI"))
    for dossier in (kept, left):
        make_acces(dossier=dossier, relation="affectation", agent=travailleur_social, debut_le=on)
    make_echeance(left, "C6", date(2026, 12, 4))
    address = subscribe(travailleur_social, on)
    before = summaries(client, address)

    Acces.objects.filter(dossier=left).update(fin_le=on)

    assert len(before) == 3
    assert summaries(client, address) == [f"Audience — dossier {kept.numero}"]


# --- what is said -----------------------------------------------------------------------------


def test_nothing_of_the_household_is_said_but_the_number_of_its_dossier(
    travailleur_social: Agent, on: date, client: StrictClient
) -> None:
    dossier = make_audience("LEFÈVRE-DUVAL", date(2026, 12, 14), time(9, 30), dette=7654)
    make_acces(dossier=dossier, relation="affectation", agent=travailleur_social, debut_le=on)
    make_echeance(dossier, "C6", date(2026, 12, 4), certitude="contested")
    make_tache(
        dossier, date(2026, 12, 6), role="travailleur_social", agent=travailleur_social,
        genre="reprendre_contact",
    )  # fmt: skip
    Coordonnee.objects.create(
        dossier=dossier, type="telephone", valeur="0612345678", valide_du=on, source="Essai"
    )

    text = client.get(subscribe(travailleur_social, on)).content.decode()
    unfolded = text.replace("\r\n ", "")

    assert text.count("BEGIN:VEVENT") == 3
    assert unfolded.count(dossier.numero) == 3
    # Numbers of dossiers and identifiers are figures too: what is left must hold none of the rest.
    rest = re.sub(r"\d\d-\d{4}-\d{6}|UID:\S+", "", unfolded).lower()
    for said in (
        "LEF", "DUVAL", "Claude", "0612345678", "06 12", "7654", "4321", "650", "Bordeaux",
        "33063", "33000", dossier.logement.adresse, "Exemple", "Tribunal", "tribunal", "SCI",
        travailleur_social.nom, travailleur_social.prenom,
        travailleur_social.courriel, "http", "URL", "LOCATION", "DESCRIPTION", "ATTENDEE",
        "ORGANIZER",
    ):  # fmt: skip
        assert said.lower() not in rest, said
    assert str(dossier.pk) not in unfolded
    assert {line.partition(":")[0].partition(";")[0] for line in unfolded.splitlines()} <= {
        "BEGIN", "END", "PRODID", "VERSION", "SEQUENCE", "X-WR-CALNAME", "REFRESH-INTERVAL",
        "X-PUBLISHED-TTL", "TZID", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME", "DTSTART", "DTEND",
        "RRULE", "UID", "DTSTAMP", "LAST-MODIFIED", "SUMMARY", "CLASS", "TRANSP",
    }  # fmt: skip


def test_the_calendar_is_written_as_the_standard_asks(
    travailleur_social: Agent, on: date, client: StrictClient
) -> None:
    dossier = make_audience("ALPHA", date(2026, 12, 14))
    make_acces(dossier=dossier, relation="affectation", agent=travailleur_social, debut_le=on)
    make_echeance(dossier, "C6", date(2026, 12, 4))

    response = client.get(subscribe(travailleur_social, on))

    lines = response.content.split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert lines[-2:] == [b"END:VCALENDAR", b""]
    assert all(len(line) <= 75 and b"\n" not in line for line in lines)
    # The label of C6 is long and accented: it is folded between characters, never inside one.
    assert any(line.startswith(b" ") for line in lines)
    for line in lines:
        line.decode()
    deadline, hearing = sorted(events(response), key=lambda e: e["dtstart"].dt)
    assert deadline["dtstart"].dt == date(2026, 12, 4)
    assert hearing["dtend"].dt == date(2026, 12, 15)
    assert {e["class"] for e in (deadline, hearing)} == {"PRIVATE"}
    assert {e["transp"] for e in (deadline, hearing)} == {"TRANSPARENT"}
    assert "BEGIN:VTIMEZONE" not in response.content.decode()


@pytest.mark.parametrize(
    ("le", "utc"),
    [
        (date(2026, 10, 23), 7),
        (date(2026, 10, 26), 8),
        (date(2027, 3, 26), 8),
        (date(2027, 3, 29), 7),
    ],
)
def test_the_hour_of_a_hearing_is_right_on_both_sides_of_the_change_of_hour(
    le: date, utc: int, secretaire: Agent, on: date, client: StrictClient
) -> None:
    make_audience("ALPHA", le, time(9))

    response = client.get(subscribe(secretaire, on))

    (event,) = events(response)
    assert event["dtstart"].dt.astimezone(UTC).hour == utc
    assert event["dtstart"].params["TZID"] == "Europe/Paris"
    # The calendar's own rules give the same hour as the machine's zone.
    (zone,) = Calendar.from_ical(response.content).walk("VTIMEZONE")
    naive = event["dtstart"].dt.replace(tzinfo=None)
    assert naive.replace(tzinfo=zone.to_tz(lookup_tzid=False)).astimezone(UTC).hour == utc


def test_an_hour_overseas_is_that_of_the_departement(
    secretaire: Agent, on: date, client: StrictClient
) -> None:
    Agent.objects.filter(pk=secretaire.pk).update(departement_id="974")
    make_audience("ALPHA", date(2026, 12, 14), time(9), departement_id="974")

    (event,) = events(client.get(subscribe(secretaire, on)))

    assert event["dtstart"].params["TZID"] == "Indian/Reunion"
    assert event["dtstart"].dt.astimezone(UTC).hour == 5


def test_a_deferred_hearing_keeps_its_identifier(
    secretaire: Agent, on: date, client: StrictClient
) -> None:
    dossier = make_audience("ALPHA", date(2026, 12, 14), time(9))
    make_audience("BRAVO", date(2026, 12, 14))
    address = subscribe(secretaire, on)
    before = {e["uid"] for e in events(client.get(address))}

    make_acte(dossier=dossier, type="audience", survenu_le=date(2027, 1, 12))
    Situation.objects.filter(dossier=dossier).update(audience_le=date(2027, 1, 12))

    after = {e["uid"]: e["dtstart"].dt for e in events(client.get(address))}
    assert len(before) == 2
    assert set(after) == before
    assert date(2027, 1, 12) in after.values()


def test_the_window_is_a_year_before_and_a_year_after(
    secretaire: Agent, on: date, client: StrictClient
) -> None:
    for days in (-367, -366, 365, 366):
        make_audience(f"NOM{days}", on + timedelta(days=days))

    found = {e["dtstart"].dt for e in events(client.get(subscribe(secretaire, on)))}

    assert found == {on - timedelta(days=366), on + timedelta(days=365)}


def test_an_empty_agenda_is_a_calendar_without_event(
    travailleur_social: Agent, on: date, client: StrictClient
) -> None:
    response = client.get(subscribe(travailleur_social, on))

    assert response.status_code == 200
    assert events(response) == []


# --- headers, cost, logs ----------------------------------------------------------------------


def test_the_answer_is_private_dated_and_leaves_no_cookie(
    secretaire: Agent, on: date, client: StrictClient
) -> None:
    response = client.get(subscribe(secretaire, on))

    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.headers["Cache-Control"] == "private, max-age=900"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response.headers["X-Robots-Tag"]
    assert not response.cookies


def test_what_has_not_changed_is_not_sent_again(
    secretaire: Agent, on: date, client: StrictClient
) -> None:
    dossier = make_audience("ALPHA", date(2026, 12, 14))
    address = subscribe(secretaire, on)
    etag = client.get(address).headers["ETag"]

    same = client.get(address, headers={"If-None-Match": etag})
    Situation.objects.filter(dossier=dossier).update(audience_le=date(2026, 12, 15))
    changed = client.get(address, headers={"If-None-Match": etag})

    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["Cache-Control"] == "private, max-age=900"
    assert changed.status_code == 200
    assert client.head(address).headers["ETag"] == changed.headers["ETag"]


def test_the_cost_does_not_depend_on_the_number_of_hearings(
    secretaire: Agent, on: date, client: StrictClient
) -> None:
    address = subscribe(secretaire, on)
    costs = []
    for count in (10, 190):
        for index in range(count):
            make_audience(f"NOM{count}X{index}", date(2026, 12, 14), time(9))
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address)
        costs.append(len(queries))

    assert len(events(response)) == 200
    assert costs[0] == costs[1]


def test_reading_twice_in_an_hour_is_noted_once(
    secretaire: Agent, on: date, client: StrictClient
) -> None:
    address = subscribe(secretaire, on)
    client.get(address)
    first = AbonnementAgenda.objects.get().dernier_acces_at
    client.get(address)
    assert AbonnementAgenda.objects.get().dernier_acces_at == first

    AbonnementAgenda.objects.update(dernier_acces_at=first - timedelta(hours=2))
    client.get(address)

    assert AbonnementAgenda.objects.get().dernier_acces_at >= first


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """What the settings' own handler writes, every logger open."""
    handlers = [
        h for h in logging.getLogger().handlers if type(h.formatter).__name__ == "DiscreetFormatter"
    ]
    assert handlers
    stream = io.StringIO()
    for handler in handlers:
        # A server started by another test may have set its own.
        monkeypatch.setattr(handler, "stream", stream)
    for name in ("", "django", "django.request", "django.security.csrf"):
        monkeypatch.setattr(logging.getLogger(name), "level", logging.DEBUG)
    logging.Logger.manager._clear_cache()
    return stream


def test_the_address_is_never_written_in_the_logs(
    secretaire: Agent,
    on: date,
    written: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = subscribe(secretaire, on)
    jeton = address.removeprefix("/agenda/ics/").removesuffix(".ics")
    visitor = Client(enforce_csrf_checks=True, raise_request_exception=False)

    assert visitor.post(address).status_code == 403
    assert visitor.get(address + "x").status_code == 404
    assert visitor.get(address.replace(".ics", "x.ics") + f"?{jeton[:1]}").status_code == 404
    # A failure inside, a day that is not one: the server's own error line names the path.
    monkeypatch.setenv("SEUIL_TODAY", "31/03/2026")
    assert visitor.get(address).status_code == 500

    text = written.getvalue()
    assert "Internal Server Error: /agenda/ics/…" in text
    assert "Forbidden" in text
    assert jeton not in text
    assert jeton[:20] not in text


def test_no_other_handler_writes_what_django_says() -> None:
    names = ("django", "django.request", "django.server", "django.security")

    assert [logging.getLogger(name).handlers for name in names] == [[]] * 4
    assert logging.getLogger("django.server").propagate


def test_the_server_keeps_no_access_log() -> None:
    """Granian writes none unless asked; the command of `seuil servir` does not ask."""
    command = Path(servir.__file__).read_text(encoding="utf-8")

    assert '"granian"' in command
    assert "access-log" not in command
