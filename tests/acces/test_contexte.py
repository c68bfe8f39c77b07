"""Who asks, told to PostgreSQL: signed, for one connection and a few minutes."""

import time
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.kernel.contexte import (
    Contexte,
    acting_as,
    acting_as_machine,
    counting,
    current,
    sign,
    under_policies,
)
from tests.factories.base import make_dossier

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 21)


@pytest.fixture
def dossier(gironde: str) -> Dossier:
    return make_dossier(nom="ALPHA")


def ask(statement: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]


def claim(token: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('seuil.contexte', %s, true)", [token])


def contexte_of(agent: Agent) -> Contexte:
    return Contexte("agent", str(agent.pk), agent.departement_id, ON)


def own_pid() -> int:
    return connection.connection.info.backend_pid


def soon() -> int:
    return int(time.time()) + 60


def test_without_context_nothing_is_read(dossier: Dossier) -> None:
    with under_policies():
        assert Dossier.objects.count() == 0
        assert ask("SELECT droits.auteur()") == "base:postgres"

    assert Dossier.objects.count() == 1


def test_an_agent_is_recognised_and_reads_its_own(dossier: Dossier, secretaire: Agent) -> None:
    with under_policies(), acting_as(contexte_of(secretaire)):
        assert Dossier.objects.count() == 1
        assert ask("SELECT droits.auteur()") == f"agent:{secretaire.pk}"
        assert ask("SELECT (droits.moi()).profil") == "secretariat"

    assert current() is None


def test_a_count_reads_and_does_not_write(dossier: Dossier) -> None:
    with under_policies(), counting("essai", on=ON):
        assert Dossier.objects.count() == 1
        assert Dossier.objects.update(parc="social") == 0


def test_the_machine_speaks_for_whom_it_works(dossier: Dossier, secretaire: Agent) -> None:
    with under_policies(), acting_as(contexte_of(secretaire)):
        with acting_as_machine("import", on=ON):
            assert ask("SELECT droits.auteur()") == f"machine:import~{secretaire.pk}"
        assert ask("SELECT droits.auteur()") == f"agent:{secretaire.pk}"


def test_a_machine_of_another_departement_reads_nothing_here(dossier: Dossier) -> None:
    with under_policies(), acting_as_machine("import", departement="62", on=ON):
        assert Dossier.objects.count() == 0


def test_a_failure_inside_gives_the_word_back(dossier: Dossier, secretaire: Agent) -> None:
    with under_policies(), acting_as(contexte_of(secretaire)):
        with pytest.raises(ValueError, match="essai"), acting_as_machine("import", on=ON):
            raise ValueError("essai")
        assert ask("SELECT droits.auteur()") == f"agent:{secretaire.pk}"
        assert current() == contexte_of(secretaire)


@pytest.mark.parametrize(
    "forge",
    [
        lambda c: sign(c, pid=own_pid() + 1, until=soon()),
        lambda c: sign(c, pid=own_pid(), until=int(time.time()) - 1),
        lambda c: sign(c, pid=own_pid(), until=soon())[:-2] + "zz",
        lambda c: sign(c, pid=own_pid(), until=soon()).replace("agent", "machine"),
        lambda c: sign(c, pid=own_pid(), until=soon()).replace("|33|", "|*|"),
        lambda c: sign(c, pid=own_pid(), until=soon()) + "|",
        lambda c: sign(c, pid=own_pid(), until=soon()).rpartition("|")[0],
        lambda c: c.qui,
        lambda c: "||||||",
        lambda c: "",
    ],
    ids=[
        "autre connexion", "expiré", "signature", "genre changé", "département changé", "trop long",
        "sans signature", "identifiant nu", "vide", "absent",
    ],
)  # fmt: skip
def test_a_forged_or_old_token_is_nobody(
    forge: Callable[[Contexte], str], dossier: Dossier, secretaire: Agent
) -> None:
    with under_policies():
        claim(forge(contexte_of(secretaire)))

        assert ask("SELECT droits.present()") is False
        assert Dossier.objects.count() == 0


def test_a_suspended_account_is_nobody_at_once(dossier: Dossier, secretaire: Agent) -> None:
    with under_policies(), acting_as(contexte_of(secretaire)):
        assert Dossier.objects.count() == 1

    Agent.objects.filter(pk=secretaire.pk).update(is_active=False)

    with under_policies(), acting_as(contexte_of(secretaire)):
        assert Dossier.objects.count() == 0


@pytest.mark.parametrize("genre", ["inconnu", "agents", ""])
def test_an_unknown_kind_is_nobody(genre: str, dossier: Dossier) -> None:
    with under_policies(), acting_as(Contexte(genre, "x", "33", ON)):
        assert Dossier.objects.count() == 0


def test_the_household_reads_its_own_dossier_by_its_code(dossier: Dossier, gironde: str) -> None:
    other = make_dossier(nom="BETA")

    with under_policies(), acting_as(Contexte("code", f"menage:{dossier.pk}", "33", ON)):
        assert list(Dossier.objects.order_by("pk")) == [dossier]
        assert dossier.personnes.count() == 1
        assert other.personnes.count() == 0
        assert Dossier.objects.update(parc="social") == 0


def test_the_landlord_reads_the_lease_and_not_the_household(dossier: Dossier) -> None:
    contexte = Contexte("code", f"bailleur_du_code:{dossier.pk}", "33", ON)

    with under_policies(), acting_as(contexte):
        assert dossier.dettes.count() == 1
        assert dossier.personnes.count() == 0
