"""The configuration of the département, and the accounts."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.acteurs.rules import load_departement, parse_departement
from seuil.strict_yaml import FichierIllisible
from tests.harness.client import StrictClient

ClientDe = Callable[[object], StrictClient]

MINIMAL = """
code: "33"
nom: Gironde
source: Essai
formations: []
delais: []
seuils: []
regles_de_choix: []
"""


def test_local_rules_are_shown_with_their_text(charge_mission: Agent, client_de: ClientDe) -> None:
    page = client_de(charge_mission).get(reverse("departement")).content.decode()

    assert "80 % des interventions" in page
    assert "appel à manifestation d’intérêt des équipes mobiles" in page


@pytest.mark.parametrize("code", ["21", "33", "35", "62"])
def test_shipped_configurations_are_well_formed(code: str) -> None:
    configuration = load_departement(code)

    assert configuration is not None
    assert configuration.code == code


def test_a_departement_without_configuration_has_none() -> None:
    assert load_departement("99") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (MINIMAL + "inconnu: 1", r"ligne 9, «.inconnu.»"),
        (MINIMAL.replace("seuils: []\n", ""), r"ligne 2, «.seuils.»"),
        (MINIMAL.replace("formations: []", "formations: [{nom: X, president: Y}]"), "ligne 5"),
        (MINIMAL.replace("formations: []", "formations: X"), r"ligne 5, «.formations.»"),
        (MINIMAL.replace("delais: []", "delais: [{objet: X, valeur: Y}]"), r"ligne 6, «.texte.»"),
        (MINIMAL.replace("nom: Gironde", "nom: 33"), r"ligne 3, «.nom.»"),
        (MINIMAL.replace('"33"', '"34"'), r"ligne 2, «.code.».*34\.yaml"),
    ],
)
def test_a_malformed_configuration_is_refused_with_its_line(text: str, message: str) -> None:
    assert parse_departement(MINIMAL, code="33").nom == "Gironde"

    with pytest.raises(FichierIllisible, match=rf"departements/33\.yaml, .*{message}"):
        parse_departement(text, code="33")


def test_accounts_are_for_the_administrator_only(
    administrateur: Agent, secretaire: Agent, client_de: ClientDe
) -> None:
    page = client_de(administrateur).get(reverse("comptes"))
    refused = client_de(secretaire).get(reverse("comptes"))

    assert reverse("matrice") in page.content.decode()
    assert secretaire.courriel in page.content.decode()
    assert refused.status_code == 403
    assert "Page non ouverte à votre rôle" in refused.content.decode()
