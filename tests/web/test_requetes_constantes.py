"""A list asks the database as much for fifty rows as for ten, whoever reads it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from seuil.acteurs.models import Agent, Organisation
from seuil.dossiers.models import Coordonnee
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.architecture.test_routes import ROUTES
from tests.factories.accompagnements import make_contact, make_mandat, make_objectif
from tests.factories.base import make_acces, make_acte, make_agent, make_dossier, make_organisation
from tests.harness.client import StrictClient

ClientDe = Callable[[object], StrictClient]
ROLES = ("secretariat", "gestionnaire", "chef_equipe", "travailleur_social", "juriste",
         "partenaire", "charge_mission", "dihal", "dpo", "administrateur")  # fmt: skip
# Nothing of these grows with the households: the door, what a program reads, what leaves.
_AUTRES = ("connexion", "deconnexion", "calendrier", "sante", "secours", "mes_", "agenda_ics")
PEU, BEAUCOUP = 10, 50


@pytest.fixture
def agents(gironde: str) -> dict[str, Agent]:
    homes: dict[str, Organisation] = {
        "secretariat": make_organisation(type="ddets", nom="DDETS"),
        "gestionnaire": make_organisation(type="prefecture", nom="Préfecture"),
        "chef_equipe": make_organisation(type="operateur", nom="Association Le Palier"),
        "partenaire": make_organisation(type="conseil_departemental", nom="Département"),
    }
    homes |= dict.fromkeys(("travailleur_social", "juriste"), homes["chef_equipe"])
    make_objectif(operateur=homes["chef_equipe"])
    return {
        role: make_agent(role=role, organisation=homes.get(role, homes["secretariat"]))
        for role in ROLES
    }


def add_dossiers(agents: dict[str, Agent], combien: int, on: date) -> None:
    """Add households in several states, entrusted and followed, each with something for all."""
    ids = []
    for n in range(combien):
        dossier = make_dossier()
        ids.append(dossier.pk)
        Coordonnee.objects.create(
            dossier=dossier, type="telephone", valeur=f"06070{n:05}", valide_du=on, source="Essai"
        )
        make_acte(dossier=dossier, survenu_le=on - timedelta(days=3), recu_le=on)
        if n % 2:
            make_acte(
                dossier=dossier, type="assignation", survenu_le=on - timedelta(days=2),
                audience_le=on + timedelta(days=3 + n % 5),
            )  # fmt: skip
        make_acces(
            dossier=dossier, relation="instruction", debut_le=on - timedelta(days=9),
            role="gestionnaire",
        )  # fmt: skip
        social, droit = agents["travailleur_social"], agents["juriste"]
        make_mandat(
            operateur=social.organisation, dossier=dossier, repondu_le=on - timedelta(days=8),
            referent_social=social, referent_juridique=droit,
        )  # fmt: skip
        make_contact(dossier=dossier, par=social, survenu_le=on, prochain_le=on + timedelta(days=2))
    refresh_dossiers(dossier_ids=ids, on=on)


def list_addresses() -> list[str]:
    """Return the pages whose address names nothing: the lists are among them."""
    names = {p.name for route, p in ROUTES if "<" not in route and p.name}
    return [reverse(n) for n in sorted(names) if not n.startswith(_AUTRES)]


def count_queries(client: StrictClient, addresses: list[str]) -> dict[str, int]:
    found = {}
    for address in addresses:
        with CaptureQueriesContext(connection) as asked:
            response = client.get(address)
        for closer in response._resource_closers:
            closer()
        if response.status_code == 200:
            found[address] = len(asked)
    return found


@pytest.mark.parametrize("role", ROLES)
def test_no_page_asks_more_of_the_database_when_there_are_more_households(
    agents: dict[str, Agent], client_de: ClientDe, on: date, role: str
) -> None:
    client, addresses = client_de(agents[role]), list_addresses()
    add_dossiers(agents, PEU, on)
    # What is read once in a process is read first.
    count_queries(client, addresses)
    few = count_queries(client, addresses)

    add_dossiers(agents, BEAUCOUP - PEU, on)
    many = count_queries(client, addresses)

    assert {a: (few[a], n) for a, n in many.items() if n > few.get(a, 0)} == {}
    assert len(many) > 4
    if role in ROLES[:6]:
        rows = client.get(reverse("dossiers")).content.decode().count("33-2026-")
        assert rows >= BEAUCOUP, rows
