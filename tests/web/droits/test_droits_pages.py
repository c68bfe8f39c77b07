"""The officer answers people; the secretariat holds a file; anyone reads what is kept."""

import io
import zipfile
from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection

from seuil.acteurs.models import Agent, Organisation
from seuil.conservation.models import DemandeDroit, Gel, ResteAnonyme
from seuil.conservation.queries.lecteurs import list_lecteurs
from seuil.dossiers.models import Dossier
from seuil.kernel.contexte import acting_as_machine, under_policies
from seuil.usecases.purge_dossiers import purge_dossiers
from seuil.web.access import in_contexte_of
from tests.factories.base import make_acte, make_dossier
from tests.factories.conservation import JETON, make_dossier_complet
from tests.harness.client import StrictClient

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)
Sign = Callable[[object], StrictClient]


@pytest.fixture
def complet(operateur: Organisation, chef_equipe: Agent, settings: object, tmp_path) -> Dossier:
    settings.SEUIL_DOCUMENTS = tmp_path
    return make_dossier_complet(operateur=operateur, agent=chef_equipe)


@pytest.fixture
def officer(client_de: Sign, dpo: Agent) -> StrictClient:
    return client_de(dpo)


def receive(client: StrictClient, dossier: Dossier, **fields: str) -> object:
    data = {
        "numero": dossier.numero, "droit": "acces", "demandeur": "Claude FICTIF", "objet": "Tout",
        "recue_le": "2026-11-02",
    }  # fmt: skip
    return client.post("/droits/", data | fields)


def test_anyone_reads_what_is_kept_why_for_whom_how_long(client: StrictClient) -> None:
    response = client.get("/donnees-personnelles/")

    page = response.content.decode()
    assert response.status_code == 200
    for told in (
        "loi n° 90-449", "Secrétariat de la CCAPEX", "2\xa0ans", "dernier contact",
        "téléphone", "CNIL", "art. 17.3.b",
    ):  # fmt: skip
        assert told in page


def test_every_page_leads_to_it(client: StrictClient) -> None:
    assert 'href="/donnees-personnelles/"' in client.get("/connexion/").content.decode()


def test_a_request_is_written_read_and_answered(officer: StrictClient, gironde: str) -> None:
    dossier = make_dossier()

    response = receive(officer, dossier)

    demande = DemandeDroit.objects.get()
    assert response.status_code == 302
    page = officer.get("/droits/").content.decode()
    assert "1\xa0demande" in page
    assert "02/12/2026" in page
    address = f"/droits/{demande.pk}/"
    assert "Claude FICTIF" in officer.get(address).content.decode()
    refused = officer.post(address, {"decision": "refusee", "repondue_le": "2026-11-20"})
    assert refused.status_code == 422
    officer.post(
        address, {"decision": "refusee", "motif": "Art. 17.3.b", "repondue_le": "2026-11-20"}
    )
    demande.refresh_from_db()
    assert (demande.decision, demande.motif) == ("refusee", "Art. 17.3.b")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"numero": "33-2026-999999"}, "Aucun dossier ne porte ce numéro"),
        ({"numero": ""}, "Remplissez ce champ"),
        ({"recue_le": "2026-12-01"}, "à venir"),
        ({"droit": "oubli"}, "Choisissez"),
    ],
)
def test_a_request_badly_written_is_refused(
    officer: StrictClient, gironde: str, fields: dict[str, str], told: str
) -> None:
    response = receive(officer, make_dossier(), **fields)

    assert response.status_code == 422
    assert told in response.content.decode()
    assert not DemandeDroit.objects.exists()


def test_the_file_of_another_departement_is_not_found(officer: StrictClient) -> None:
    assert receive(officer, make_dossier(departement_id="62")).status_code == 422


def test_the_time_to_answer_is_extended_once(officer: StrictClient, gironde: str) -> None:
    receive(officer, make_dossier())
    address = f"/droits/{DemandeDroit.objects.get().pk}/"

    officer.post(f"{address}prolonger/")

    page = officer.get(address).content.decode()
    assert "mardi 2 février 2027" in page
    assert "Prolonger de deux mois" not in page


def test_a_file_is_limited_and_given_back(
    officer: StrictClient, client_de: Sign, secretaire: Agent, gironde: str
) -> None:
    dossier = make_dossier()
    receive(officer, dossier, droit="limitation")
    address = f"/droits/{DemandeDroit.objects.get().pk}/"
    secretary = client_de(secretaire)
    assert secretary.get(f"/dossiers/{dossier.numero}/").status_code == 200

    officer.post(f"{address}limiter/")

    assert Dossier.objects.get(pk=dossier.pk).limite_le == ON
    assert secretary.get(f"/dossiers/{dossier.numero}/").status_code == 404
    assert officer.get(f"/dossiers/{dossier.numero}/").status_code == 200
    assert "traitement limité depuis" in officer.get(address).content.decode()
    # The request being answered is the register's line: no other is added.
    assert DemandeDroit.objects.count() == 1
    # Sent twice: refused, nothing is given back.
    officer.post(f"{address}limiter/")
    assert secretary.get(f"/dossiers/{dossier.numero}/").status_code == 404
    officer.post(f"{address}rendre/")
    assert secretary.get(f"/dossiers/{dossier.numero}/").status_code == 200


def test_the_data_are_downloaded_as_three_files(officer: StrictClient, complet: Dossier) -> None:
    receive(officer, complet)
    address = f"/droits/{DemandeDroit.objects.get(demandeur='Claude FICTIF').pk}/donnees/"

    response = officer.post(address, {"personne": "1", "masquer": "confidence\n"})

    archive = zipfile.ZipFile(io.BytesIO(response.content))
    assert set(archive.namelist()) == {"donnees.html", "donnees.csv", "donnees.json"}
    page = archive.read("donnees.html").decode()
    assert JETON in page
    assert "confidence" not in page
    assert officer.post(address, {"personne": "9"}).status_code == 422


def test_an_erased_file_leaves_its_request_readable(
    officer: StrictClient, complet: Dossier
) -> None:
    from datetime import UTC, datetime

    purge_dossiers(departement="33", on=ON, at=datetime(2026, 11, 21, tzinfo=UTC))
    address = f"/droits/{DemandeDroit.objects.get().pk}/"

    assert "effacé" in officer.get(address).content.decode()
    assert officer.post(f"{address}donnees/", {"personne": "1"}).status_code == 404
    assert officer.post(f"{address}limiter/").status_code == 404
    assert "effacé" in officer.get("/droits/").content.decode()


def test_the_impact_analysis_is_downloaded(officer: StrictClient) -> None:
    response = officer.get("/droits/aipd.md")

    assert response["Content-Type"].startswith("text/markdown")
    assert "## Risques" in response.content.decode()


def test_a_request_that_is_not_there_is_not_found(officer: StrictClient) -> None:
    address = "/droits/00000000-0000-0000-0000-000000000007/"

    assert officer.get(address).status_code == 404


@pytest.mark.parametrize("fixture", ["secretaire", "gestionnaire", "administrateur", "dihal"])
def test_nobody_else_opens_the_register(
    fixture: str, request: pytest.FixtureRequest, client_de: Sign
) -> None:
    client = client_de(request.getfixturevalue(fixture))

    assert client.get("/droits/").status_code == 404
    assert client.get("/droits/aipd.md").status_code == 404


def test_the_secretariat_holds_a_file_and_lets_it_go(
    client_de: Sign, secretaire: Agent, complet: Dossier
) -> None:
    client = client_de(secretaire)
    address = f"/dossiers/{complet.numero}/gel/"
    assert "mercredi 4 octobre 2023" in client.get(address).content.decode()

    assert client.post(address, {"motif": ""}).status_code == 422
    client.post(address, {"motif": "Recours annoncé"})

    assert Gel.objects.get(leve_le=None).motif == "Recours annoncé"
    assert "Gel demandé" in client.get(address).content.decode()

    # Sent twice, or from a tab left open: refused, nothing is lifted.
    twice = client.post(address, {"motif": "Recours annoncé"})
    assert twice.status_code == 422
    assert "déjà gelée" in twice.content.decode()
    assert client.post(address, {}).status_code == 422
    assert Gel.objects.filter(leve_le=None).count() == 1

    client.post(f"{address}lever/")
    assert not Gel.objects.filter(leve_le=None).exists()
    assert client.post(f"{address}lever/").status_code == 302
    assert not Gel.objects.filter(leve_le=None).exists()


def test_a_figure_says_how_many_of_its_files_were_erased(
    client_de: Sign, secretaire: Agent, complet: Dossier
) -> None:
    from datetime import UTC, datetime

    address = "/activite/tentatives/dossiers/?mois=2021-04"
    client = client_de(secretaire)
    before = client.get(address)
    assert before.status_code == 200
    assert "dossiers effacés" not in before.content.decode()

    purge_dossiers(departement="33", on=ON, at=datetime(2026, 11, 21, tzinfo=UTC))

    page = client.get(address).content.decode()
    assert "2\xa0lignes de dossiers effacés" in page


# The database keeps the register to the officer, whatever the application asks.


def read_under_policies(agent: Agent) -> tuple[int, int]:
    with in_contexte_of(agent, on=ON):
        return DemandeDroit.objects.count(), ResteAnonyme.objects.count()


def test_the_database_shows_the_register_to_the_officer_alone(
    complet: Dossier, dpo: Agent, secretaire: Agent, chef_equipe: Agent
) -> None:
    ResteAnonyme.objects.create(
        departement="33", maille="departement", ouverture="2020-01", fin="2021-01", parc="prive",
        accompagne=False,
    )  # fmt: skip

    assert read_under_policies(dpo) == (1, 1)
    assert read_under_policies(secretaire) == (0, 0)
    assert read_under_policies(chef_equipe) == (0, 0)


def test_the_purge_works_as_the_application_s_role(complet: Dossier) -> None:
    from datetime import UTC, datetime

    with under_policies():
        bilan = purge_dossiers(departement="33", on=ON, at=datetime(2026, 11, 21, tzinfo=UTC))

    assert bilan.dossiers == 1
    assert not Dossier.objects.exists()
    assert ResteAnonyme.objects.count() == 1
    assert connection.settings_dict["USER"]
    with acting_as_machine("essai", on=ON):
        assert ResteAnonyme.objects.count() == 1


def test_whoever_the_journal_saw_read_the_file_is_named(
    client_de: Sign, secretaire: Agent, gironde: str
) -> None:
    dossier = make_dossier()
    assert client_de(secretaire).get(f"/dossiers/{dossier.numero}/").status_code == 200

    found = list_lecteurs(dossier=dossier, categorie="identite", depuis=dossier.ouvert_le, on=ON)

    assert [(x.organisation, x.a_lu) for x in found] == [(secretaire.organisation.nom, True)]
    assert "a consulté, la dernière fois le" in found[0].pourquoi


def test_a_hearing_to_come_is_no_last_contact(secretaire: Agent, client_de: Sign) -> None:
    dossier = make_dossier()
    make_acte(dossier=dossier, survenu_le=date(2026, 9, 1))
    client = client_de(secretaire)
    before = client.get(f"/dossiers/{dossier.numero}/gel/").content.decode()
    make_acte(dossier=dossier, type="audience", survenu_le=date(2027, 2, 9))

    after = client.get(f"/dossiers/{dossier.numero}/gel/").content.decode()

    assert "Le dernier contact, ou la fin de la procédure" in before
    assert "Le dernier contact" not in after
    assert "Une date est à venir dans ce dossier, le mardi 9 février 2027" in after
