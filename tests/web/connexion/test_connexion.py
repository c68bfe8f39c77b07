"""Signing in, the first page of each role, the headers of every answer."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from tests.factories.base import make_agent
from tests.harness.client import StrictClient


def test_a_wrong_password_is_said_without_telling_which_part_is_wrong(client: StrictClient) -> None:
    make_agent(courriel="simone@exemple.invalid", password="bon-mot-de-passe")

    known = client.post(
        reverse("connexion"), {"username": "simone@exemple.invalid", "password": "faux"}
    )
    unknown = client.post(
        reverse("connexion"), {"username": "personne@exemple.invalid", "password": "faux"}
    )

    assert "Adresse électronique ou mot de passe incorrect" in known.content.decode()
    assert "Adresse électronique ou mot de passe incorrect" in unknown.content.decode()
    # What was typed stays, the password excepted.
    assert 'value="simone@exemple.invalid"' in known.content.decode()
    assert "faux" not in known.content.decode()


@pytest.mark.parametrize(
    ("role", "page"),
    [
        ("secretaire", "a_faire"),
        ("gestionnaire", "a_faire"),
        ("travailleur_social", "a_faire"),
        ("charge_mission", "activite"),
        ("administrateur", "premiere_heure"),
    ],
)
def test_each_role_has_its_first_page(
    role: str,
    page: str,
    request: pytest.FixtureRequest,
    client_de: Callable[[object], StrictClient],
) -> None:
    client = client_de(request.getfixturevalue(role))

    response = client.get(reverse("accueil"))

    assert response.headers["Location"] == reverse(page)
    assert client.get(reverse(page)).status_code == 200


def test_the_navigation_holds_only_what_the_role_may_open(
    administrateur: object, client_de: Callable[[object], StrictClient]
) -> None:
    page = client_de(administrateur).get(reverse("comptes")).content.decode()

    assert reverse("annuaire") in page
    assert reverse("dossiers") not in page
    assert reverse("listes") not in page


def test_demonstration_accounts_show_only_in_a_demonstration(
    client: StrictClient, settings: object
) -> None:
    make_agent(courriel="demo@exemple.invalid")

    settings.SEUIL_DEMO = False  # type: ignore[attr-defined]
    hidden = client.get(reverse("connexion")).content.decode()
    settings.SEUIL_DEMO = True  # type: ignore[attr-defined]
    shown = client.get(reverse("connexion")).content.decode()

    assert "demo@exemple.invalid" not in hidden
    assert "demo@exemple.invalid" in shown


def test_every_answer_forbids_inline_code_and_keeping_personal_pages(
    secretaire: object, client_de: Callable[[object], StrictClient], client: StrictClient
) -> None:
    signed = client_de(secretaire).get(reverse("dossiers"))
    public = client.get(reverse("connexion"))

    for response in (signed, public):
        assert "script-src 'self'" in response.headers["Content-Security-Policy"]
        assert "unsafe-inline" not in response.headers["Content-Security-Policy"]
        assert response.headers["X-Frame-Options"] == "DENY"
    assert signed.headers["Cache-Control"] == "no-store"


def test_an_unknown_address_says_what_to_do(
    secretaire: object, client_de: Callable[[object], StrictClient]
) -> None:
    response = client_de(secretaire).get("/nulle-part/")

    assert response.status_code == 404
    assert "Page introuvable" in response.content.decode()
