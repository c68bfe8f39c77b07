"""The secret address of an agenda: one at a time, kept as a digest, for who reads dossiers."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from seuil.acteurs.models import AbonnementAgenda, Agent
from seuil.acteurs.operations.abonnements import (
    AgendaRefuse,
    AucunAbonnement,
    create_abonnement,
    end_abonnement,
)
from seuil.acteurs.queries import find_abonne, find_abonnement
from seuil.acteurs.rules import compute_empreinte
from seuil.audit.models import Event


def test_a_token_is_long_random_and_only_its_digest_is_kept(secretaire: Agent, on: date) -> None:
    first, one = create_abonnement(by=secretaire, on=on)
    _, two = create_abonnement(by=secretaire, on=on)

    # 256 bits in base 64.
    assert len(one) == len(two) == 43
    assert one != two
    assert first.empreinte == compute_empreinte(one)
    assert one not in repr(list(AbonnementAgenda.objects.values()))


def test_a_new_address_replaces_the_one_before_and_both_are_in_the_journal(
    secretaire: Agent, on: date
) -> None:
    old, jeton = create_abonnement(by=secretaire, on=on)

    new, _ = create_abonnement(by=secretaire, on=on + timedelta(days=3))

    old.refresh_from_db()
    assert old.revoque_le == on + timedelta(days=3)
    assert find_abonne(jeton=jeton, on=on) is None
    assert find_abonnement(agent=secretaire) == new
    kinds = (
        Event.objects.filter(nature="acte")
        .order_by("id")
        .values_list("kind", "target_id", "details")
    )
    assert list(kinds) == [
        ("agenda.abonnement_cree", str(old.pk), {}),
        ("agenda.abonnement_arrete", str(old.pk), {}),
        ("agenda.abonnement_cree", str(new.pk), {}),
    ]


def test_the_address_of_one_agent_does_not_stop_that_of_another(
    secretaire: Agent, gestionnaire: Agent, on: date
) -> None:
    _, jeton = create_abonnement(by=gestionnaire, on=on)
    create_abonnement(by=secretaire, on=on)

    found = find_abonne(jeton=jeton, on=on)

    assert found is not None
    assert found.agent == gestionnaire


def test_stopping_what_does_not_run_is_refused(secretaire: Agent, on: date) -> None:
    create_abonnement(by=secretaire, on=on)
    end_abonnement(by=secretaire, on=on)

    with pytest.raises(AucunAbonnement):
        end_abonnement(by=secretaire, on=on)


@pytest.mark.parametrize("role", ["charge_mission", "administrateur", "dihal"])
def test_a_role_without_dossier_gets_no_address(
    role: str, on: date, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(AgendaRefuse):
        create_abonnement(by=request.getfixturevalue(role), on=on)

    assert not AbonnementAgenda.objects.exists()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({}, "un_seul_ouvert"),
        ({"empreinte": "un-jeton-en-clair", "revoque_le": date(2026, 12, 1)}, "empreinte"),
        ({"revoque_le": date(2020, 1, 1)}, "periode"),
    ],
)
def test_the_database_refuses_two_addresses_a_clear_token_and_an_end_before_the_start(
    fields: dict[str, object], constraint: str, secretaire: Agent, on: date
) -> None:
    create_abonnement(by=secretaire, on=on)
    row = {"agent": secretaire, "empreinte": "0" * 64, "cree_le": on, **fields}

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        AbonnementAgenda.objects.create(**row)
