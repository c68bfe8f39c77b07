"""Each address that changes something refuses a request without token, or from elsewhere (T29)."""

from uuid import UUID

import pytest
from django.urls import get_resolver, reverse

from seuil.acteurs.models import Agent
from tests.architecture.test_routes import walk
from tests.harness.client import StrictClient, sign_in_strongly

SCREENS = ("seuil.web.connexion", "seuil.web.comptes")
ROUTES = {
    p.name: route
    for route, p in walk(get_resolver().url_patterns)
    if p.callback.__module__.startswith(SCREENS)
}
READ_ONLY = {
    "comptes",
    "compte",
    "comptes_domaines",
    "mes_connexions",
    "confirme",
    "proconnect",
    "proconnect_retour",
}


def address(name: str) -> str:
    kinds = {
        "jeton": "inconnu",
        "agent_id": UUID(int=7),
        "geste": "suspendre",
        "organisation_id": UUID(int=7),
    }
    return reverse(name, kwargs={k: v for k, v in kinds.items() if f":{k}>" in ROUTES[name]})


def test_there_are_routes_to_look_at() -> None:
    assert len(ROUTES) > 20


@pytest.mark.parametrize("name", sorted(set(ROUTES) - READ_ONLY))
@pytest.mark.parametrize(
    "extra",
    [{}, {"HTTP_ORIGIN": "https://voleur.example"}, {"HTTP_X_CSRFTOKEN": "x" * 32}],
    ids=["sans jeton", "autre origine", "jeton faux"],
)
def test_a_request_without_token_is_refused(
    name: str, extra: dict[str, str], administrateur: Agent
) -> None:
    client = StrictClient(enforce_csrf_checks=True)
    sign_in_strongly(client, administrateur)

    response = client.post(address(name), {"code": "1", "connexion": "autres"}, **extra)

    assert response.status_code == 403
    assert "jeton" in response.content.decode() or "formulaire" in response.content.decode()


@pytest.mark.parametrize("name", sorted(READ_ONLY))
def test_a_page_that_only_reads_takes_no_post(name: str, administrateur: Agent) -> None:
    client = StrictClient()
    sign_in_strongly(client, administrateur)

    assert client.post(address(name)).status_code == 405
