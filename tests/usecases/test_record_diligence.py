"""An organisation says what it did of its duties, and of its own only."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from seuil.actes.models import Acte
from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.dossiers.models import Dossier
from seuil.echeances.models import Echeance, Situation
from seuil.kernel.models import new_id
from seuil.travail.models import Diligence, Tache
from seuil.travail.operations import DiligenceRefusee
from seuil.travail.queries import Filtres, Rendu, get_aujourdhui
from seuil.travail.rules.diligences import DiligenceSaisie, ReponseSaisie
from seuil.usecases._habilitation import DossierInaccessible, HabilitationRefusee
from seuil.usecases.record_diligence import record_diligence
from seuil.usecases.record_diligences import record_diligences
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
    return make_acte(
        dossier=make_dossier(parc="prive"), type="signalement", survenu_le=ON - 10 * DAY
    )


@pytest.fixture
def dossier(acte: Acte, caf: object, secretaire: Agent) -> Dossier:
    refresh_dossiers(dossier_ids=[acte.dossier_id], on=ON)
    return acte.dossier


@pytest.fixture
def which(dossier: Dossier, acte: Acte) -> Rendu:
    return Rendu(numero=dossier.numero, devoir="E1-CAF-2", source_id=acte.pk)


def list_devoirs(agent: Agent, on: date = ON) -> list[str]:
    return [
        t.devoir for t in get_aujourdhui(agent=agent, on=on, filtres=Filtres(genre="devoir")).taches
    ]


def test_each_organisation_has_its_own_duties(dossier, partenaire, secretaire, gestionnaire):
    assert list_devoirs(partenaire) == ["E1-CAF-2"]
    assert list_devoirs(secretaire) == ["E1-DDETS-1"]
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
        saisie=ReponseSaisie(faite_le=ON - DAY, preuve=" tableau du 20 "),
        by=partenaire,
        on=ON,
    )

    assert list_devoirs(partenaire) == []
    assert (done.preuve, done.organisation, done.par) == (
        "tableau du 20", partenaire.organisation, partenaire,
    )  # fmt: skip
    event = Event.objects.get(kind="diligence.enregistree")
    assert event.details == {"devoir": "E1-CAF-2", "sans_objet": False}


def test_a_duty_without_object_says_why(which, partenaire) -> None:
    done = record_diligence(
        which=which,
        saisie=ReponseSaisie(faite_le=ON, sans_objet=True, motif="régime agricole"),
        by=partenaire,
        on=ON,
    )

    assert (done.sans_objet, done.motif, done.preuve) == (True, "régime agricole", "")
    assert list_devoirs(partenaire) == []


def test_the_same_answer_sent_twice_records_once(which, partenaire) -> None:
    told = ReponseSaisie(ON, "tableau")
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
        record_diligence(which=which, saisie=ReponseSaisie(**answer), by=partenaire, on=ON)

    assert list_devoirs(partenaire) == ["E1-CAF-2"]


def test_nobody_answers_for_another_organisation(which, partenaire, secretaire, gironde) -> None:
    other = make_agent(role="partenaire", organisation=make_organisation(type="adil"))
    told = {"saisie": ReponseSaisie(ON, "x"), "on": ON}

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
        which=which, saisie=ReponseSaisie(faite_le=ON, preuve="x"), by=partenaire, on=ON
    )
    other = make_agent(role="partenaire", organisation=make_organisation(type="adil"))

    with pytest.raises(DossierInaccessible):
        record_diligence(
            which=which, saisie=ReponseSaisie(faite_le=ON, preuve="y"), by=other, on=ON
        )


@pytest.mark.parametrize("role", ["juriste", "travailleur_social", "charge_mission"])
def test_the_others_may_not_answer(which, role, request) -> None:
    with pytest.raises(HabilitationRefusee):
        record_diligence(
            which=which,
            saisie=ReponseSaisie(faite_le=ON, preuve="x"),
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

    (task,) = get_aujourdhui(agent=partenaire, on=ON).taches
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
        saisie=ReponseSaisie(faite_le=ON, preuve="entretien du 21"),
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
            dossier=dossier, devoir="E1-CAF-2", source_id=acte.pk, faite_le=ON,
            organisation=partenaire.organisation, par=partenaire, **wrong,
        )  # fmt: skip
    assert connection.needs_rollback is False


# --- Many answers at once ------------------------------------------------------------------------


@pytest.fixture
def saisies(dossier: Dossier, acte: Acte) -> list[DiligenceSaisie]:
    """Three files of which the CAF owes the same duty; of the last one, it has no object."""
    others = [make_dossier(parc="prive") for _ in range(2)]
    actes = [
        acte,
        *(
            make_acte(dossier=other, type="signalement", survenu_le=ON - 10 * DAY)
            for other in others
        ),
    ]
    refresh_dossiers(dossier_ids=[a.dossier_id for a in actes], on=ON)
    done = [
        DiligenceSaisie(a.dossier_id, "E1-CAF-2", a.pk, ReponseSaisie(ON - DAY, " tableau du 20 "))
        for a in actes[:2]
    ]
    last = actes[2]
    without = ReponseSaisie(ON, sans_objet=True, motif="régime agricole")
    moot = DiligenceSaisie(last.dossier_id, "E1-CAF-2", last.pk, without)
    return [*done, moot]


def record_one_by_one(saisies: list[DiligenceSaisie], by: Agent) -> None:
    for s in saisies:
        numero = Dossier.objects.get(pk=s.dossier_id).numero
        which = Rendu(numero, s.devoir, s.source_id)
        record_diligence(which=which, saisie=s.reponse, by=by, on=ON)


def read_what_was_left() -> list[list[Any]]:
    """Return the answers, the lines of the journal, and every projected row."""
    said = (
        "dossier", "devoir", "source_id", "faite_le", "preuve", "sans_objet", "motif",
        "organisation", "par",
    )  # fmt: skip
    told = (
        "nature", "kind", "by_id", "by_label", "departement", "target_type", "target_id",
        "dossiers", "effect_le", "details",
    )  # fmt: skip
    events = Event.objects.filter(kind="diligence.enregistree").order_by("target_id")
    return [
        list(Diligence.objects.order_by("dossier", "devoir").values_list(*said)),
        list(events.values_list(*told)),
        list(Tache.objects.order_by("pk").values_list()),
        list(Echeance.objects.order_by("pk").values_list()),
        list(Situation.objects.order_by("dossier").values_list()),
    ]


def test_answers_given_together_leave_what_they_leave_one_by_one(saisies, partenaire) -> None:
    with transaction.atomic():
        record_one_by_one(saisies, partenaire)
        one_by_one = read_what_was_left()
        transaction.set_rollback(True)

    done = record_diligences(saisies=saisies, by=partenaire, on=ON)

    assert len(done) == len(one_by_one[0]) == len(one_by_one[1]) == 3
    assert read_what_was_left() == one_by_one
    assert list_devoirs(partenaire) == []


def test_answers_given_together_cost_the_same_for_one_and_for_many(saisies, partenaire) -> None:
    with CaptureQueriesContext(connection) as one, transaction.atomic():
        record_diligences(saisies=saisies[:1], by=partenaire, on=ON)
        transaction.set_rollback(True)

    with CaptureQueriesContext(connection) as many:
        record_diligences(saisies=saisies, by=partenaire, on=ON)

    # The journal sends its lines in one exchange, which Django counts as one.
    assert len(many) <= len(one)


@pytest.mark.parametrize(
    ("spoiled", "refusal"),
    [
        ({"reponse": ReponseSaisie(ON + DAY, "x")}, DiligenceRefusee),
        ({"reponse": ReponseSaisie(ON, " ")}, DiligenceRefusee),
        ({"source_id": new_id()}, DossierInaccessible),
        ({"devoir": "E2-DDETS-2"}, DossierInaccessible),
    ],
    ids=["date à venir", "sans preuve", "autre acte", "devoir d’un autre"],
)
def test_one_wrong_answer_among_many_and_none_is_recorded(
    saisies, partenaire, spoiled, refusal
) -> None:
    with pytest.raises(refusal):
        record_diligences(
            saisies=[*saisies[1:], replace(saisies[0], **spoiled)], by=partenaire, on=ON
        )

    assert not Diligence.objects.exists()
    assert not Event.objects.filter(kind="diligence.enregistree").exists()


def test_who_may_not_answer_may_not_answer_many(saisies, dihal) -> None:
    with pytest.raises(HabilitationRefusee):
        record_diligences(saisies=saisies, by=dihal, on=ON)


def test_an_answer_repeated_among_many_is_recorded_once(saisies, partenaire) -> None:
    record_diligences(saisies=[*saisies, saisies[0]], by=partenaire, on=ON)

    assert Diligence.objects.count() == 3
