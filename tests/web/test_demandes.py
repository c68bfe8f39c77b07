"""What programs and old links ask: refused for what it is, and never answered by something else."""

from collections.abc import Callable
from datetime import date

import pytest
from django.urls import reverse

from seuil.acteurs.models import Agent
from tests.architecture.sources import SEUIL, python_files
from tests.factories.base import make_dossier
from tests.harness.client import StrictClient

ClientDe = Callable[[object], StrictClient]


@pytest.mark.parametrize("methode", ["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("signed", [True, False])
def test_a_method_that_no_page_takes_is_told_so(
    secretaire: Agent, client_de: ClientDe, methode: str, *, signed: bool
) -> None:
    client = client_de(secretaire) if signed else StrictClient()
    client.handler.enforce_csrf_checks = True

    answers = {
        client.generic(methode, address).status_code
        for address in (reverse("dossiers"), "/connexion/", reverse("deconnexion"))
    }

    assert answers == {405}


@pytest.mark.parametrize("path", ["/dossiers/%ff/", "/dossiers/%FF/chronologie/", "/droit/%c3%28/"])
@pytest.mark.parametrize("signed", [True, False])
def test_an_address_that_is_no_text_is_not_found_and_not_encoded_again(
    secretaire: Agent, client_de: ClientDe, path: str, *, signed: bool
) -> None:
    client = client_de(secretaire) if signed else StrictClient()

    response = client.get(path)

    assert response.status_code == 404
    assert "%25" not in str(response.headers) + response.content.decode()


@pytest.mark.parametrize("page", ["0", "abc", "999", "-1", "1.5", "²"])
@pytest.mark.parametrize("name", ["dossiers", "a_faire", "agenda_jour"])
def test_a_page_that_does_not_exist_is_told(
    secretaire: Agent, client_de: ClientDe, name: str, page: str
) -> None:
    make_dossier()
    args = [date(2026, 12, 1)] if name == "agenda_jour" else []
    client = client_de(secretaire)

    told = client.get(reverse(name, args=args), {"page": page}).content.decode()
    plain = client.get(reverse(name, args=args), {"page": "1"}).content.decode()

    assert f"La page «\u00a0{page}\u00a0» n’existe pas" in told
    assert "voici la page 1 sur 1" in told
    assert "n’existe pas" not in plain


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("aujourdhui_dsf", {"dossier": "33\0"}),
        ("aujourdhui_dsf_demander", {"dossiers": "33-2026-000001", "organisme": "MDS\0"}),
        ("aujourdhui_classer", {"dossier": "33\0"}),
        ("choix_ligne", {"dossier": "33\0", "retenu": "oui"}),
        ("recherche", {"un\0champ": "x"}),
        ("connexion", {"username": "simone@ddets.exemple\0", "password": "x"}),
        ("connexion", {"username": "simone@ddets.exemple", "password": "\0"}),
    ],
)
def test_what_the_database_cannot_hold_stops_before_any_page(
    secretaire: Agent, client_de: ClientDe, name: str, sent: dict[str, str]
) -> None:
    client = StrictClient() if name == "connexion" else client_de(secretaire)

    answer = client.post(reverse(name), sent)

    assert answer.status_code == 400
    assert "Demande incomprise" in answer.content.decode()


def test_a_head_is_answered_as_its_get_would_be() -> None:
    """The kind: no page asks whether it is a GET, which a HEAD is not."""
    asked = [
        p.name
        for p in python_files(under=SEUIL / "web")
        if 'method == "GET"' in p.read_text(encoding="utf-8")
    ]

    assert asked == []
