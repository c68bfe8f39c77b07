"""Every role, every kind of page, several of each: what a page proposes is accepted when tried."""

from collections.abc import Callable
from datetime import date

import pytest
from django.urls import reverse

from tests.harness.client import StrictClient
from tests.harness.gestes import Parcours
from tests.web.test_gestes_proposes import make_monde_complet

ROLES = (
    "secretariat", "gestionnaire", "chef_equipe", "travailleur_social", "partenaire",
    "charge_mission", "administrateur", "service_social",
)  # fmt: skip
PAR_GENRE = 6


@pytest.mark.parametrize("role", ROLES)
def test_every_action_proposed_is_accepted(
    gironde: str, client_de: Callable[[object], StrictClient], on: date, role: str
) -> None:
    client = client_de(make_monde_complet(on).agents[role])

    walked = Parcours(client, on, PAR_GENRE).walk(reverse("accueil"))

    assert not walked.refused, "\n".join(walked.refused)
