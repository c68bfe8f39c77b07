"""A partner's À faire, the page « C’est fait », and who does what on a dossier."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from seuil.actes.models import Acte
from seuil.acteurs.models import Agent
from seuil.kernel.models import new_id
from seuil.travail.models import Diligence, Tache
from seuil.usecases.refresh_dossiers import refresh_dossiers
from seuil.web.dossier.onglets.devoirs import read_devoirs
from tests.factories.base import make_acces, make_acte, make_agent, make_dossier, make_organisation
from tests.harness.client import StrictClient, read
from tests.harness.html import select, select_all

ClientDe = Callable[[object], StrictClient]


@pytest.fixture
def acte(gironde: str, caf: object, secretaire: Agent, on: date) -> Acte:
    found = make_acte(dossier=make_dossier(nom="ALPHA"), survenu_le=on - timedelta(days=10))
    refresh_dossiers(dossier_ids=[found.dossier_id], on=on)
    return found


@pytest.fixture
def signale(gironde: str, caf: object, secretaire: Agent, on: date) -> Acte:
    """An arrears told: the CAF owes what no fact of the product shows."""
    found = make_acte(
        dossier=make_dossier(nom="ALPHA"), type="signalement", survenu_le=on - timedelta(days=10)
    )
    refresh_dossiers(dossier_ids=[found.dossier_id], on=on)
    return found


def address(acte: Acte, devoir: str = "E2-CAF-1") -> str:
    return reverse("devoir_rendre", args=[acte.dossier.numero, devoir, acte.pk])


def test_a_partner_sees_its_duties_and_what_the_matrix_opens_of_the_dossier(
    acte: Acte, partenaire: Agent, client_de: ClientDe
) -> None:
    client = client_de(partenaire)

    page = read(client.get(reverse("a_faire")))

    (task,) = select_all(page, ".seuil-jour__ligne")
    for words in ("ALPHA Claude", "Bordeaux", "Inscrire au tableau partagé"):
        assert words in task.text
    assert "Preuve attendue\u00a0: Jour de l’inscription au tableau." in task.text
    dossier = reverse("dossier", args=[acte.dossier.numero])
    line = reverse("tableau_menage", args=[acte.dossier.numero])
    assert {line, dossier} <= {e.attrs["href"].partition("?")[0] for e in select_all(task, "a")}
    text = read(client.get(dossier)).text
    assert "otre organisme a quelque chose à faire" in read(client.get(f"{dossier}acces/")).text
    # The CAF reads who and when; not the debt, nor the phone, nor the visits.
    assert "ALPHA" in text
    for words in ("Dette et bail", "Contacts et visites", "Accompagnement", "Documents", "DSF"):
        assert words not in text
    assert client.get(f"{dossier}dette/").status_code == 404


def test_the_duties_of_the_secretariat_come_after_the_hearings(
    acte: Acte, secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    make_acte(
        dossier=(other := make_dossier(nom="BETA")), type="assignation",
        survenu_le=on - timedelta(days=5), audience_le=on + timedelta(days=40),
    )  # fmt: skip
    refresh_dossiers(dossier_ids=[other.pk], on=on)
    client = client_de(secretaire)

    page = read(client.get(reverse("a_faire")))
    duties = read(client.get(reverse("a_faire") + "?genre=devoir"))

    assert ["BETA" in t.text for t in select_all(page, ".seuil-jour__ligne")] == [True, False]
    assert "Devoirs de la charte et de la loi (2)" in page.text
    assert len(select_all(duties, ".seuil-jour__ligne")) == 2


def test_saying_that_it_is_done_ends_the_task(
    signale: Acte, partenaire: Agent, on: date, client_de: ClientDe
) -> None:
    client = client_de(partenaire)
    form = client.get(address(signale, "E1-CAF-2")).content.decode()
    assert "Attendu\u00a0: Jour de l’inscription au tableau." in form
    assert "usage proposé, sans texte propre au département" in form
    assert "Côte-d’Or" not in form

    sent = {"etat": "fait", "faite_le": on.isoformat(), "preuve": "tableau du 20"}
    response = client.post(address(signale, "E1-CAF-2"), sent)
    page = client.get(response.headers["Location"]).content.decode()

    assert response.headers["Location"] == reverse("a_faire")
    assert "C’est enregistré." in page
    assert "Rien à faire aujourd’hui" in page


def test_the_form_sent_twice_records_once(
    signale: Acte, partenaire: Agent, on: date, client_de: ClientDe
) -> None:
    client = client_de(partenaire)
    sent = {"etat": "sans_objet", "faite_le": on.isoformat(), "motif": "ménage parti"}

    answers = [client.post(address(signale, "E1-CAF-2"), sent) for _ in range(2)]

    assert [r.status_code for r in answers] == [302, 302]
    assert "déjà enregistré" in client.get(reverse("a_faire")).content.decode()
    assert Diligence.objects.get().motif == "ménage parti"


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"etat": "fait", "faite_le": "2026-11-21"}, "Dites ce qui montre"),
        ({"etat": "sans_objet", "faite_le": "2026-11-21"}, "Dites pourquoi"),
        ({"etat": "fait", "faite_le": "2026-11-22", "preuve": "x"}, "Cette date est à venir"),
        ({"etat": "fait", "faite_le": "", "preuve": "gardé"}, "Indiquez la date"),
    ],
)
def test_what_is_refused_is_said_and_what_is_typed_is_kept(
    signale: Acte, partenaire: Agent, client_de: ClientDe, sent: dict[str, str], message: str
) -> None:
    response = client_de(partenaire).post(address(signale, "E1-CAF-2"), sent)

    assert response.status_code == 422
    assert message in response.content.decode()
    assert sent.get("preuve", "") in response.content.decode()
    assert not Diligence.objects.exists()


def test_the_queue_of_a_partner_is_reduced_to_one_duty(
    acte: Acte, partenaire: Agent, on: date, client_de: ClientDe
) -> None:
    Tache.objects.create(
        dossier=make_dossier(nom="GAMMA"), departement="33", genre="devoir", devoir="E1-CAF-2",
        source_id=new_id(), role="partenaire", organisation=partenaire.organisation,
        visible_le=on, due_le=on, legale=False,
    )  # fmt: skip
    client = client_de(partenaire)

    every = read(client.get(reverse("a_faire")))
    one = read(client.get(reverse("a_faire") + "?devoir=E1-CAF-2"))

    assert len(select_all(every, ".seuil-jour__ligne")) == 2
    assert ["GAMMA" in t.text for t in select_all(one, ".seuil-jour__ligne")] == [True]
    # One kind of task: a filter by kind would be noise.
    assert "Devoirs de la charte" not in every.text


def test_a_duty_gone_from_the_configuration_keeps_the_words_of_its_kind(
    partenaire: Agent, on: date, client_de: ClientDe
) -> None:
    Tache.objects.create(
        dossier=make_dossier(), departement="33", genre="devoir", devoir="E1-ANCIEN-1",
        source_id=new_id(), role="partenaire", organisation=partenaire.organisation,
        visible_le=on, due_le=on, legale=False,
    )  # fmt: skip

    page = read(client_de(partenaire).get(reverse("a_faire")))

    assert "Ce que la charte ou la loi attend de votre service" in page.text


def test_another_organisation_finds_nothing(
    acte: Acte, secretaire: Agent, client_de: ClientDe, on: date
) -> None:
    other = make_agent(role="partenaire", organisation=make_organisation(type="adil"))
    sent = {"etat": "fait", "faite_le": on.isoformat(), "preuve": "x"}

    for agent in (other, secretaire):
        client = client_de(agent)
        assert client.get(address(acte)).status_code == 404
        assert client.post(address(acte), sent).status_code == 404
    assert not Diligence.objects.exists()


def test_a_duty_that_does_not_exist_is_not_found(
    acte: Acte, partenaire: Agent, client_de: ClientDe
) -> None:
    client = client_de(partenaire)

    assert client.get(address(acte, "E9-CAF-1")).status_code == 404
    lost = reverse("devoir_rendre", args=[acte.dossier.numero, "E2-CAF-1", new_id()])
    assert client.get(lost).status_code == 404


def test_the_dossier_shows_who_does_what_at_each_stage(
    acte: Acte, partenaire: Agent, secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    client_de(partenaire).post(
        reverse("tableau_repondre"), {"numero": acte.dossier.numero, "situation": "inconnu"}
    )
    make_acte(
        dossier=acte.dossier, type="assignation", survenu_le=on - timedelta(days=1),
        audience_le=on + timedelta(days=45),
    )  # fmt: skip
    refresh_dossiers(dossier_ids=[acte.dossier_id], on=on)
    tab = reverse("dossier_onglet", args=[acte.dossier.numero, "devoirs"])

    page = read(client_de(secretaire).get(tab))

    (current,) = [e.text for e in select_all(page, "h3")]
    assert current.startswith("Assignation et audience")
    assert current.endswith("étape en cours")
    (earlier,) = [e.text for e in select_all(select(page, "#onglet"), "summary")]
    assert earlier.startswith("Commandement de payer")
    rows = {select_all(row, "th")[0].text: row for row in select_all(page, "tr")}
    caf = next(row for title, row in rows.items() if "ce que la CAF sait" in title)
    assert "fait le 21/11/2026" in caf.text
    mine = next(row for title, row in rows.items() if title.startswith("Envoyer au ménage et au"))
    (link,) = select_all(mine, "a")
    assert link.attrs["href"].startswith(reverse("devoir_rendre", args=[
        acte.dossier.numero, "E3-DDETS-3", acte.dossier.actes.get(type="assignation").pk,
    ]))  # fmt: skip
    # After the answer, the reader comes back to this tab.
    assert client_de(secretaire).get(link.attrs["href"]).content.decode().count(tab) == 2


def test_the_prefecture_reads_the_tab_of_the_dossiers_it_reaches_only(
    acte: Acte, gestionnaire: Agent, on: date, client_de: ClientDe
) -> None:
    tab = reverse("dossier_onglet", args=[acte.dossier.numero, "devoirs"])
    client = client_de(gestionnaire)
    assert client.get(tab).status_code == 404

    make_acces(dossier=acte.dossier, relation="instruction", role="gestionnaire", debut_le=on)

    assert client.get(tab).status_code == 200
    assert read_devoirs(agent=gestionnaire, on=on, dossier=acte.dossier)


def test_the_tab_costs_at_most_eleven_queries(acte: Acte, gestionnaire: Agent, on: date) -> None:
    make_acces(dossier=acte.dossier, relation="instruction", role="gestionnaire", debut_le=on)

    with CaptureQueriesContext(connection) as queries:
        read_devoirs(agent=gestionnaire, on=on, dossier=acte.dossier)

    assert len(queries) <= 11


def test_the_agenda_keeps_to_the_work_of_the_day(
    acte: Acte, secretaire: Agent, client_de: ClientDe
) -> None:
    due = Tache.objects.get(genre="devoir", role="secretariat")

    page = client_de(secretaire).get(f"/agenda/{due.due_le:%Y-%m}/?genre=tache")

    assert page.status_code == 200
    assert "Devoirs de la charte" not in page.content.decode()


def test_a_dossier_without_stage_says_so(
    secretaire: Agent, gironde: str, client_de: ClientDe
) -> None:
    tab = reverse("dossier_onglet", args=[make_dossier().numero, "devoirs"])

    assert "Aucune étape n’est ouverte" in client_de(secretaire).get(tab).content.decode()
