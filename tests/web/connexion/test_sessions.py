"""The table of sessions opens none of them."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.web.sessions import SessionStore
from tests.harness.client import StrictClient


def test_what_the_table_holds_is_not_what_the_browser_sends(
    secretaire: Agent, client_de: Callable[[object], StrictClient]
) -> None:
    client = client_de(secretaire)
    assert client.get(reverse("dossiers")).status_code == 200
    sent = client.cookies[settings.SESSION_COOKIE_NAME].value
    (kept,) = Session.objects.values_list("session_key", flat=True)

    thief = StrictClient()
    thief.cookies[settings.SESSION_COOKIE_NAME] = kept

    assert sent not in kept
    assert thief.get(reverse("dossiers")).status_code == 302


def test_signing_out_leaves_nothing_in_the_table(
    secretaire: Agent, client_de: Callable[[object], StrictClient]
) -> None:
    client = client_de(secretaire)
    assert Session.objects.count() == 1

    client.post(reverse("deconnexion"))

    assert not Session.objects.exists()


def test_a_session_copied_under_another_key_opens_nothing(
    secretaire: Agent, juriste: Agent, client_de: Callable[[object], StrictClient]
) -> None:
    client_de(secretaire)
    victim = Session.objects.get()
    thief = client_de(juriste)
    mine = Session.objects.exclude(pk=victim.pk)

    mine.update(session_data=victim.session_data)

    assert thief.get(reverse("dossiers")).status_code == 302
    assert client_de(secretaire).get(reverse("dossiers")).status_code == 200


def test_a_session_keeps_what_it_holds_when_its_key_changes(db: None) -> None:
    session = SessionStore()
    session["suite"] = "/dossiers/"
    session.save()
    session.cycle_key()

    assert SessionStore(session.session_key)["suite"] == "/dossiers/"
