"""A filter's value that does not exist is told on every list, and never ignored."""

from collections.abc import Callable

import pytest

from seuil.acteurs.models import Agent
from tests.factories.base import make_acte, make_dossier
from tests.harness.client import StrictClient, read

ClientDe = Callable[[object], StrictClient]


@pytest.mark.parametrize(
    "address",
    [
        "/dossiers/?stade=zzz", "/dossiers/?dette=beaucoup", "/dossiers/?commune=99999",
        "/mandats/?etat=zzz", "/agenda/?quoi=zzz", "/agenda/?qui=zzz", "/droit/?certitude=zzz",
        "/annuaire/?type=zzz", "/activite/?indicateur=zzz", "/activite/?mois=zzz",
    ],
)  # fmt: skip
def test_a_value_that_does_not_exist_is_told(
    gironde: str, secretaire: Agent, client_de: ClientDe, address: str
) -> None:
    response = client_de(secretaire).get(address)

    assert response.status_code == 200, address
    page = read(response).text
    asked = address.split("=")[1]
    assert f"«\u00a0{asked}\u00a0»" in page
    assert "sans lui" in page or "ne peut pas être appliqué" in page


def test_the_timeline_tells_a_kind_that_does_not_exist(
    gironde: str, secretaire: Agent, client_de: ClientDe, on: object
) -> None:
    dossier = make_dossier(nom="ALPHA")
    make_acte(dossier=dossier, survenu_le=on)

    page = read(client_de(secretaire).get(f"/dossiers/{dossier.numero}/?genre=zzz")).text

    assert "«\u00a0zzz\u00a0»" in page
