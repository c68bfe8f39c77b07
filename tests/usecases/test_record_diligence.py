"""An organisation says what it did of its duties, and of its own only."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from seuil.actes.models import Acte
from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.dossiers.models import Dossier
from seuil.kernel.models import new_id
from seuil.travail.models import Diligence, Tache
from seuil.travail.operations import DiligenceRefusee
from seuil.travail.queries import Rendu, get_a_faire
from seuil.travail.rules.diligences import DiligenceSaisie
from seuil.usecases._habilitation import DossierInaccessible, HabilitationRefusee
from seuil.usecases.record_diligence import record_diligence
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.factories.accompagnements import make_mandat
from tests.factories.base import (
    BORDEAUX,
    LIBOURNE,
    make_acte,
    make_agent,
    make_dossier,
    make_organisation,
)

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)
DAY = timedelta(days=1)


@pytest.fixture
def acte(gironde: str) -> Acte:
    return make_acte(dossier=make_dossier(parc="prive"), survenu_le=ON - 10 * DAY)


@pytest.fixture
def dossier(acte: Acte, caf: object, secretaire: Agent) -> Dossier:
    refresh_dossiers(dossier_ids=[acte.dossier_id], on=ON)
    return acte.dossier


@pytest.fixture
def which(dossier: Dossier, acte: Acte) -> Rendu:
    return Rendu(numero=dossier.numero, devoir="E2-CAF-1", source_id=acte.pk)


def list_devoirs(agent: Agent, on: date = ON) -> list[str]:
    return [t.devoir for t in get_a_faire(agent=agent, on=on, genre="devoir").taches]


def test_each_organisation_has_its_own_duties(dossier, partenaire, secretaire, gestionnaire):
    assert list_devoirs(partenaire) == ["E2-CAF-1"]
    assert list_devoirs(secretaire) == ["E2-DDETS-2"]
    assert list_devoirs(gestionnaire) == []


def test_another_organisation_of_the_same_kind_has_none(dossier, partenaire) -> None:
    other = make_agent(role="partenaire", organisation=make_organisation(type="adil"))

    assert list_devoirs(other) == []


def test_the_ccas_is_asked_for_its_own_commune_only(gironde) -> None:
    bordeaux, libourne = (
        make_agent(role="partenaire", organisation=make_organisation(type="ccas")) for _ in range(2)
    )
    bordeaux.organisation.communes.set([BORDEAUX])
    libourne.organisation.communes.set([LIBOURNE])
    dossier = make_dossier(commune=LIBOURNE)
    make_acte(dossier=dossier, survenu_le=ON - 10 * DAY)

    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)

    assert list_devoirs(libourne) == ["E2-CCAS-1"]
    assert list_devoirs(bordeaux) == []


def test_what_is_done_is_asked_no_more_and_is_written_in_the_journal(which, partenaire) -> None:
    done = record_diligence(
        which=which,
        saisie=DiligenceSaisie(faite_le=ON - DAY, preuve=" tableau du 20 "),
        by=partenaire,
        on=ON,
    )

    assert list_devoirs(partenaire) == []
    assert (done.preuve, done.organisation, done.par) == (
        "tableau du 20", partenaire.organisation, partenaire,
    )  # fmt: skip
    event = Event.objects.get(kind="diligence.enregistree")
    assert event.details == {"devoir": "E2-CAF-1", "sans_objet": False}


def test_a_duty_without_object_says_why(which, partenaire) -> None:
    done = record_diligence(
        which=which,
        saisie=DiligenceSaisie(faite_le=ON, sans_objet=True, motif="régime agricole"),
        by=partenaire,
        on=ON,
    )

    assert (done.sans_objet, done.motif, done.preuve) == (True, "régime agricole", "")
    assert list_devoirs(partenaire) == []


def test_the_same_answer_sent_twice_records_once(which, partenaire) -> None:
    told = DiligenceSaisie(ON, "tableau")
    sent = {"which": which, "saisie": told, "by": partenaire, "on": ON}

    first, second = record_diligence(**sent), record_diligence(**sent)

    assert first == second
    assert Diligence.objects.count() == Event.objects.filter(kind__startswith="diligence").count()
    assert Diligence.objects.count() == 1


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ({"faite_le": ON + DAY, "preuve": "x"}, "à venir"),
        ({"faite_le": ON, "preuve": "  "}, "ce qui montre"),
        ({"faite_le": ON, "sans_objet": True, "preuve": "x"}, "pourquoi"),
    ],
    ids=["date à venir", "sans preuve", "sans motif"],
)
def test_an_answer_that_says_nothing_is_refused(which, partenaire, answer, message) -> None:
    with pytest.raises(DiligenceRefusee, match=message):
        record_diligence(which=which, saisie=DiligenceSaisie(**answer), by=partenaire, on=ON)

    assert list_devoirs(partenaire) == ["E2-CAF-1"]


def test_nobody_answers_for_another_organisation(which, partenaire, secretaire, gironde) -> None:
    other = make_agent(role="partenaire", organisation=make_organisation(type="adil"))
    told = {"saisie": DiligenceSaisie(ON, "x"), "on": ON}

    for agent in (other, secretaire):
        with pytest.raises(DossierInaccessible):
            record_diligence(which=which, by=agent, **told)
    with pytest.raises(DossierInaccessible):
        record_diligence(which=replace(which, devoir="E2-DDETS-2"), by=partenaire, **told)
    with pytest.raises(DossierInaccessible):
        record_diligence(which=replace(which, source_id=new_id()), by=partenaire, **told)
    assert not Diligence.objects.exists()


def test_what_another_organisation_did_is_not_told(which, partenaire, gironde) -> None:
    record_diligence(
        which=which, saisie=DiligenceSaisie(faite_le=ON, preuve="x"), by=partenaire, on=ON
    )
    other = make_agent(role="partenaire", organisation=make_organisation(type="adil"))

    with pytest.raises(DossierInaccessible):
        record_diligence(
            which=which, saisie=DiligenceSaisie(faite_le=ON, preuve="y"), by=other, on=ON
        )


@pytest.mark.parametrize("role", ["juriste", "travailleur_social", "charge_mission"])
def test_the_others_may_not_answer(which, role, request) -> None:
    with pytest.raises(HabilitationRefusee):
        record_diligence(
            which=which,
            saisie=DiligenceSaisie(faite_le=ON, preuve="x"),
            by=request.getfixturevalue(role),
            on=ON,
        )


def test_a_later_act_ends_the_duties_of_the_stage_before(dossier, partenaire, secretaire) -> None:
    make_acte(dossier=dossier, type="assignation", survenu_le=ON - DAY, audience_le=ON + 60 * DAY)

    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)

    assert list_devoirs(partenaire) == []
    assert list_devoirs(secretaire) == ["E3-DDETS-3"]


@pytest.mark.parametrize("type_acte", ["depart", "expulsion"])
def test_an_exit_ends_every_duty(dossier, partenaire, secretaire, type_acte) -> None:
    make_acte(dossier=dossier, type=type_acte, survenu_le=ON - DAY)

    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)

    assert not Tache.objects.filter(dossier=dossier, genre="devoir").exists()


def test_an_unpaid_rent_signalled_before_any_act_already_asks(gironde, partenaire) -> None:
    dossier = make_dossier(nom="Epsilon")
    dossier.situation.delete()
    make_acte(dossier=dossier, type="signalement", survenu_le=ON - DAY)

    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)

    (task,) = get_a_faire(agent=partenaire, on=ON).taches
    assert (task.devoir, task.menage) == ("E1-CAF-2", "EPSILON Claude")


def test_a_housing_aid_paid_to_the_landlord_and_a_proof_of_another_act_are_read(
    gironde, prefecture, gestionnaire
) -> None:
    dossier = make_dossier()
    rfp = make_acte(dossier=dossier, type="rfp", survenu_le=ON - 20 * DAY)
    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)
    assert list_devoirs(gestionnaire) == ["E5-PREFECTURE-2"]

    make_acte(dossier=dossier, type="evaluation_police", survenu_le=rfp.survenu_le + DAY)
    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)

    assert list_devoirs(gestionnaire) == []


def test_the_head_of_the_team_answers_for_what_is_entrusted_to_it(
    gironde, operateur, chef_equipe, juriste
) -> None:
    dossier = make_dossier()
    acte = make_acte(
        dossier=dossier, type="assignation", survenu_le=ON - DAY, audience_le=ON + 30 * DAY
    )
    make_mandat(operateur=operateur, dossier=dossier, transmis_le=ON, repondu_le=ON)
    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)
    assert list_devoirs(chef_equipe) == ["E3-33-OPERATEUR-2"]
    assert list_devoirs(juriste) == []

    record_diligence(
        which=Rendu(dossier.numero, "E3-33-OPERATEUR-2", acte.pk),
        saisie=DiligenceSaisie(faite_le=ON, preuve="entretien du 21"),
        by=chef_equipe,
        on=ON,
    )

    assert list_devoirs(chef_equipe) == []


def test_what_has_no_object_any_more_is_not_written(gironde, caf) -> None:
    dossier = make_dossier()
    make_acte(dossier=dossier, survenu_le=ON - 400 * DAY)

    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)

    assert not Tache.objects.filter(dossier=dossier).exists()


def test_a_second_refresh_changes_nothing(dossier, partenaire) -> None:
    before = list(Tache.objects.order_by("pk").values_list("pk", flat=True))

    refresh_dossiers(dossier_ids=[dossier.pk], on=ON + DAY)

    assert list(Tache.objects.order_by("pk").values_list("pk", flat=True)) == before
    assert len(before) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"preuve": "", "motif": ""},
        {"preuve": "x", "motif": "y"},
        {"preuve": "x", "motif": "", "sans_objet": True},
    ],
)
def test_the_database_refuses_an_answer_that_says_nothing(dossier, acte, partenaire, wrong) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Diligence.objects.create(
            dossier=dossier, devoir="E2-CAF-1", source_id=acte.pk, faite_le=ON,
            organisation=partenaire.organisation, par=partenaire, **wrong,
        )  # fmt: skip
    assert connection.needs_rollback is False
