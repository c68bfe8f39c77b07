"""The table of sessions opens none of them."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.contrib.sessions.models import Session
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.kernel import clock
from seuil.web.sessions import SessionStore, _digest
from tests.harness.client import StrictClient
from tests.harness.role import as_application


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


def test_sessions_that_are_over_are_removed_and_no_other(
    secretaire: Agent, juriste: Agent, client_de: Callable[[object], StrictClient]
) -> None:
    kept = client_de(secretaire)
    client_de(juriste)
    over = Session.objects.exclude(
        session_key=_digest(kept.cookies[settings.SESSION_COOKIE_NAME].value)
    )
    over.update(expire_date=clock.now() - timedelta(seconds=1))

    with as_application():
        SessionStore.clear_expired()

    assert Session.objects.count() == 1
    assert kept.get(reverse("dossiers")).status_code == 200


def test_a_session_that_was_ended_meanwhile_is_not_made_again(db: None) -> None:
    session = SessionStore()
    session["suite"] = "/dossiers/"
    session.save()
    other = SessionStore(session.session_key)
    other.delete()

    with as_application(), pytest.raises(UpdateError):
        session.save()
    with as_application(), pytest.raises(CreateError):
        _twice()
    assert Session.objects.count() == 1


def _twice() -> None:
    first, second = SessionStore(), SessionStore()
    first.create()
    second._session_key = first.session_key
    second.save(must_create=True)
