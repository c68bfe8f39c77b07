"""Habilitations are dated, renewed, suspended; the database refuses what the code forbids."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from seuil.acteurs.models import Agent, Organisation
from seuil.acteurs.operations.agents import (
    CompteFerme,
    HabilitationRefusee,
    renew_habilitation,
    suspend_agent,
    suspend_endormis,
    wake_agent,
)
from seuil.acteurs.operations.machine import Machine
from seuil.acteurs.operations.organisations import SiretFaux, create_organisation, record_siret
from seuil.acteurs.rules import (
    compute_fin_habilitation,
    is_fin_proche,
    why_bad_siret,
    why_not_habilite,
)
from seuil.audit.models import Event
from seuil.connexions.models import CleAcces, Connexion, Essai, FacteurCode, Invitation
from seuil.connexions.operations.perimes import delete_perimes
from tests.factories.base import make_agent

ON = date(2026, 11, 21)
AT = datetime(2026, 11, 21, 9, tzinfo=UTC)
BY = Machine("essai", "33")


@pytest.mark.parametrize(
    ("on", "fin"),
    [
        (date(2026, 11, 21), date(2027, 11, 21)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2026, 12, 31), date(2027, 12, 31)),
    ],
)
def test_an_habilitation_lasts_a_year(on: date, fin: date) -> None:
    assert compute_fin_habilitation(on=on) == fin


@pytest.mark.parametrize(
    ("days", "near"), [(-1, False), (0, True), (29, True), (30, False), (365, False)]
)
def test_the_end_is_recalled_for_thirty_days(days: int, near: bool) -> None:
    assert is_fin_proche(fin=ON + timedelta(days=days), on=ON) is near


def test_an_open_account_has_no_reason_to_be_refused() -> None:
    assert why_not_habilite(actif=True, suspendu="", debut=ON, fin=ON, on=ON) is None


@pytest.mark.parametrize(
    ("siret", "good"),
    [
        ("13002526500013", True), ("44306184100047", True), ("35600000000048", True),
        ("35600000049837", True), ("13002526500014", False), ("1300252650001", False),
        ("130025265000130", False), ("1300252650001x", False), ("", False),
        ("130 025 265 00", False), ("١٣٠٠٢٥٢٦٥٠٠٠١٣", False),
    ],
)  # fmt: skip
def test_a_siret_is_checked_by_its_key(siret: str, good: bool) -> None:
    assert (why_bad_siret(siret) is None) is good


def test_a_false_siret_is_not_written(gironde: str) -> None:
    with pytest.raises(SiretFaux):
        create_organisation(
            departement="33", type="caf", nom="CAF", by=BY, on=ON, siret="13002526500014"
        )
    home = create_organisation(departement="33", type="caf", nom="CAF", by=BY, on=ON)
    with pytest.raises(SiretFaux):
        record_siret(organisation=home, siret="1", by=BY, on=ON)
    record_siret(organisation=home, siret="13002526500013", by=BY, on=ON)
    assert Organisation.objects.get(pk=home.pk).siret == "13002526500013"


def test_nobody_renews_or_suspends_itself(administrateur: Agent, secretaire: Agent) -> None:
    for operation in (renew_habilitation, suspend_agent, wake_agent):
        with pytest.raises(HabilitationRefusee):
            operation(agent=administrateur, by=administrateur, on=ON)
    secretaire.is_active = False
    secretaire.save()
    with pytest.raises(CompteFerme):
        renew_habilitation(agent=secretaire, by=administrateur, on=ON)


ENDORMIS: dict[str, tuple[dict[str, Any], bool]] = {
    "jamais venu, ancien": ({}, True),
    "jamais venu, récent": ({"habilite_le": ON - timedelta(days=89)}, False),
    "jamais venu, 90 jours": ({"habilite_le": ON - timedelta(days=90)}, True),
    "venu il y a 89 jours": ({"last_login": AT - timedelta(days=89)}, False),
    "venu il y a 91 jours": ({"last_login": AT - timedelta(days=91)}, True),
    "réveillé hier": ({"reveille_le": ON - timedelta(days=1)}, False),
    "renouvelé hier": ({"renouvele_le": ON - timedelta(days=1)}, False),
    "renouvelé il y a 90 jours": ({"renouvele_le": ON - timedelta(days=90)}, True),
    "réveillé il y a 90 jours": ({"reveille_le": ON - timedelta(days=90)}, True),
    "déjà suspendu": ({"suspendu_le": ON, "suspendu_motif": "decision"}, False),
    "fermé": ({"is_active": False}, False),
}


@pytest.mark.parametrize(("fields", "sleeps"), ENDORMIS.values(), ids=ENDORMIS)
def test_accounts_that_sleep_are_suspended(
    gironde: str, fields: dict[str, Any], sleeps: bool
) -> None:
    agent = make_agent(**fields)

    assert suspend_endormis(departement="33", jours=90, by=BY, on=ON) == int(sleeps)
    assert suspend_endormis(departement="33", jours=90, by=BY, on=ON) == 0
    agent.refresh_from_db()
    assert (agent.suspendu_motif == "sommeil") is sleeps
    assert Event.objects.filter(kind="agent.suspendu").count() == int(sleeps)


def test_waking_gives_ninety_days_again(administrateur: Agent, gironde: str) -> None:
    agent = make_agent(last_login=AT)
    Agent.objects.filter(pk=administrateur.pk).update(last_login=AT)
    later = ON + timedelta(days=100)
    Agent.objects.filter(pk=administrateur.pk).update(reveille_le=later)
    suspend_endormis(departement="33", jours=90, by=BY, on=later)

    wake_agent(agent=agent, by=administrateur, on=later)

    assert suspend_endormis(departement="33", jours=90, by=BY, on=later) == 0


def refused(**changes: Any) -> bool:
    try:
        with transaction.atomic():
            make_agent(**changes)
    except IntegrityError:
        return True
    return False


@pytest.mark.parametrize(
    "changes",
    [
        {"habilite_jusqu_au": date(2024, 1, 1)},
        {"habilite_jusqu_au": None},
        {"suspendu_le": ON},
        {"suspendu_motif": "sommeil"},
    ],
)
def test_the_database_refuses_a_contradictory_account(
    gironde: str, changes: dict[str, Any]
) -> None:
    assert refused(**changes)


def _connexion(agent: Agent, **changes: Any) -> Connexion:
    fields = {
        "agent": agent, "moyen": "code", "ouverte_at": AT, "vue_at": AT, "preuve_at": AT,
        "navigateur": "Firefox", "appareil": "Linux", **changes,
    }  # fmt: skip
    return Connexion.objects.create(**fields)


ROWS: dict[str, Any] = {
    "secret en clair": lambda a: FacteurCode.objects.create(
        agent=a, secret="JBSWY3DPEHPK3PXP", dernier_pas=1
    ),
    "pas nul": lambda a: FacteurCode.objects.create(agent=a, secret="gAAAAx", dernier_pas=0),
    "fin sans motif": lambda a: _connexion(a, fin_at=AT),
    "motif sans fin": lambda a: _connexion(a, fin_motif="depart"),
    "fin avant le début": lambda a: _connexion(
        a, fin_at=AT - timedelta(seconds=1), fin_motif="depart"
    ),
    "vue avant le début": lambda a: _connexion(a, vue_at=AT - timedelta(seconds=1)),
    "poste en clair": lambda a: _connexion(a, poste="mon poste"),
    "identifiant de clé": lambda a: CleAcces.objects.create(
        agent=a, nom="x", identifiant="court", cle_publique=b"", compteur=0
    ),
    "compteur négatif": lambda a: CleAcces.objects.create(
        agent=a, nom="x", identifiant="x" * 20, cle_publique=b"", compteur=-1
    ),
    "jeton en clair": lambda a: Invitation.objects.create(
        agent=a, objet="arrivee", empreinte="jeton", expire_at=AT
    ),
    "invitation deux fois finie": lambda a: Invitation.objects.create(
        agent=a, objet="arrivee", empreinte="a" * 64, expire_at=AT, utilise_at=AT, annule_at=AT
    ),
    "deux invitations ouvertes": lambda a: [
        Invitation.objects.create(agent=a, objet="arrivee", empreinte=c * 64, expire_at=AT)
        for c in "ab"
    ],
    "essai en clair": lambda a: Essai.objects.create(
        genre="code", compte="simone@x.fr", lieu="a" * 64, adresse="a" * 64, connu=False,
        essaye_at=AT,
    ),
}  # fmt: skip


@pytest.mark.parametrize("make", ROWS.values(), ids=ROWS)
def test_the_database_refuses_what_the_code_forbids(secretaire: Agent, make: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make(secretaire)


def test_what_no_longer_serves_is_deleted(secretaire: Agent) -> None:
    _connexion(secretaire)
    old = AT - timedelta(days=400)
    _connexion(secretaire, ouverte_at=old, fin_at=old, fin_motif="depart")
    for at in (AT, AT - timedelta(days=2)):
        Essai.objects.create(
            genre="code", compte="a" * 64, lieu="a" * 64, adresse="a" * 64, connu=False,
            essaye_at=at,
        )  # fmt: skip

    assert delete_perimes(at=AT) == 2
    assert Connexion.objects.count() == Essai.objects.count() == 1
