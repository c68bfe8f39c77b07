"""A test client that checks every answer and runs what waits for the commit."""

from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, TestCase

from tests.harness.html import Element, parse_html, why_bad_page


class StrictClient(Client):
    """Django's client; every HTML answer is held to the rules of the house."""

    def force_login(self, user: Any, backend: str | None = None) -> None:
        """Open a session whose every factor is proved; `weak_login` proves the password alone."""
        sign_in_strongly(self, user)

    def weak_login(self, user: Any) -> None:
        """Open the session that Django alone would: one factor."""
        super().force_login(user)

    def request(self, **request: Any) -> Any:
        if connection.in_atomic_block:
            # The test's transaction never commits: run what the real one would run.
            with TestCase.captureOnCommitCallbacks(execute=True):
                response = super().request(**request)
        else:
            response = super().request(**request)
        check_answer(response)
        return response


def check_answer(response: HttpResponse) -> None:
    """Fail when an HTML answer holds what the house forbids."""
    if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
        return
    reasons = why_bad_page(response.content.decode())
    assert not reasons, "page refusée : " + " ; ".join(reasons)


def read(response: HttpResponse) -> Element:
    """Return the tree of an HTML answer."""
    return parse_html(response.content.decode())


def sign_in_strongly(client: Client, agent: Any) -> None:
    """Sign an agent in as if every factor had just been proved: two rows written, nothing else."""
    from seuil.connexions.models import Connexion
    from seuil.kernel import clock
    from seuil.web.sessions import SessionStore

    at = clock.now()
    connexion = Connexion.objects.create(
        agent=agent,
        moyen="code",
        ouverte_at=at,
        vue_at=at,
        preuve_at=at,
        navigateur="Firefox",
        appareil="Linux",
    )
    request = HttpRequest()
    request.session = SessionStore()
    request.session.update(
        {
            SESSION_KEY: str(agent.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: agent.get_session_auth_hash(),
            "connexion": str(connexion.pk),
        }
    )
    request.session.save()
    client._set_login_cookies(request)
