"""No list is silent of what its address asks and that it does not do: told in one place."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from tests.architecture.test_routes import ROUTES
from tests.audit.monde import Monde, list_addresses, make_monde
from tests.harness.client import StrictClient

ClientDe = Callable[[object], StrictClient]
FAUX = "zzz-inconnu"
ROLES = ("secretariat", "gestionnaire", "chef_equipe", "travailleur_social", "partenaire",
         "charge_mission", "administrateur")  # fmt: skip
# Where to go next, which step, what a form starts with: no list is reduced by them.
_AUCUN_FILTRE = frozenset({"suite", "type", "organisation", "echeance", "a_qui"})
# Carried to the page where one comes back.
_PORTES = {"/choix-du-mois/signature/": {"q"}}


_CONTENU = b'<main id="contenu"'


@pytest.fixture
def monde(gironde: str, on: date) -> Monde:
    return make_monde(on)


def list_pages(monde: Monde, client: StrictClient) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the address of each page that opens, and the names that it looked for in it."""
    for route, pattern in ROUTES:
        for address in list_addresses(pattern, route, monde):
            if pattern.name in {"deconnexion", "recherche"}:
                continue
            response = client.get(address)
            # Closed without the signal, which would end the connection of the test.
            for closer in response._resource_closers:
                closer()
            html = response.headers.get("Content-Type", "").startswith("text/html")
            # Those of one's own account, under no verb, are no lists.
            listed = html and hasattr(pattern.callback, "verbe")
            if listed and response.status_code == 200 and _CONTENU in response.content:
                yield address, frozenset(getattr(response.wsgi_request.GET, "lus", ()))


def write_text(response: object) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.mark.parametrize("role", ROLES)
def test_a_wrong_value_or_an_unknown_filter_is_told_by_every_page(
    monde: Monde, client_de: ClientDe, role: str
) -> None:
    client = client_de(monde.agents[role])
    silent = []
    pages = list(list_pages(monde, client))
    for address, looked in pages:
        # « Le filtre « … » n’existe pas » for a name that the page knows nothing of.
        known = looked - _AUCUN_FILTRE - _PORTES.get(address, set())
        asked = dict.fromkeys(["inventé", *sorted(known)], FAUX)
        for name, value in asked.items():
            told = write_text(client.get(f"{address}?{urlencode({name: value})}"))
            if (FAUX if name in looked else "inventé") not in told:
                silent.append(f"{address} ?{name}=")
    assert silent == [], silent
    assert len(pages) > 3
    assert any(looked for _, looked in pages)


def test_a_month_that_does_not_exist_is_told_and_one_that_does_is_shown(
    monde: Monde, client_de: ClientDe
) -> None:
    client = client_de(monde.agents["secretariat"])

    wrong = write_text(client.get(reverse("agenda") + "?mois=2026-13"))
    right = write_text(client.get(reverse("agenda") + "?mois=2027-01"))

    assert "« 2026-13 » n’existe pas" in wrong.replace("\u00a0", " ")
    assert "janvier 2027" in right
