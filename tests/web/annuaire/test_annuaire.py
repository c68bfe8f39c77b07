"""The directory."""

from collections.abc import Callable

from django.urls import reverse

from seuil.acteurs.models import Agent
from tests.factories.base import BORDEAUX, LIBOURNE, make_organisation
from tests.harness.client import StrictClient

ClientDe = Callable[[object], StrictClient]


def test_organisations_are_filtered_by_type_and_by_commune_served(
    charge_mission: Agent, client_de: ClientDe
) -> None:
    make_organisation(type="ccas", nom="CCAS de Bordeaux").communes.set([BORDEAUX])
    make_organisation(type="ccas", nom="CCAS de Libourne").communes.set([LIBOURNE])
    make_organisation(type="caf", nom="CAF de la Gironde", telephone="0555000000")
    client = client_de(charge_mission)

    every = client.get(reverse("annuaire")).content.decode()
    ccas = client.get(reverse("annuaire") + "?type=ccas").content.decode()
    bordeaux = client.get(reverse("annuaire") + f"?commune={BORDEAUX}").content.decode()

    assert "05\u00a055\u00a000\u00a000\u00a000" in every
    assert "CAF de la Gironde" not in ccas
    assert "CCAS de Libourne" in ccas
    # An organisation without communes serves the whole département.
    assert "CAF de la Gironde" in bordeaux
    assert "CCAS de Libourne" not in bordeaux


def test_another_departement_is_not_in_the_directory(
    charge_mission: Agent, client_de: ClientDe
) -> None:
    make_organisation(type="caf", nom="CAF de la Côte-d’Or", departement_id="21")

    assert "Côte-d’Or" not in client_de(charge_mission).get(reverse("annuaire")).content.decode()
