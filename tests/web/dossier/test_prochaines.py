"""The next dates of a dossier: one list, said the same by the header, the tab and the lists."""

from collections.abc import Callable
from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.diagnostics.rules import FinDsfSaisie
from seuil.dossiers.models import Bail, Dossier
from seuil.echeances.models import Echeance
from seuil.travail.models import Tache
from seuil.travail.queries import Rendu
from seuil.travail.rules.diligences import ReponseSaisie
from seuil.usecases.record_diligence import record_diligence
from seuil.usecases.record_dsf import record_dsf
from seuil.usecases.refresh_dossiers import refresh_dossiers
from seuil.usecases.request_dsf import request_dsf
from tests.factories.base import (
    make_acces,
    make_acte,
    make_agent,
    make_dossier,
    make_organisation,
)
from tests.harness.client import StrictClient, read
from tests.harness.html import select_all
from tests.web.dossier.verite import list_contradictions

ClientDe = Callable[[object], StrictClient]


def make_audience(on: date, *, recu_le: date | None = None) -> Dossier:
    dossier = make_dossier(nom="ALPHA")
    make_acte(
        dossier=dossier, type="assignation", survenu_le=on - timedelta(days=50), recu_le=recu_le,
        audience_le=on + timedelta(days=1), audience_heure=time(9, 30),
        juridiction="Tribunal de Libourne",
    )  # fmt: skip
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return dossier


def test_the_hearing_of_tomorrow_is_the_next_date_everywhere(
    gironde: str, secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    dossier = make_audience(on)
    client = client_de(secretaire)

    page = read(client.get(reverse("dossier_onglet", args=[dossier.numero, "echeances"])))
    header, tab = select_all(page, ".seuil-dossier__faits")[0], select_all(page, "#onglet")[0]
    row = read(client.get(reverse("dossiers"))).text
    agenda = read(client.get(f"{reverse('agenda')}?mois={on:%Y-%m}")).text

    for words in ("demain", "9\u00a0h\u00a030", "Audience", "Tribunal de Libourne"):
        assert words in header.text, words
        assert words in tab.text, words
    assert f"{on + timedelta(days=1):%d/%m/%Y}" in row
    assert "ALPHA" in agenda


def test_a_step_that_is_done_is_a_date_to_come_no_more(
    gironde: str, secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    dossier = make_dossier(nom="BETA")
    acte = make_acte(
        dossier=dossier, type="assignation", survenu_le=on - timedelta(days=5),
        audience_le=on + timedelta(days=80),
    )  # fmt: skip
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    address = reverse("dossier_onglet", args=[dossier.numero, "echeances"])
    words = "Dernier jour pour notifier l’assignation au préfet"

    before = select_all(read(client_de(secretaire).get(address)), ".seuil-dossier__faits")[0]
    acte.recu_le = on - timedelta(days=2)
    acte.save()
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    page = read(client_de(secretaire).get(address))

    assert words in before.text
    assert words not in select_all(page, ".seuil-dossier__faits")[0].text
    assert Echeance.objects.get(dossier=dossier, regle="C2").faite_le == acte.recu_le
    assert "fait le" in select_all(page, "#onglet")[0].text


def test_a_diagnosis_is_asked_then_waited_for_then_done(
    gironde: str, secretaire: Agent, on: date
) -> None:
    dossier = make_audience(on + timedelta(days=20))

    def genres() -> set[str]:
        return {t.genre for t in Tache.objects.filter(dossier=dossier) if t.genre != "devoir"}

    on += timedelta(days=20)
    asked = genres()
    request_dsf(dossier=dossier, demande_le=on, organisme="MDS", by=secretaire, on=on)
    waited = genres()
    record_dsf(dossier=dossier, saisie=FinDsfSaisie("carence", on), by=secretaire, on=on)

    assert (asked, waited, genres()) == ({"dsf_a_obtenir"}, {"dsf_a_recevoir"}, set())
    assert Echeance.objects.get(dossier=dossier, regle="C6").faite_le == on


def test_what_is_learnt_of_a_household_is_one_line_of_its_timeline(
    gironde: str, secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    dossier = make_dossier(nom="GAMMA")
    dossier.coordonnees.create(
        type="telephone", valeur="0555000001", valide_du=on, source="Bailleur"
    )
    dossier.aides_logement.create(constatee_le=on, montant=210, tiers_payant=True, source="CAF")
    Bail.objects.update_or_create(dossier=dossier, defaults={"signe_le": date(2020, 3, 1)})

    text = read(client_de(secretaire).get(reverse("dossier", args=[dossier.numero]))).text

    for words in (
        "Téléphone du ménage",
        "05\u00a055\u00a000\u00a000\u00a001",
        "Aide au logement de 210",
        "Bail signé",
    ):
        assert words in text, words


def test_whoever_only_reaches_a_file_is_not_in_charge_of_it(
    gironde: str, secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    dossier = make_dossier(nom="DELTA")
    adil = make_organisation(type="adil", nom="ADIL du lieu")
    make_acces(
        dossier=dossier, relation="destinataire", organisation=adil, debut_le=on, motif="essai"
    )

    page = read(client_de(secretaire).get(reverse("dossier", args=[dossier.numero])))

    header = select_all(page, ".seuil-dossier__faits")[0].text
    assert "ADIL du lieu" not in header
    assert "confié à aucun service" in header


ENTRETIEN = "Proposition d’entretien au locataire"


def make_entretien(secretaire: Agent, on: date) -> Dossier:
    """Return a file heard tomorrow, whose diagnosis was asked of the département yesterday."""
    dossier = make_audience(on)
    request_dsf(
        dossier=dossier, demande_le=on - timedelta(days=1), organisme="Département",
        by=secretaire, on=on,
    )  # fmt: skip
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return dossier


def read_onglet(client: StrictClient, dossier: Dossier, onglet: str) -> str:
    page = read(client.get(reverse("dossier_onglet", args=[dossier.numero, onglet])))
    return select_all(page, "#onglet")[0].text


def find_titre(text: str) -> str:
    """Return the heading of Échéances under which the interview stands."""
    before = text[: text.index(ENTRETIEN)]
    titres = ("À venir", "Faites", "Passées, rien n’est noté", "Sans objet")
    return max(titres, key=before.rfind)


def test_an_interview_said_done_by_its_body_is_done_everywhere(
    gironde: str, secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    departement = make_organisation(type="conseil_departemental", nom="Département")
    theirs = make_agent(role="partenaire", organisation=departement)
    dossier = make_entretien(secretaire, on)
    before = find_titre(read_onglet(client_de(secretaire), dossier, "echeances"))

    which = Rendu(dossier.numero, "E3-CD-1", dossier.actes.get().pk)
    record_diligence(which=which, saisie=ReponseSaisie(on, "Courrier"), by=theirs, on=on)

    client = client_de(secretaire)
    assert (before, find_titre(read_onglet(client, dossier, "echeances"))) == ("À venir", "Faites")
    assert "Entretien proposé au ménage fait le" in read_onglet(client, dossier, "dsf")
    assert list(list_contradictions(agent=secretaire, on=on, dossier=dossier)) == []


def test_an_interview_has_no_object_once_the_household_was_heard(
    gironde: str, secretaire: Agent, on: date, client_de: ClientDe, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = make_entretien(secretaire, on)

    # Nothing is recomputed: the day passes.
    monkeypatch.setenv("SEUIL_TODAY", (on + timedelta(days=3)).isoformat())
    client = client_de(secretaire)

    page = read(client.get(reverse("dossier_onglet", args=[dossier.numero, "echeances"])))
    assert ENTRETIEN not in select_all(page, ".seuil-dossier__faits")[0].text
    assert find_titre(select_all(page, "#onglet")[0].text) == "Sans objet"
    assert "sans objet depuis le" in read_onglet(client, dossier, "dsf")


def test_an_interview_is_asked_no_more_at_a_later_stage(
    gironde: str, secretaire: Agent, on: date
) -> None:
    dossier = make_entretien(secretaire, on)

    make_acte(dossier=dossier, type="cfp", sens="accord", survenu_le=on)
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)

    assert Echeance.objects.get(dossier=dossier, regle="C5").caduque_le == on
    assert list(list_contradictions(agent=secretaire, on=on, dossier=dossier)) == []
