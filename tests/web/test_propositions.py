"""A partner proposes to open a file; the secretariat answers, and the partner reads the answer."""

from collections.abc import Callable
from datetime import date

import pytest
from django.urls import reverse

from seuil.actes.models import Proposition
from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.conservation.operations import delete_expires
from seuil.dossiers.models import Dossier
from seuil.kernel.contexte import acting_as_machine
from tests.factories.base import make_agent, make_dossier, make_organisation
from tests.harness.client import StrictClient
from tests.web.test_deux_envois import read_etat

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)
ClientDe = Callable[[object], StrictClient]
DITS = {
    "genre": "signalement", "nom": "ROSSIGNOL", "prenom": "Claude",
    "adresse": "12 avenue des Peupliers", "code_commune": "33063", "telephone": "06 39 98 15 31",
    "acte_le": "2026-11-10",
}  # fmt: skip
LISTE = "/propositions/"


@pytest.fixture
def partenaire(gironde: str) -> Agent:
    return make_agent(
        role="partenaire", organisation=make_organisation(type="caf", nom="CAF d’essai")
    )


def propose(client: StrictClient, **champs: str) -> str:
    page = client.post(reverse("proposition_deposer"), DITS | champs, follow=True)
    return page.content.decode()


def test_a_proposal_opens_nothing_before_it_is_accepted(
    client_de: ClientDe, partenaire: Agent, secretaire: Agent
) -> None:
    page = propose(client_de(partenaire))
    assert "ROSSIGNOL Claude" in page
    assert "attendue" in page
    assert not Dossier.objects.exists()

    chez = client_de(secretaire)
    found = Proposition.objects.get()
    assert (
        "1\N{NO-BREAK SPACE}proposition de partenaire attend"
        in chez.get(reverse("listes")).content.decode()
    )
    shown = chez.get(reverse("proposition", args=[found.pk])).content.decode()
    assert "12 avenue des Peupliers" in shown
    assert "Aucun dossier ne ressemble" in shown

    opened = chez.post(reverse("proposition", args=[found.pk]))
    dossier = Dossier.objects.get()
    assert opened.url == reverse("dossier", args=[dossier.numero])
    assert dossier.actes.get().type == "signalement"
    assert "Acceptée le 21/11/2026" in client_de(partenaire).get(LISTE).content.decode()


def test_refused_the_partner_reads_why(
    client_de: ClientDe, partenaire: Agent, secretaire: Agent
) -> None:
    propose(client_de(partenaire))
    found = Proposition.objects.get()
    address = reverse("proposition_refuser", args=[found.pk])
    chez = client_de(secretaire)

    chez.post(address, {"motif": " "})
    found.refresh_from_db()
    assert found.decision == ""

    chez.post(address, {"motif": "hors du département"})
    page = client_de(partenaire).get(LISTE).content.decode()
    assert "hors du département" in page
    assert not Dossier.objects.exists()
    kinds = set(Event.objects.filter(target_type="proposition").values_list("kind", flat=True))
    assert kinds == {"proposition.deposee", "proposition.refusee"}


def test_near_households_are_shown_to_the_secretariat_alone(
    client_de: ClientDe, partenaire: Agent, secretaire: Agent
) -> None:
    known = make_dossier(nom="ROSSIGNOL")
    page = propose(client_de(partenaire))
    assert known.numero not in page
    found = Proposition.objects.get()
    address = reverse("proposition", args=[found.pk])
    chez = client_de(secretaire)

    assert known.numero in chez.get(address).content.decode()
    assert chez.post(address).status_code == 422
    assert chez.post(address, {"choix": "autre"}).status_code == 422
    chez.post(address, {"choix": str(known.pk)})

    found.refresh_from_db()
    assert found.dossier == known
    assert Dossier.objects.count() == 1


def test_an_answer_is_given_once(client_de: ClientDe, partenaire: Agent, secretaire: Agent) -> None:
    propose(client_de(partenaire))
    found = Proposition.objects.get()
    chez = client_de(secretaire)
    chez.post(reverse("proposition", args=[found.pk]))

    chez.post(reverse("proposition_refuser", args=[found.pk]), {"motif": "trop tard"})

    found.refresh_from_db()
    assert found.decision == "acceptee"
    assert "Acceptée" in chez.get(reverse("proposition", args=[found.pk])).content.decode()


def test_the_same_proposal_sent_twice_is_kept_once(client_de: ClientDe, partenaire: Agent) -> None:
    client = client_de(partenaire)
    propose(client)

    again = client.post(reverse("proposition_deposer"), DITS)

    assert again.status_code == 422
    assert "déjà proposé" in again.content.decode()
    assert Proposition.objects.count() == 1


def test_each_answer_sent_twice_is_given_once(
    client_de: ClientDe, partenaire: Agent, secretaire: Agent
) -> None:
    chez = client_de(secretaire)
    for name, sent in (("proposition_refuser", {"motif": "hors du champ"}), ("proposition", {})):
        propose(client_de(partenaire))
        found = Proposition.objects.get(decision="")
        chez.post(reverse(name, args=[found.pk]), sent)
        before = read_etat()
        chez.post(reverse(name, args=[found.pk]), sent)
        assert read_etat() == before, name


def test_another_organisation_reads_nothing_of_it(
    client_de: ClientDe, partenaire: Agent, gironde: str
) -> None:
    propose(client_de(partenaire))
    found = Proposition.objects.get()
    other = make_agent(role="partenaire", organisation=make_organisation(type="adil"))
    mission = make_agent(role="charge_mission", organisation=partenaire.organisation)

    page = client_de(other).get(LISTE).content.decode()
    assert "ROSSIGNOL" not in page
    assert client_de(other).get(reverse("proposition", args=[found.pk])).status_code == 404
    assert client_de(mission).get(LISTE).status_code == 404


def test_what_a_list_would_refuse_is_refused_at_once(
    client_de: ClientDe, partenaire: Agent
) -> None:
    answer = client_de(partenaire).post(
        reverse("proposition_deposer"), DITS | {"acte_le": "2027-01-01"}
    )

    assert answer.status_code == 422
    assert "à venir" in answer.content.decode()
    assert not Proposition.objects.exists()


def test_it_is_erased_a_year_after_the_answer(client_de: ClientDe, partenaire: Agent) -> None:
    propose(client_de(partenaire))

    with acting_as_machine("purge", on=ON, departement="33"):
        assert delete_expires(regle="proposition", departement="33", on=date(2027, 11, 21)) == 0
        assert delete_expires(regle="proposition", departement="33", on=date(2027, 11, 22)) == 1
