"""The secret link: once, seven days, and never around the second factor."""

from datetime import date

import pytest
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.connexions.models import FacteurCode, Invitation
from seuil.connexions.operations.invitations import create_invitation
from tests.factories.base import make_agent
from tests.harness.client import StrictClient
from tests.web.connexion.conftest import Compte, Horloge, first, is_open

ON = date(2026, 11, 21)
NOUVEAU = "canal toiture noisette bleue"


@pytest.fixture
def invite(administrateur: Agent, horloge: Horloge) -> tuple[Agent, str]:
    """A person invited and the token of its link."""
    agent = make_agent(courriel="neuf@x.fr", nom="Berthelot", prenom="Lise")
    return agent, give(agent, administrateur, horloge)


def give(agent: Agent, by: Agent, horloge: Horloge, objet: str = "arrivee") -> str:
    return create_invitation(agent=agent, objet=objet, by=by, on=ON, at=horloge.at)[1]


def choose(client: StrictClient, jeton: str, nouveau: str = NOUVEAU) -> object:
    return client.post(reverse("invitation", args=[jeton]), {"nouveau": nouveau, "encore": nouveau})


def test_a_person_opens_its_account_then_enrols(
    client: StrictClient, invite: tuple[Agent, str]
) -> None:
    _, jeton = invite
    page = client.get(reverse("invitation", args=[jeton]))
    assert "Bienvenue dans Seuil" in page.content.decode()
    assert page.headers["Referrer-Policy"] == "strict-origin"

    response = choose(client, jeton)

    assert response.headers["Location"] == reverse("second_facteur")
    assert client.get(reverse("second_facteur")).headers["Location"] == reverse("activer")
    assert not is_open(client)


def test_the_link_serves_once(client: StrictClient, invite: tuple[Agent, str]) -> None:
    agent, jeton = invite
    choose(client, jeton)

    again = choose(StrictClient(), jeton, "une tout autre phrase longue")

    assert again.status_code == 404
    assert "a déjà servi" in again.content.decode()
    agent.refresh_from_db()
    assert agent.check_password(NOUVEAU)


@pytest.mark.parametrize(("days", "opens"), [(0, True), (6, True), (7, False), (30, False)])
def test_the_link_lasts_seven_days(
    client: StrictClient, invite: tuple[Agent, str], horloge: Horloge, days: int, opens: bool
) -> None:
    horloge.advance(days=days)

    page = client.get(reverse("invitation", args=[invite[1]]))

    assert (page.status_code == 200) is opens
    if not opens:
        assert "a expiré" in page.content.decode()
        assert choose(client, invite[1]).status_code == 404


def test_a_new_link_replaces_the_one_before(
    client: StrictClient, invite: tuple[Agent, str], administrateur: Agent, horloge: Horloge
) -> None:
    agent, old = invite
    new = give(agent, administrateur, horloge)

    assert "remplacé par un plus récent" in choose(client, old).content.decode()
    assert choose(client, new).status_code == 302


@pytest.mark.parametrize("jeton", ["x", "A" * 43, "..", "%00", "'"])
def test_a_forged_link_opens_nothing(client: StrictClient, db: None, jeton: str) -> None:
    page = client.get(f"/invitation/{jeton}/")

    assert page.status_code in {302, 404}
    if page.status_code == 404 and b"lien" in page.content:
        assert "n’est pas complet" in page.content.decode()


@pytest.mark.parametrize("nouveau", ["court", "Bordeaux2026", "Berthelot-Lise", "azertyuiop12"])
def test_a_weak_password_leaves_the_link_in_service(
    client: StrictClient, invite: tuple[Agent, str], nouveau: str
) -> None:
    assert choose(client, invite[1], nouveau).status_code == 200
    assert Invitation.objects.get().utilise_at is None

    assert choose(client, invite[1]).status_code == 302


@pytest.mark.parametrize(
    ("field", "value"), [("is_active", False), ("habilite_jusqu_au", date(2026, 11, 20))]
)
def test_a_closed_account_is_not_opened_by_a_link(
    client: StrictClient, invite: tuple[Agent, str], field: str, value: object
) -> None:
    agent, jeton = invite
    setattr(agent, field, value)
    agent.save()

    assert choose(client, jeton).status_code == 404


def test_a_link_for_the_password_keeps_the_second_factor(
    client: StrictClient, compte: Compte, administrateur: Agent, horloge: Horloge
) -> None:
    jeton = give(compte.agent, administrateur, horloge, "mot_de_passe")
    choose(client, jeton)

    assert not is_open(client)
    assert client.get(reverse("activer")).status_code == 302
    assert FacteurCode.objects.count() == 1
    client.post(reverse("second_facteur"), {"code": compte.code()})
    assert is_open(client)


def test_a_link_for_lost_factors_takes_them_off_and_asks_for_new_ones(
    client: StrictClient, compte: Compte, administrateur: Agent, horloge: Horloge
) -> None:
    jeton = give(compte.agent, administrateur, horloge, "facteurs")
    client.get(reverse("invitation", args=[jeton]))
    assert FacteurCode.objects.count() == 1

    choose(client, jeton)

    assert not FacteurCode.objects.exists()
    assert not is_open(client)
    assert client.get(reverse("activer")).status_code == 200


def test_a_link_ends_the_open_sessions(
    client: StrictClient, compte: Compte, administrateur: Agent, horloge: Horloge
) -> None:
    open_one = StrictClient()
    open_one.force_login(compte.agent)

    choose(client, give(compte.agent, administrateur, horloge, "mot_de_passe"))

    assert not is_open(open_one)


def test_the_token_is_kept_nowhere(invite: tuple[Agent, str]) -> None:
    invitation = Invitation.objects.get()

    assert len(invite[1]) >= 43
    assert invite[1] not in str(list(Invitation.objects.values()))
    assert len(invitation.empreinte) == 64


def test_an_invited_person_cannot_sign_in_before(
    client: StrictClient, invite: tuple[Agent, str]
) -> None:
    assert first(client, "neuf@x.fr", NOUVEAU).status_code == 200
    assert first(client, "neuf@x.fr", "").status_code == 200
