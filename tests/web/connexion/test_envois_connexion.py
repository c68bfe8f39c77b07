"""Each form of the sign-in sent twice as it is: the second opens and changes nothing more."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.urls import reverse

from seuil.connexions.models import CleAcces, Connexion, FacteurCode
from seuil.connexions.operations.invitations import create_invitation
from seuil.kernel import clock
from tests.conftest import ON
from tests.factories.base import make_agent
from tests.harness.cle import Cle
from tests.harness.client import StrictClient, read
from tests.harness.html import select_all
from tests.web.connexion.conftest import MOT_DE_PASSE, Compte, first
from tests.web.connexion.test_cles import enroll
from tests.web.connexion.test_parcours import code_of, secret_shown
from tests.web.test_deux_envois import ENVOIS_CONNEXION, read_etat

AUTRE = "phare orange tortue neige"
# Each try of a secret counts, whatever comes of it.
_ESSAIS = {"connexions_essai"}


@dataclass
class Scene:
    """An account, whoever holds it, and how it signs in."""

    compte: Compte
    entrer: Callable[..., StrictClient]

    def sign_in(self) -> StrictClient:
        client = self.entrer()
        # The code of the sign-in serves once.
        self.compte.horloge.advance(minutes=1)
        return client

    def with_key(self) -> tuple[StrictClient, Cle]:
        client, key = self.sign_in(), Cle()
        enroll(client, key)
        return client, key

    def neuf(self) -> StrictClient:
        """Return the browser of somebody without any factor, its password given."""
        agent = make_agent(courriel="neuf@ddets.exemple", password=MOT_DE_PASSE)
        client = StrictClient()
        first(client, agent.courriel)
        return client


Envoi = tuple[StrictClient, dict[str, Any], str]
SCENES: dict[str, Callable[[Scene], Envoi]] = {}


def scene(make: Callable[[Scene], Envoi]) -> Callable[[Scene], Envoi]:
    SCENES[make.__name__] = make
    return make


@scene
def connexion(s: Scene) -> Envoi:
    typed = {"username": s.compte.courriel, "password": MOT_DE_PASSE}
    return StrictClient(), typed, "Second"


@scene
def second_facteur(s: Scene) -> Envoi:
    client = StrictClient()
    first(client, s.compte.courriel)
    return client, {"code": s.compte.code()}, ""


@scene
def cle_defi(s: Scene) -> Envoi:
    return StrictClient(), {}, ""


@scene
def cle_entrer(s: Scene) -> Envoi:
    _, key = s.with_key()
    client = StrictClient()
    answer = key.present(client.post(reverse("cle_defi")).json())
    return client, {"reponse": answer, "next": "/"}, ""


@scene
def activer(s: Scene) -> Envoi:
    client = s.neuf()
    return client, {"code": code_of(secret_shown(client), s.compte.horloge)}, ""


@scene
def cle_creer_defi(s: Scene) -> Envoi:
    return s.neuf(), {}, ""


@scene
def activer_cle(s: Scene) -> Envoi:
    client = s.neuf()
    options = client.post(reverse("cle_creer_defi")).json()
    return client, {"nom": "Poste", "reponse": Cle().enroll(options)}, ""


@scene
def confirmer(s: Scene) -> Envoi:
    client = s.sign_in()
    suite = select_all(read(client.get(reverse("confirmer"))), "[name=suite]")[0]
    return client, {"suite": suite.attrs["value"], "code": s.compte.code()}, "déjà servi"


@scene
def deconnexion(s: Scene) -> Envoi:
    return s.sign_in(), {}, "Se connecter"


@scene
def connexions_fermer(s: Scene) -> Envoi:
    client = s.sign_in()
    s.sign_in()
    other = Connexion.objects.order_by("pk").last()
    return client, {"connexion": str(other.pk)}, "fermée"


@scene
def mot_de_passe(s: Scene) -> Envoi:
    return s.sign_in(), {"nouveau": AUTRE, "encore": AUTRE}, "mot de passe"


@scene
def cle_ajouter_defi(s: Scene) -> Envoi:
    return s.sign_in(), {}, ""


@scene
def application_retirer(s: Scene) -> Envoi:
    client, _ = s.with_key()
    return client, {}, "application"


@scene
def cle_retirer(s: Scene) -> Envoi:
    client, _ = s.with_key()
    return client, {"cle": str(CleAcces.objects.get().pk)}, "Clé"


@pytest.mark.parametrize("name", sorted(SCENES))
def test_a_form_of_the_sign_in_sent_twice_does_it_once(
    compte: Compte, entrer: Callable[..., StrictClient], name: str
) -> None:
    client, values, dit = SCENES[name](Scene(compte, entrer))

    started = client.post(reverse(name), values, follow=True)
    before, opened = read_etat(), Connexion.objects.count()
    again = client.post(reverse(name), values, follow=True)
    after = read_etat()

    assert started.status_code == 200, started.content.decode()[-2000:]
    assert {t for t in after if after[t] != before[t]} <= _ESSAIS
    assert Connexion.objects.count() == opened
    assert dit in again.content.decode()


def test_the_link_of_an_invitation_sent_twice_gives_one_password(compte: Compte) -> None:
    agent = make_agent(courriel="neuf@ddets.exemple", password=None)
    _, jeton = create_invitation(agent=agent, objet="arrivee", by=agent, on=ON, at=clock.now())
    address, typed = reverse("invitation", args=[jeton]), {"nouveau": AUTRE, "encore": AUTRE}
    client = StrictClient()

    assert client.post(address, typed).status_code == 302
    before = read_etat()
    again = client.post(address, typed)

    assert read_etat() == before
    assert again.status_code == 404
    assert "déjà servi" in again.content.decode()
    assert not FacteurCode.objects.filter(agent=agent).exists()


def test_every_form_of_the_sign_in_is_in_the_table() -> None:
    assert sorted([*SCENES, "invitation"]) == sorted(ENVOIS_CONNEXION.split())
