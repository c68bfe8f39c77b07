"""Passkeys through the pages, with a key in software."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from seuil.connexions.models import CleAcces, CodeSecours, Connexion, FacteurCode
from tests.factories.base import make_agent
from tests.harness.cle import PRESENT, Cle
from tests.harness.client import StrictClient
from tests.web.connexion.conftest import MOT_DE_PASSE, Compte, Horloge, first, is_open


def enroll(client: StrictClient, key: Cle, nom: str = "Téléphone", **lies: Any) -> object:
    options = client.post(reverse("cle_ajouter_defi")).json()
    return client.post(
        reverse("cle_ajouter"), {"nom": nom, "reponse": key.enroll(options, **lies)}, follow=True
    )


def present(client: StrictClient, key: Cle, **lies: Any) -> object:
    options = client.post(reverse("cle_defi")).json()
    return client.post(
        reverse("cle_entrer"), {"reponse": key.present(options, **lies), "next": "/dossiers/"}
    )


@pytest.fixture
def cle(compte: Compte, entrer: Callable[..., StrictClient]) -> Cle:
    key = Cle()
    enroll(entrer(), key)
    assert CleAcces.objects.get().nom == "Téléphone"
    return key


def test_a_passkey_alone_signs_in_without_any_address(cle: Cle, client: StrictClient) -> None:
    response = present(client, cle)

    assert response.headers["Location"] == "/dossiers/"
    assert is_open(client)
    assert Connexion.objects.filter(moyen="cle").count() == 1


def test_a_passkey_serves_as_second_factor(compte: Compte, cle: Cle, client: StrictClient) -> None:
    first(client, compte.courriel)

    present(client, cle)

    assert is_open(client)


def test_a_passkey_of_another_is_no_second_factor(
    compte: Compte, cle: Cle, client: StrictClient, horloge: Horloge
) -> None:
    from tests.web.connexion.conftest import make_compte

    other = make_compte(horloge, courriel="autre@ddets.exemple")
    first(client, other.courriel)

    response = present(client, cle)

    assert response.headers["Location"] == reverse("second_facteur")
    assert not is_open(client)


LIES = {
    "autre site": {"domaine": "voleur.example"},
    "autre origine": {"origine": "http://voleur.example"},
    "défi inventé": {"defi": "AAAA"},
    "sans vérification": {"drapeaux": PRESENT},
    "clé inconnue": {"identifiant": b"x" * 32},
    "compteur en arrière": {"compteur": 0},
}


@pytest.mark.parametrize("lies", LIES.values(), ids=LIES)
def test_a_forged_presentation_opens_nothing(
    cle: Cle, client: StrictClient, lies: dict[str, Any]
) -> None:
    if lies == {"compteur": 0}:
        CleAcces.objects.update(compteur=9)

    response = present(client, cle, **lies)

    assert response.headers["Location"] == reverse("connexion")
    assert not is_open(client)
    assert "n’est pas reconnue" in client.get(reverse("connexion")).content.decode()


def test_an_answer_serves_once(cle: Cle) -> None:
    one = StrictClient()
    answer = cle.present(one.post(reverse("cle_defi")).json())
    one.post(reverse("cle_entrer"), {"reponse": answer})
    one.post(reverse("deconnexion"))

    one.post(reverse("cle_entrer"), {"reponse": answer})

    assert not is_open(one)


@pytest.mark.parametrize("reponse", ["", "{}", "[]", "null", "{"])
def test_what_is_no_answer_opens_nothing(cle: Cle, client: StrictClient, reponse: str) -> None:
    client.post(reverse("cle_defi"))

    client.post(reverse("cle_entrer"), {"reponse": reponse})

    assert not is_open(client)


def test_a_passkey_of_a_closed_account_opens_nothing(
    compte: Compte, cle: Cle, client: StrictClient
) -> None:
    compte.agent.is_active = False
    compte.agent.save()

    present(client, cle)

    assert not is_open(client)
    assert "Ce compte est fermé" in client.get(reverse("connexion")).content.decode()


@pytest.mark.parametrize("lies", [{"defi": "AAAA"}, {"drapeaux": PRESENT}, {"domaine": "x.fr"}])
def test_a_forged_enrolment_is_refused(
    entrer: Callable[..., StrictClient], lies: dict[str, Any]
) -> None:
    page = enroll(entrer(), Cle(), **lies).content.decode()

    assert "n’a pas été enregistrée" in page
    assert not CleAcces.objects.exists()


def test_the_same_key_or_name_is_not_kept_twice(
    cle: Cle, entrer: Callable[..., StrictClient], compte: Compte
) -> None:
    compte.horloge.advance(seconds=90)
    client = entrer()

    assert "déjà enregistrée" in enroll(client, cle, "Autre nom").content.decode()
    assert "déjà enregistrée" in enroll(client, Cle(), "Téléphone").content.decode()
    assert CleAcces.objects.count() == 1


def test_an_agent_without_factor_begins_with_a_passkey(
    client: StrictClient, db: None, horloge: Horloge
) -> None:
    make_agent(courriel="neuf@x.fr", password=MOT_DE_PASSE)
    first(client, "neuf@x.fr")
    assert client.get(reverse("second_facteur")).headers["Location"] == reverse("activer")
    key = Cle()
    options = client.post(reverse("cle_creer_defi")).json()

    page = client.post(
        reverse("activer_cle"), {"nom": "Poste", "reponse": key.enroll(options)}
    ).content.decode()

    assert "Vos codes de secours, montrés une seule fois" in page
    assert CodeSecours.objects.count() == 10
    assert is_open(client)


def test_the_last_factor_is_not_taken_off(
    cle: Cle, compte: Compte, entrer: Callable[..., StrictClient]
) -> None:
    compte.horloge.advance(seconds=90)
    client = entrer()
    client.post(reverse("application_retirer"))
    assert not FacteurCode.objects.exists()

    page = client.post(
        reverse("cle_retirer"), {"cle": CleAcces.objects.get().pk}, follow=True
    ).content.decode()

    assert "votre seul second facteur" in page
    assert CleAcces.objects.count() == 1


def test_a_key_of_another_agent_is_not_taken_off(
    cle: Cle, horloge: Horloge, secretaire: object
) -> None:
    client = StrictClient()
    client.force_login(secretaire)

    client.post(reverse("cle_retirer"), {"cle": CleAcces.objects.get().pk})

    assert CleAcces.objects.count() == 1
