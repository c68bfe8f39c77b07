"""What programs and old links ask: refused for what it is, and never answered by something else."""

import re
from collections.abc import Callable
from datetime import date
from html import escape

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


# What is an address of a browser, and none of ours; what Django would take for the name of a page.
AILLEURS = [
    "0", "zzz", "-1", "'", "?page=2", "a/../b", "//evil.example/", "/\\evil.example/",
    "https://evil.example/", "http://testserver/aujourdhui/", "javascript:alert(1)",
    "/" + "a" * 3000,
]  # fmt: skip


@pytest.mark.parametrize("suite", AILLEURS)
@pytest.mark.parametrize("htmx", [True, False])
def test_after_a_gesture_one_goes_to_a_page_of_ours_or_back_to_the_list(
    secretaire: Agent, client_de: ClientDe, suite: str, *, htmx: bool
) -> None:
    client = client_de(secretaire)
    headers = {"HX-Request": "true"} if htmx else {}

    for name in ("aujourdhui_annuler", "aujourdhui_classer", "aujourdhui_dsf_demander"):
        answer = client.post(reverse(name), {"suite": suite}, headers=headers)

        assert answer.status_code == (200 if htmx else 302)
        assert answer.headers.get("Location", reverse("a_faire")) == reverse("a_faire")


@pytest.mark.parametrize("suite", AILLEURS)
def test_a_form_leads_back_to_a_page_of_ours(
    secretaire: Agent, client_de: ClientDe, suite: str
) -> None:
    address = reverse("contact_noter", args=[make_dossier().numero])

    page = client_de(secretaire).get(address, {"suite": suite}).content.decode()

    assert f'href="{escape(suite)}"' not in page


@pytest.mark.parametrize("suite", AILLEURS)
def test_signed_in_already_one_is_led_to_a_page_of_ours(
    secretaire: Agent, client_de: ClientDe, suite: str
) -> None:
    answer = client_de(secretaire).get("/connexion/", {"next": suite})

    assert answer.headers["Location"] == reverse("accueil")


def test_one_function_reads_where_to_go_next() -> None:
    """The kind: `suite` is read elsewhere only where it is sealed, and opened by `read_suite`."""
    reads = re.compile(r"""(?:POST|GET)(?:\.get\(|\[)\s*["'](?:suite|next)["']""")
    found = {
        p.relative_to(SEUIL / "web").as_posix()
        for p in python_files(under=SEUIL / "web")
        if reads.search(p.read_text(encoding="utf-8"))
    }
    checks = {
        p.name
        for p in python_files(under=SEUIL / "web")
        if "url_has_allowed_host_and_scheme" in p.read_text(encoding="utf-8")
    }

    assert found == {"connexion/confirmer.py", "connexion/proconnect.py"}
    assert checks == {"addresses.py"}


def test_a_head_is_answered_as_its_get_would_be() -> None:
    """The kind: no page asks whether it is a GET, which a HEAD is not."""
    asked = [
        p.name
        for p in python_files(under=SEUIL / "web")
        if 'method == "GET"' in p.read_text(encoding="utf-8")
    ]

    assert asked == []
