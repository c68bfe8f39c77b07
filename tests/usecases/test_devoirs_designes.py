"""A landlord, a commissaire that a link names receives what it owes, nothing else of a file."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.urls import reverse

from seuil.actes.models import Acte
from seuil.acteurs.models import Agent
from seuil.dossiers.models import Acces, Dossier
from seuil.travail.models import Tache
from seuil.travail.queries import Filtres, get_aujourdhui
from seuil.usecases.open_acces import end_acces, open_acces
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.factories.base import make_acces, make_acte, make_agent, make_dossier, make_organisation
from tests.harness.client import StrictClient

ClientDe = Callable[[object], StrictClient]
LIENS = [
    ("bailleur_social", "bailleur", "social", "jugement", {"E3J-BS-1"}),
    ("bailleur_prive", "bailleur", "prive", "jugement", {"E3J-BP-1"}),
    # Seen six weeks before its day, which is six months after the judgment.
    ("commissaire", "destinataire", "prive", "commandement", {"E2-COMMISSAIRE-2"}),
]


def make_procedure(parc: str, etape: str, on: date) -> Acte:
    return make_acte(
        dossier=make_dossier(parc=parc),
        type=etape,
        sens="resiliation" if etape == "jugement" else "",
        survenu_le=on - timedelta(days=5),
        recu_le=on - timedelta(days=4),
    )


def list_devoirs(agent: Agent, on: date) -> set[str]:
    return {
        t.devoir for t in get_aujourdhui(agent=agent, on=on, filtres=Filtres(genre="devoir")).taches
    }


@pytest.mark.parametrize(("type_", "relation", "parc", "etape", "owed"), LIENS)
def test_who_is_designated_for_a_dossier_receives_its_duties_until_the_link_ends(
    type_: str, relation: str, parc: str, etape: str, owed: set[str],
    gironde: str, secretaire: Agent, on: date,
) -> None:  # fmt: skip
    theirs = make_agent(role="partenaire", organisation=make_organisation(type=type_))
    acte = make_procedure(parc, etape, on)
    refresh_dossiers(dossier_ids=[acte.dossier_id], on=on)
    before = list_devoirs(theirs, on)

    open_acces(
        dossier=acte.dossier, organisation=theirs.organisation, relation=relation,
        motif="Désigné au dossier", by=secretaire, on=on,
    )  # fmt: skip

    assert before == set()
    assert list_devoirs(theirs, on) == owed
    end_acces(acces=Acces.objects.get(), by=secretaire, on=on)
    assert list_devoirs(theirs, on) == set()


def test_the_secretariat_designates_a_commissaire_by_screen_who_then_sees_its_work(
    gironde: str, secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    theirs = make_agent(role="partenaire", organisation=make_organisation(type="commissaire"))
    acte = make_procedure("prive", "commandement", on)
    refresh_dossiers(dossier_ids=[acte.dossier_id], on=on)
    sent = {
        "organisation": str(theirs.organisation_id), "relation": "destinataire",
        "motif": "Étude chargée de la procédure",
    }  # fmt: skip

    page = client_de(secretaire).post(reverse("acces_ouvrir", args=[acte.dossier.numero]), sent)

    assert page.status_code == 302
    shown = client_de(theirs).get(reverse("a_faire")).content.decode()
    assert "Signifier le commandement à la caution" in shown
    # The file does not say whether somebody stands surety: the condition is told with the work.
    assert "S’il y a une caution." in shown


@pytest.mark.parametrize(("type_", "relation", "parc", "etape", "owed"), LIENS)
def test_whoever_has_no_account_receives_nothing(
    type_: str, relation: str, parc: str, etape: str, owed: set[str], gironde: str, on: date
) -> None:
    acte = make_procedure(parc, etape, on)
    organisation = make_organisation(type=type_)
    make_acces(
        dossier=acte.dossier, relation=relation, organisation=organisation, debut_le=on,
        motif="Désigné" if relation == "destinataire" else "",
    )  # fmt: skip
    refresh_dossiers(dossier_ids=[acte.dossier_id], on=on)

    assert not Tache.objects.filter(organisation=organisation).exists()


def test_a_landlord_designated_on_another_file_receives_nothing_of_this_one(
    gironde: str, on: date
) -> None:
    theirs = make_agent(role="partenaire", organisation=make_organisation(type="bailleur_social"))
    acte, other = (make_procedure("social", "jugement", on) for _ in range(2))
    make_acces(
        dossier=other.dossier, relation="bailleur", organisation=theirs.organisation, debut_le=on
    )
    refresh_dossiers(dossier_ids=[acte.dossier_id, other.dossier_id], on=on)

    rows = Tache.objects.filter(organisation=theirs.organisation)
    assert {t.dossier_id for t in rows} == {other.dossier_id}


def test_the_private_landlord_answers_without_opening_the_file(
    gironde: str, on: date, client_de: ClientDe
) -> None:
    theirs = make_agent(role="partenaire", organisation=make_organisation(type="bailleur_prive"))
    acte = make_procedure("prive", "jugement", on)
    make_acces(
        dossier=acte.dossier, relation="bailleur", organisation=theirs.organisation, debut_le=on
    )
    refresh_dossiers(dossier_ids=[acte.dossier_id], on=on)
    client = client_de(theirs)
    page = reverse("devoir_rendre", args=[acte.dossier.numero, "E3J-BP-1", acte.pk])

    assert client.get(reverse("dossier", args=[acte.dossier.numero])).status_code in {403, 404}
    sent = {"faite_le": on.isoformat(), "etat": "fait", "preuve": "Courriel"}
    assert client.post(page, sent).status_code == 302
    assert list_devoirs(theirs, on) == set()


def test_a_departure_ends_the_decision_asked_of_the_prefecture(
    gironde: str, gestionnaire: Agent, on: date
) -> None:
    dossier: Dossier = make_dossier()
    make_acte(dossier=dossier, type="rfp", survenu_le=on - timedelta(days=20))
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    asked = set(Tache.objects.values_list("genre", flat=True))
    make_acte(dossier=dossier, type="depart", survenu_le=on - timedelta(days=1))
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)

    assert "decision_cfp" in asked
    assert not Tache.objects.filter(genre="decision_cfp").exists()


@pytest.mark.parametrize(("days", "written"), [(100, True), (686, False)])
def test_a_decision_never_taken_leaves_the_queue_three_months_after_the_silence_refused(
    days: int, written: bool, gironde: str, on: date
) -> None:
    dossier = make_dossier()
    rfp_le = on - timedelta(days=days)
    make_acte(dossier=dossier, type="rfp", survenu_le=rfp_le, recu_le=rfp_le)
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)

    assert Tache.objects.filter(genre="decision_cfp").exists() is written
