"""The officer reads the alerts of the département, and notes once what it verified of each."""

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.core import mail
from django.core.checks import run_checks
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.acteurs.operations.machine import Machine
from seuil.audit.models import Event
from seuil.audit.operations import Lecteur, Page, record_event, record_lecture
from seuil.audit.queries import list_alertes
from seuil.audit.rules import SURVEILLANCES, Surveillance, read_surveillances
from seuil.connexions.operations.courriels import deposit_courriels
from seuil.jobs.tasks import watch_journal
from seuil.kernel.clock import now
from seuil.kernel.contexte import Contexte, acting_as, acting_as_machine, under_policies
from seuil.web.checks import check_alertes
from tests.conftest import ON
from tests.factories.base import make_agent
from tests.harness.client import StrictClient, read

ClientDe = Callable[[object], StrictClient]
pytestmark = pytest.mark.django_db
NOTE = {"note": "Vu avec elle : relances du mois."}


def make_alerte(agent: Agent, kind: str = "alerte.fiches", departement: str = "33") -> str:
    volumes = {"fiches": 81, "listes": 81, "exports": 0, "refus": 1}
    line = record_event(
        kind=kind, by=Machine("surveillance", departement), on=ON, target_type="agent",
        target_id=agent.pk, details=volumes,
    )  # fmt: skip
    return reverse("alerte_traiter", args=[line])


def test_the_officer_reads_an_alert_notes_it_and_the_menu_counts_those_left(
    dpo: Agent, juriste: Agent, secretaire: Agent, client_de: ClientDe
) -> None:
    address, other = make_alerte(juriste), make_alerte(secretaire, "alerte.exports")
    officer = client_de(dpo)

    listed = read(officer.get(reverse("alertes"))).text
    assert "2 alertes à traiter" in listed
    assert str(juriste) in listed
    assert "81 dossiers ouverts" in listed
    assert "Alertes 2 à traiter" in " ".join(read(officer.get(reverse("droits"))).text.split())
    assert officer.post(address, NOTE).status_code == 302

    listed = read(officer.get(reverse("alertes"))).text
    assert "1 alerte à traiter" in listed
    assert NOTE["note"] in listed
    assert str(dpo) in listed
    assert listed.index(str(secretaire)) < listed.index(str(juriste))
    line = Event.objects.get(kind="alerte_traitee")
    assert (line.by_id, line.target_id) == (str(dpo.pk), address.strip("/").rpartition("/")[2])
    assert officer.get(other).status_code == 200


def test_an_alert_is_handled_once_and_never_without_a_word(
    dpo: Agent, juriste: Agent, client_de: ClientDe
) -> None:
    address, officer = make_alerte(juriste), client_de(dpo)

    empty = officer.post(address, {"note": "  "})
    assert empty.status_code == 422
    assert not Event.objects.filter(kind="alerte_traitee").exists()
    officer.post(address, NOTE)
    again = officer.post(address, {"note": "Autre chose"})

    assert again.status_code == 422
    assert "déjà traitée" in read(again).text
    assert NOTE["note"] in read(again).text
    assert Event.objects.filter(kind="alerte_traitee").count() == 1


@pytest.mark.parametrize(
    "role", ["secretariat", "administrateur", "juriste", "charge_mission", "dihal", "partenaire"]
)
def test_nobody_else_reads_nor_handles_them(
    role: str, ddets: object, juriste: Agent, client_de: ClientDe
) -> None:
    address = make_alerte(juriste)
    agent = make_agent(role=role, organisation=ddets)
    client = client_de(agent)

    assert client.get(reverse("alertes")).status_code in {403, 404}
    assert client.post(address, NOTE).status_code in {403, 404}
    assert "Alertes" not in client.get(reverse("matrice")).content.decode()
    contexte = Contexte("agent", str(agent.pk), "33", ON)
    with under_policies(), acting_as(contexte):
        assert list_alertes(depuis=now() - timedelta(days=1)) == []


def test_the_alerts_of_another_departement_are_not_there(
    dpo: Agent, juriste: Agent, client_de: ClientDe
) -> None:
    address = make_alerte(juriste, departement="62")

    assert client_de(dpo).get(address).status_code == 404
    assert "Aucune" in read(client_de(dpo).get(reverse("alertes"))).text


def test_the_list_is_cut_by_fifty_and_asks_as_much_whatever_it_holds(
    dpo: Agent, juriste: Agent, client_de: ClientDe
) -> None:
    officer, counts = client_de(dpo), []
    for many in (2, 60):
        for _ in range(many):
            make_alerte(juriste)
        officer.get(reverse("alertes"))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page = officer.get(reverse("alertes"))
        counts.append(len(asked))

    assert page.content.decode().count(">Traiter<") == 50
    assert counts[0] == counts[1]


def test_the_mail_leads_to_the_page_and_the_thresholds_are_settings(
    dpo: Agent, secretaire: Agent, settings: object
) -> None:
    settings.SEUIL_COURRIEL = "smtp://127.0.0.1:1"
    settings.CSRF_TRUSTED_ORIGINS = ["https://seuil.exemple.fr"]
    settings.SEUIL_ALERTES_HEURE = "3,2000,5,30"
    by = Lecteur(id=str(secretaire.pk), role=secretaire.role, departement="33")
    for _ in range(3):
        record_lecture(by=by, page=Page("dossier.lire", "dossier"), dossiers=[uuid4()],
                       categories=["identite"])  # fmt: skip

    watch_journal()

    with acting_as_machine("courriels", on=ON):
        deposit_courriels(cle=django_settings.SECRET_KEY, at=now())
    (message,) = mail.outbox
    assert f"https://seuil.exemple.fr{reverse('alertes')}" in message.body
    assert Event.objects.filter(kind="alerte.fiches").count() == 1


def test_thresholds_are_read_whole_or_refused() -> None:
    hour, day = read_surveillances("1, 2,3,4", "")
    assert hour == Surveillance(timedelta(hours=1), 1, 2, 3, 4)
    assert day == SURVEILLANCES[1]
    for wrong in ("1,2,3", "1,2,3,0", "1,2,3,x", "-1,2,3,4", "80"):
        with pytest.raises(ValueError, match="quatre nombres"):
            read_surveillances(wrong, "")


def test_an_instance_whose_thresholds_are_not_understood_does_not_start(settings: object) -> None:
    assert check_alertes() == []
    settings.SEUIL_ALERTES_JOUR = "500,6000,quinze,90"

    assert [m.id for m in check_alertes()] == ["seuil.E003"]
    assert check_alertes() == [m for m in run_checks() if m.id == "seuil.E003"]
