"""An account whose password and application are known, and a clock that one may move."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
import pytest
from django.conf import settings
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.connexions.models import FacteurCode
from seuil.engines.facteurs import compute_pas, hide, make_secret
from seuil.kernel import clock
from tests.factories.base import make_agent
from tests.harness.client import StrictClient
from tests.harness.role import install_application_role

MOT_DE_PASSE = "lampe verte escargot pluie"


@pytest.fixture(autouse=True)
def _role(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every page of signing in is asked as the role that reads no secret of anybody."""
    install_application_role(monkeypatch)


class Horloge:
    """The instant that the product reads; it moves only when told."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def advance(self, **duration: float) -> None:
        self.at += timedelta(**duration)


@pytest.fixture
def horloge(monkeypatch: pytest.MonkeyPatch) -> Horloge:
    found = Horloge(clock.now())
    monkeypatch.setattr(clock, "now", lambda: found.at)
    return found


@dataclass
class Compte:
    """An agent, with what it knows and what it holds."""

    agent: Agent
    secret: str
    horloge: Horloge

    @property
    def courriel(self) -> str:
        return self.agent.courriel

    def code(self, steps: int = 0) -> str:
        return pyotp.TOTP(self.secret).generate_otp(compute_pas(self.horloge.at) + steps)


@pytest.fixture
def compte(db: None, horloge: Horloge) -> Compte:
    """An agent of the secretariat with a password and an application of codes."""
    return make_compte(horloge, courriel="simone@ddets.exemple")


def make_compte(horloge: Horloge, **fields: object) -> Compte:
    agent = make_agent(password=MOT_DE_PASSE, **fields)
    secret = make_secret()
    FacteurCode.objects.create(
        agent=agent, secret=hide(secret, cle=settings.SECRET_KEY), dernier_pas=1
    )
    return Compte(agent, secret, horloge)


@pytest.fixture
def entrer(compte: Compte) -> Callable[..., StrictClient]:
    """Return a function that signs the account in by the pages, both factors given."""

    def sign_in(client: StrictClient | None = None, **extra: str) -> StrictClient:
        client = client or StrictClient()
        first(client, compte.courriel, **extra)
        answer = client.post(reverse("second_facteur"), {"code": compte.code()}, **extra)
        assert answer.status_code == 302, answer.content.decode()
        return client

    return sign_in


def first(client: StrictClient, courriel: str, secret: str = MOT_DE_PASSE, **extra: str) -> object:
    """Give the first factor."""
    return client.post(reverse("connexion"), {"username": courriel, "password": secret}, **extra)


def is_open(client: StrictClient) -> bool:
    """Tell whether a page with personal data opens."""
    return client.get(reverse("dossiers")).status_code == 200
