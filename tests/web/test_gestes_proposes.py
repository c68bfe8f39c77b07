"""No page offers what the next one refuses: each action proposed to each role is tried."""

from collections.abc import Callable
from datetime import date

import pytest
from django.urls import reverse

from seuil.actes.models import TypeActe
from seuil.actes.rules.types import CATEGORIE_PAR_TYPE
from tests.audit.monde import Monde, make_monde
from tests.factories.base import make_agent, make_organisation
from tests.harness.client import StrictClient
from tests.harness.gestes import Parcours, fill, list_facultatifs_exiges, parse_html

ClientDe = Callable[[object], StrictClient]
# The others are walked by `make epreuves` (epreuve_gestes.py), and more of each kind of page.
ROLES = ("secretariat", "gestionnaire", "chef_equipe", "service_social")
# What the sample opens of each kind of page.
PAR_GENRE = 1


@pytest.fixture
def monde(gironde: str, on: date) -> Monde:
    return make_monde_complet(on)


def make_monde_complet(on: date) -> Monde:
    """Return the small département, with a service that is asked whether it knows households."""
    departement = make_organisation(type="conseil_departemental", nom="Département")
    service = make_agent(role="partenaire", organisation=departement)
    monde = make_monde(on)
    monde.agents["service_social"] = service
    return monde


@pytest.mark.parametrize("role", ROLES)
def test_every_action_proposed_is_accepted_when_tried(
    monde: Monde, client_de: ClientDe, on: date, role: str
) -> None:
    client = client_de(monde.agents[role])

    walked = Parcours(client, on, PAR_GENRE).walk(reverse("accueil"))

    assert not walked.refused, "\n".join(walked.refused)
    assert sum(walked.opened.values()) >= 8


def test_a_field_said_optional_is_never_required_by_the_form_of_an_act(
    monde: Monde, client_de: ClientDe, on: date
) -> None:
    secretariat, gestionnaire = (
        client_de(monde.agents[r]) for r in ("secretariat", "gestionnaire")
    )
    page = reverse("acte_enregistrer", args=[monde.canaris[1].dossier.numero])

    for type_acte in TypeActe.values:
        concours = CATEGORIE_PAR_TYPE.get(type_acte) in {"concours", "evaluation_police"}
        client = gestionnaire if concours else secretariat
        shown = client.get(f"{page}?type={type_acte}")
        empty = client.post(page, {"type_acte": type_acte})
        form = fill(parse_html(shown.content.decode()), on)
        wanted = {k: v for k, v in form.items() if k in {"type_acte", "survenu_le", "sens"}}
        answer = client.post(page, wanted)

        assert shown.status_code == 200, type_acte
        assert list_facultatifs_exiges(empty) == [], type_acte
        assert answer.status_code == 302 or "déjà enregistré" in answer.content.decode(), type_acte
