"""Who reaches a file: by role and by dated links, and nobody else."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from seuil.acteurs.models import Agent, Role
from seuil.dossiers.models import Acces, Dossier
from seuil.dossiers.operations.acces import close_acces, open_acces
from seuil.dossiers.operations.ouverture import open_instruction
from tests.factories.base import make_acces, make_agent, make_dossier, make_organisation

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)
DAY = timedelta(days=1)


@pytest.fixture
def dossier(gironde: str) -> Dossier:
    return make_dossier()


def sees(agent: Agent, dossier: Dossier, on: date = ON) -> bool:
    return Dossier.objects.visible_to(agent, on=on).filter(pk=dossier.pk).exists()


def test_without_link_only_the_secretariat_and_the_officer_see_a_file(
    dossier: Dossier, request: pytest.FixtureRequest
) -> None:
    agents = {
        role: request.getfixturevalue(name)
        for role, name in (
            ("secretariat", "secretaire"), ("gestionnaire", "gestionnaire"),
            ("chef_equipe", "chef_equipe"), ("travailleur_social", "travailleur_social"),
            ("juriste", "juriste"), ("charge_mission", "charge_mission"),
            ("administrateur", "administrateur"), ("partenaire", "partenaire"),
            ("dihal", "dihal"), ("dpo", "dpo"),
        )
    }  # fmt: skip

    assert set(agents) == set(Role.values)
    assert {role for role, agent in agents.items() if sees(agent, dossier)} == {
        "secretariat",
        # Its identity and dates: the officer controls, and alone reads a limited file.
        "dpo",
    }


@pytest.mark.parametrize(
    ("fixture", "relation", "link"),
    [
        ("chef_equipe", "mandat", lambda a: {"organisation_id": a.organisation_id}),
        ("travailleur_social", "affectation", lambda a: {"agent_id": a.pk}),
        ("juriste", "affectation", lambda a: {"agent_id": a.pk}),
    ],
)
def test_a_link_opens_the_file_from_its_first_day_to_its_last(
    dossier: Dossier,
    request: pytest.FixtureRequest,
    fixture: str,
    relation: str,
    link: Callable[[Agent], dict[str, object]],
) -> None:
    agent = request.getfixturevalue(fixture)
    open_acces(dossier_id=dossier.pk, relation=relation, on=ON, **link(agent))
    assert sees(agent, dossier)
    assert not sees(agent, dossier, ON - DAY)

    close_acces(dossier_id=dossier.pk, relation=relation, on=ON + DAY)

    assert sees(agent, dossier, ON)
    assert not sees(agent, dossier, ON + DAY)


def test_an_instruction_opens_the_file_to_its_role_until_it_is_closed(
    dossier: Dossier, gestionnaire: Agent
) -> None:
    open_instruction(dossier_ids=[dossier.pk], on=ON)
    assert sees(gestionnaire, dossier)
    assert not sees(gestionnaire, dossier, ON - DAY)

    close_acces(dossier_id=dossier.pk, relation="instruction", on=ON + DAY)

    assert sees(gestionnaire, dossier, ON)
    assert not sees(gestionnaire, dossier, ON + DAY)


@pytest.mark.parametrize("fixture", ["charge_mission", "administrateur", "dihal"])
def test_no_link_ever_opens_a_file_to_who_must_see_none(
    dossier: Dossier, request: pytest.FixtureRequest, fixture: str
) -> None:
    agent = request.getfixturevalue(fixture)
    open_acces(dossier_id=dossier.pk, relation="affectation", on=ON, agent_id=agent.pk)
    open_acces(
        dossier_id=dossier.pk, relation="mandat", on=ON, organisation_id=agent.organisation_id
    )
    make_acces(dossier=dossier, relation="instruction", debut_le=ON, role=agent.role)

    assert not sees(agent, dossier)


def test_a_colleague_without_assignment_sees_nothing(
    dossier: Dossier, travailleur_social: Agent, operateur
) -> None:
    colleague = make_agent(role="travailleur_social", organisation=operateur)
    open_acces(dossier_id=dossier.pk, relation="affectation", on=ON, agent_id=travailleur_social.pk)

    assert not sees(colleague, dossier)


def test_another_departement_sees_nothing(dossier: Dossier) -> None:
    home = make_organisation(type="ddets", nom="DDETS du Pas-de-Calais", departement_id="62")
    stranger = make_agent(role="secretariat", organisation=home)

    assert not sees(stranger, dossier)


def test_an_unknown_role_sees_nothing(dossier: Dossier, secretaire: Agent) -> None:
    secretaire.role = "inconnu"

    assert not sees(secretaire, dossier)


def test_opening_twice_keeps_one_link(dossier: Dossier, chef_equipe: Agent) -> None:
    for _ in range(2):
        open_acces(
            dossier_id=dossier.pk,
            relation="mandat",
            on=ON,
            organisation_id=chef_equipe.organisation_id,
        )
        open_instruction(dossier_ids=[dossier.pk], on=ON)

    assert Acces.objects.count() == 2


def test_a_link_ended_the_day_it_opened_gave_access_to_nothing(
    dossier: Dossier, chef_equipe: Agent
) -> None:
    home = chef_equipe.organisation_id
    open_acces(dossier_id=dossier.pk, relation="mandat", on=ON, organisation_id=home)

    close_acces(dossier_id=dossier.pk, on=ON)

    assert not sees(chef_equipe, dossier)


@pytest.mark.parametrize(
    "fields",
    [
        {"relation": "mandat"},
        {"relation": "mandat", "role": "gestionnaire"},
        {"relation": "instruction"},
        {"relation": "affectation", "role": "juriste"},
    ],
)
def test_the_database_refuses_a_link_without_its_own_addressee(
    dossier: Dossier, fields: dict[str, str]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Acces.objects.create(dossier=dossier, debut_le=ON, **fields)
