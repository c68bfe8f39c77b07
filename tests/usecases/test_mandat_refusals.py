"""What the équipe mobile's use cases refuse, and what they leave untouched."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest

from seuil.accompagnements.models import Choix, Contrat, Mandat, Prescription
from seuil.accompagnements.operations.choix import ChoixDejaSigne, DossierNonEligible
from seuil.accompagnements.operations.contrats import (
    ContratDejaSigne,
    ContratRefuse,
    DemarcheRefusee,
)
from seuil.accompagnements.operations.mandats import (
    AffectationRefusee,
    ClotureRefusee,
    MandatClos,
    MandatNonAccepte,
)
from seuil.accompagnements.operations.objectifs import OperateurInconnu
from seuil.accompagnements.operations.prescriptions import PrescriptionRefusee
from seuil.accompagnements.operations.rapports import ProlongationRefusee, RapportRefuse
from seuil.accompagnements.queries.choix import get_proposition
from seuil.accompagnements.rules.mandats import ClotureSaisie, DemarcheSaisie, ReponseSaisie
from seuil.acteurs.models import Agent, Organisation
from seuil.audit.models import Event
from seuil.contacts.models import Contact
from seuil.contacts.operations import ContactRefuse
from seuil.contacts.rules import ContactSaisi
from seuil.diagnostics.models import Dsf
from seuil.diagnostics.operations import DsfDejaEnCours, DsfRefuse
from seuil.diagnostics.rules import FinDsfSaisie
from seuil.dossiers.models import Dossier
from seuil.echeances.models import Situation
from seuil.travail.models import Tache
from seuil.usecases._habilitation import DossierInaccessible, HabilitationRefusee
from seuil.usecases.add_demarche import add_demarche
from seuil.usecases.adjust_choix import adjust_choix
from seuil.usecases.answer_mandat import answer_mandat
from seuil.usecases.assign_mandat import assign_mandat
from seuil.usecases.close_mandat import close_mandat
from seuil.usecases.end_demarche import end_demarche
from seuil.usecases.prepare_choix import prepare_choix
from seuil.usecases.record_contact import record_contact
from seuil.usecases.record_dsf import record_dsf
from seuil.usecases.record_prescription import record_prescription
from seuil.usecases.record_prolongation import record_prolongation
from seuil.usecases.record_rapport import record_rapport
from seuil.usecases.record_visite import record_visite
from seuil.usecases.refresh_dossiers import refresh_dossiers
from seuil.usecases.request_dsf import request_dsf
from seuil.usecases.sign_choix import sign_choix
from seuil.usecases.sign_contrat import sign_contrat
from seuil.visites.operations import VisiteRefusee
from seuil.visites.rules import VisiteSaisie
from tests.factories.accompagnements import make_contact, make_mandat, make_objectif, make_saisie
from tests.factories.base import make_acte, make_agent, make_dossier, make_organisation

pytestmark = pytest.mark.django_db
TRANSMIS = date(2026, 3, 2)
DEBUT = date(2026, 3, 4)
ON = date(2026, 11, 21)
DAY = timedelta(days=1)


@pytest.fixture
def dossier(gironde: str) -> Dossier:
    dossier = make_dossier()
    make_acte(dossier=dossier, survenu_le=date(2026, 2, 20))
    return dossier


@pytest.fixture
def mandat(operateur: Organisation, dossier: Dossier, travailleur_social: Agent) -> Mandat:
    return make_mandat(
        operateur=operateur,
        dossier=dossier,
        transmis_le=TRANSMIS,
        repondu_le=DEBUT,
        referent_social=travailleur_social,
    )


@pytest.fixture
def contrat(mandat: Mandat, travailleur_social: Agent) -> Contrat:
    return sign_contrat(
        mandat=mandat,
        signe_le=DEBUT,
        objectif="Rester.",
        demarches=[make_saisie()],
        by=travailleur_social,
        on=ON,
    )


# --- The month's choice --------------------------------------------------------------------------


@pytest.fixture
def choix(operateur: Organisation, secretaire: Agent) -> Choix:
    make_objectif(operateur=operateur, volume_mensuel=1)
    return prepare_choix(operateur=operateur, mois=ON, by=secretaire, on=ON)


def make_candidate() -> Dossier:
    dossier = make_dossier(ouvert_le=ON - 20 * DAY)
    make_acte(dossier=dossier, survenu_le=ON - 20 * DAY)
    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)
    return dossier


def retained(operateur: Organisation, by: Agent) -> list[Dossier]:
    proposition = get_proposition(agent=by, on=ON, operateur=operateur, mois=ON)
    return [ligne.candidat.dossier_id for ligne in proposition.retenus]


def test_a_choice_is_begun_once(choix: Choix, operateur: Organisation, secretaire: Agent) -> None:
    again = prepare_choix(operateur=operateur, mois=date(2026, 11, 2), by=secretaire, on=ON)

    assert again == choix
    assert choix.mois == date(2026, 11, 1)


@pytest.mark.parametrize("role", ["chef_equipe", "travailleur_social", "charge_mission"])
def test_only_the_secretariat_prepares_the_choice(role: str, operateur: Organisation) -> None:
    with pytest.raises(HabilitationRefusee):
        prepare_choix(operateur=operateur, mois=ON, by=make_agent(role=role), on=ON)


def test_a_choice_is_for_an_operator(secretaire: Agent) -> None:
    with pytest.raises(OperateurInconnu):
        prepare_choix(operateur=make_organisation(type="ccas"), mois=ON, by=secretaire, on=ON)


def test_what_is_removed_leaves_its_place_and_what_is_added_takes_one(
    choix: Choix, operateur: Organisation, secretaire: Agent
) -> None:
    first, second = make_candidate(), make_candidate()
    proposed = retained(operateur, secretaire)
    other = second if proposed == [first.pk] else first

    adjust_choix(
        choix=choix,
        dossier=Dossier.objects.get(pk=proposed[0]),
        retenu=False,
        by=secretaire,
        on=ON,
    )
    assert retained(operateur, secretaire) == [other.pk]

    adjust_choix(
        choix=choix, dossier=Dossier.objects.get(pk=proposed[0]), retenu=True, by=secretaire, on=ON
    )
    assert retained(operateur, secretaire) == proposed


def test_what_is_not_eligible_is_not_added(choix: Choix, secretaire: Agent) -> None:
    social = make_dossier(parc="social", ouvert_le=ON - 20 * DAY)

    with pytest.raises(DossierNonEligible):
        adjust_choix(choix=choix, dossier=social, retenu=True, by=secretaire, on=ON)


def test_an_addition_no_longer_eligible_is_said_and_not_signed(
    choix: Choix, operateur: Organisation, secretaire: Agent
) -> None:
    dossier, other = make_candidate(), make_candidate()
    adjust_choix(choix=choix, dossier=dossier, retenu=True, by=secretaire, on=ON)
    Situation.objects.filter(dossier=dossier).update(parc="social")

    proposition = get_proposition(agent=secretaire, on=ON, operateur=operateur, mois=ON)
    assert dossier.numero in proposition.manques[-1]

    mandats = sign_choix(choix=choix, by=secretaire, on=ON)
    assert [m.dossier_id for m in mandats] == [other.pk]


def test_a_signed_choice_is_not_adjusted(choix: Choix, secretaire: Agent) -> None:
    dossier = make_candidate()
    sign_choix(choix=choix, by=secretaire, on=ON)

    with pytest.raises(ChoixDejaSigne):
        adjust_choix(choix=choix, dossier=dossier, retenu=False, by=secretaire, on=ON)


def test_a_signed_choice_entrusts_each_dossier_as_it_was_shown(
    choix: Choix, operateur: Organisation, secretaire: Agent
) -> None:
    dossier = make_candidate()

    (mandat,) = sign_choix(choix=choix, by=secretaire, on=ON)

    assert (mandat.dossier_id, mandat.stade, mandat.transmis_le) == (
        dossier.pk,
        "commandement",
        ON,
    )
    assert Tache.objects.get(dossier=dossier, genre="repondre_mandat").organisation == operateur
    assert Event.objects.filter(kind="choix.signe").exists()


def test_the_secretariat_of_another_departement_signs_nothing(choix: Choix) -> None:
    make_candidate()
    elsewhere = make_agent(organisation=make_organisation(type="ddets", departement_id="40"))

    with pytest.raises(OperateurInconnu):
        sign_choix(choix=choix, by=elsewhere, on=ON)


@pytest.mark.parametrize(
    "fields",
    [{"propose_le": ON + DAY}, {"service": " "}, {"motif": ""}],
)
def test_a_proposal_says_who_why_and_when(
    fields: dict[str, Any], dossier: Dossier, secretaire: Agent
) -> None:
    arguments = {"service": "MDS", "motif": "Injoignable", "propose_le": ON} | fields

    with pytest.raises(PrescriptionRefusee):
        record_prescription(dossier=dossier, by=secretaire, on=ON, **arguments)


def test_a_service_proposes_a_household_once_a_day(dossier: Dossier, secretaire: Agent) -> None:
    arguments = {"service": "MDS", "motif": "Injoignable", "propose_le": ON}
    record_prescription(dossier=dossier, by=secretaire, on=ON, **arguments)

    with pytest.raises(PrescriptionRefusee):
        record_prescription(dossier=dossier, by=secretaire, on=ON, **arguments)
    assert Prescription.objects.count() == 1


# --- The mandate ---------------------------------------------------------------------------------


@pytest.fixture
def unanswered(operateur: Organisation, dossier: Dossier) -> Mandat:
    return make_mandat(operateur=operateur, dossier=dossier, transmis_le=TRANSMIS)


def test_nothing_is_done_before_the_answer(
    unanswered: Mandat, chef_equipe: Agent, travailleur_social: Agent
) -> None:
    with pytest.raises(MandatNonAccepte):
        assign_mandat(
            mandat=unanswered,
            referent_social=travailleur_social,
            referent_juridique=None,
            by=chef_equipe,
            on=ON,
        )
    with pytest.raises(MandatNonAccepte):
        close_mandat(
            mandat=unanswered,
            saisie=ClotureSaisie(motif="depart", denouement="inconnu", clos_le=ON),
            by=chef_equipe,
            on=ON,
        )


def test_a_worker_does_not_answer_for_the_operator(
    unanswered: Mandat, travailleur_social: Agent
) -> None:
    with pytest.raises(HabilitationRefusee):
        answer_mandat(
            mandat=unanswered, saisie=ReponseSaisie(accepte=True), by=travailleur_social, on=ON
        )


def test_another_operator_does_not_answer(unanswered: Mandat) -> None:
    other = make_organisation(type="operateur", nom="Autre opérateur")
    stranger = make_agent(role="chef_equipe", organisation=other)

    with pytest.raises(DossierInaccessible):
        answer_mandat(mandat=unanswered, saisie=ReponseSaisie(accepte=True), by=stranger, on=ON)


def test_a_former_operator_does_not_write_on_the_mandate_of_the_next(
    mandat: Mandat, dossier: Dossier, chef_equipe: Agent
) -> None:
    other = make_organisation(type="operateur", nom="Autre opérateur")
    mandat.operateur = other
    mandat.save()

    assert Dossier.objects.visible_to(chef_equipe, on=ON).filter(pk=dossier.pk).exists()
    with pytest.raises(DossierInaccessible):
        record_rapport(mandat=mandat, genre="bilan", rendu_le=ON, texte="x", by=chef_equipe, on=ON)


def test_only_the_right_people_of_the_operator_are_put_in_charge(
    mandat: Mandat, chef_equipe: Agent, travailleur_social: Agent, juriste: Agent
) -> None:
    stranger = make_agent(role="travailleur_social")
    gone = make_agent(role="juriste", organisation=chef_equipe.organisation, is_active=False)
    for social, juridique in [
        (None, None), (stranger, None), (juriste, None), (None, travailleur_social), (None, gone),
    ]:  # fmt: skip
        with pytest.raises(AffectationRefusee):
            assign_mandat(
                mandat=mandat,
                referent_social=social,
                referent_juridique=juridique,
                by=chef_equipe,
                on=ON,
            )


@pytest.mark.parametrize(
    "fields",
    [{"rendu_le": ON + DAY}, {"rendu_le": TRANSMIS - DAY}, {"texte": "  "}],
)
def test_a_report_is_written_and_dated_within_the_mandate(
    fields: dict[str, Any], mandat: Mandat, travailleur_social: Agent
) -> None:
    arguments = {"genre": "bilan", "rendu_le": ON, "texte": "Fait."} | fields

    with pytest.raises(RapportRefuse):
        record_rapport(mandat=mandat, by=travailleur_social, on=ON, **arguments)


def test_a_report_is_given_once_a_day(mandat: Mandat, travailleur_social: Agent) -> None:
    arguments = {"genre": "bilan", "rendu_le": ON, "texte": "Fait."}
    record_rapport(mandat=mandat, by=travailleur_social, on=ON, **arguments)

    with pytest.raises(RapportRefuse):
        record_rapport(mandat=mandat, by=travailleur_social, on=ON, **arguments)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"signe_le": ON + DAY}, ContratRefuse),
        ({"signe_le": DEBUT - DAY}, ContratRefuse),
        ({"objectif": ""}, ContratRefuse),
        ({"demarches": []}, ContratRefuse),
        ({"demarches": [make_saisie(pour_le=ON - DAY)]}, DemarcheRefusee),
    ],
)
def test_a_contract_holds_an_objective_and_steps_to_come(
    fields: dict[str, Any],
    refusal: type[Exception],
    mandat: Mandat,
    travailleur_social: Agent,
) -> None:
    arguments = {
        "signe_le": ON,
        "objectif": "Rester.",
        "demarches": [make_saisie(pour_le=ON)],
    } | fields

    with pytest.raises(refusal):
        sign_contrat(mandat=mandat, by=travailleur_social, on=ON, **arguments)
    assert not Contrat.objects.exists()


def test_a_contract_is_signed_once_and_completed(
    contrat: Contrat, mandat: Mandat, travailleur_social: Agent
) -> None:
    with pytest.raises(ContratDejaSigne):
        sign_contrat(
            mandat=mandat,
            signe_le=ON,
            objectif="Rester.",
            demarches=[make_saisie()],
            by=travailleur_social,
            on=ON,
        )

    added = add_demarche(
        contrat=contrat,
        saisie=DemarcheSaisie(
            genre="dls", objectif="Déposer la demande.", acteur="menage", pour_le=ON
        ),
        by=travailleur_social,
        on=ON,
    )
    assert contrat.demarches.count() == 2
    assert Tache.objects.filter(genre="demarche", source_id=added.pk).exists()


@pytest.mark.parametrize(
    "fields",
    [{"etat": "a_faire"}, {"terminee_le": ON + DAY}, {"terminee_le": DEBUT - DAY}],
)
def test_a_step_ends_between_the_contract_and_today(
    fields: dict[str, Any], contrat: Contrat, travailleur_social: Agent
) -> None:
    arguments = {"etat": "faite", "terminee_le": ON} | fields

    with pytest.raises(DemarcheRefusee):
        end_demarche(demarche=contrat.demarches.get(), by=travailleur_social, on=ON, **arguments)


def test_a_step_ends_once(contrat: Contrat, travailleur_social: Agent) -> None:
    demarche = contrat.demarches.get()
    arguments = {"etat": "abandonnee", "terminee_le": ON}
    end_demarche(demarche=demarche, by=travailleur_social, on=ON, **arguments)

    with pytest.raises(DemarcheRefusee):
        end_demarche(demarche=demarche, by=travailleur_social, on=ON, **arguments)


@pytest.mark.parametrize(
    "fields",
    [
        {"avis_le": ON + DAY},
        {"avis_le": DEBUT - DAY},
        {"jusqu_au": None},
        {"jusqu_au": ON},
        {"avis": "transfert"},
    ],
)
def test_an_opinion_is_dated_and_only_a_continuation_has_a_term(
    fields: dict[str, Any], mandat: Mandat, secretaire: Agent
) -> None:
    arguments = {"avis": "poursuite", "avis_le": ON, "jusqu_au": ON + 90 * DAY} | fields

    with pytest.raises(ProlongationRefusee):
        record_prolongation(mandat=mandat, by=secretaire, on=ON, **arguments)


def test_an_opinion_moves_the_end_and_is_given_once_a_day(
    mandat: Mandat, dossier: Dossier, secretaire: Agent, travailleur_social: Agent
) -> None:
    arguments = {"avis": "poursuite", "avis_le": ON, "jusqu_au": ON + 90 * DAY}
    with pytest.raises(HabilitationRefusee):
        record_prolongation(mandat=mandat, by=travailleur_social, on=ON, **arguments)

    record_prolongation(mandat=mandat, by=secretaire, on=ON, **arguments)

    assert Tache.objects.get(dossier=dossier, genre="fin_accompagnement").due_le == ON + 90 * DAY
    with pytest.raises(ProlongationRefusee):
        record_prolongation(mandat=mandat, by=secretaire, on=ON, **arguments)


def silence(mandat: Mandat, clos_le: date, by: Agent, **fields: Any) -> Mandat:
    arguments = {"notifie_le": clos_le} | fields
    return close_mandat(
        mandat=mandat,
        saisie=ClotureSaisie(
            motif="sans_nouvelles",
            denouement="inconnu",
            clos_le=clos_le,
            rapports_manquants="Personne n’a été joint.",
            **arguments,
        ),
        by=by,
        on=clos_le,
    )


def test_silence_closes_after_three_months_one_more_attempt_and_a_notification(
    mandat: Mandat, dossier: Dossier, travailleur_social: Agent
) -> None:
    make_contact(dossier=dossier, par=travailleur_social, survenu_le=date(2026, 4, 10))
    with pytest.raises(ClotureRefusee, match="tentative"):
        silence(mandat, date(2026, 7, 24), travailleur_social)
    make_contact(
        dossier=dossier,
        par=travailleur_social,
        survenu_le=date(2026, 4, 24),
        resultat="absent",
    )
    with pytest.raises(ClotureRefusee, match="Trois mois"):
        silence(mandat, date(2026, 7, 23), travailleur_social)
    with pytest.raises(ClotureRefusee, match="notifi"):
        silence(mandat, date(2026, 7, 24), travailleur_social, notifie_le=None)

    closed = silence(mandat, date(2026, 7, 24), travailleur_social)

    assert (closed.clos_le, closed.notifie_le) == (date(2026, 7, 24), date(2026, 7, 24))
    with pytest.raises(DossierInaccessible):
        silence(mandat, date(2026, 7, 25), travailleur_social)


@pytest.mark.parametrize("fields", [{"motif": ""}, {"denouement": ""}])
def test_a_closure_says_why_and_how(
    fields: dict[str, str], mandat: Mandat, travailleur_social: Agent
) -> None:
    arguments = {"motif": "depart", "denouement": "inconnu"} | fields

    with pytest.raises(ClotureRefusee):
        close_mandat(
            mandat=mandat,
            saisie=ClotureSaisie(clos_le=ON, **arguments),
            by=travailleur_social,
            on=ON,
        )


def test_nothing_is_written_on_a_closed_mandate(mandat: Mandat, secretaire: Agent) -> None:
    Mandat.objects.filter(pk=mandat.pk).update(
        clos_le=ON, motif_cloture="depart", denouement="inconnu"
    )

    with pytest.raises(MandatClos):
        record_prolongation(
            mandat=mandat,
            avis="poursuite",
            avis_le=ON,
            jusqu_au=ON + DAY,
            by=secretaire,
            on=ON,
        )


# --- Contacts, visits, diagnosis -----------------------------------------------------------------


def contact(dossier: Dossier, by: Agent, **fields: Any) -> Contact:
    arguments = {
        "avec": "menage", "canal": "telephone", "resultat": "message", "survenu_le": ON,
    } | fields  # fmt: skip
    return record_contact(dossier=dossier, saisie=ContactSaisi(**arguments), by=by, on=ON)


@pytest.mark.parametrize(
    "fields",
    [
        {"survenu_le": ON + DAY},
        {"survenu_le": TRANSMIS - DAY},
        {"prochain_le": ON - DAY},
    ],
)
def test_a_contact_is_dated_within_the_mandate(
    fields: dict[str, Any], mandat: Mandat, dossier: Dossier, travailleur_social: Agent
) -> None:
    with pytest.raises(ContactRefuse):
        contact(dossier, travailleur_social, **fields)
    assert not Contact.objects.exists()


def test_the_secretariat_records_a_contact_of_any_day(dossier: Dossier, secretaire: Agent) -> None:
    assert contact(dossier, secretaire, survenu_le=TRANSMIS - DAY).organisation_id == (
        secretaire.organisation_id
    )


def test_a_dossier_out_of_reach_takes_no_contact(
    dossier: Dossier, juriste: Agent, gestionnaire: Agent
) -> None:
    with pytest.raises(DossierInaccessible):
        contact(dossier, juriste)
    with pytest.raises(HabilitationRefusee):
        contact(dossier, gestionnaire)


def test_a_refused_visit_leaves_no_contact(
    mandat: Mandat, dossier: Dossier, travailleur_social: Agent
) -> None:
    for binome in (travailleur_social, make_agent(role="juriste")):
        with pytest.raises(VisiteRefusee):
            record_visite(
                dossier=dossier,
                binome=binome,
                contact=ContactSaisi(
                    avec="menage",
                    canal="domicile",
                    resultat="echange",
                    survenu_le=ON,
                    heure=time(18, 0),
                    lieu="",
                ),
                visite=VisiteSaisie(),
                by=travailleur_social,
                on=ON,
            )
    assert not Contact.objects.exists()


def test_a_diagnosis_is_asked_once_and_ended_by_the_operator(
    mandat: Mandat, dossier: Dossier, secretaire: Agent, travailleur_social: Agent
) -> None:
    with pytest.raises(DsfRefuse):
        request_dsf(dossier=dossier, demande_le=ON + DAY, organisme="MDS", by=secretaire, on=ON)
    request_dsf(dossier=dossier, demande_le=None, organisme="MDS", by=secretaire, on=ON)
    with pytest.raises(DsfDejaEnCours):
        request_dsf(dossier=dossier, demande_le=ON, organisme="MDS", by=secretaire, on=ON)

    ended = record_dsf(
        dossier=dossier,
        saisie=FinDsfSaisie(fin="carence", termine_le=ON),
        by=travailleur_social,
        on=ON,
    )

    assert ended == Dsf.objects.get()
    assert ended.organisme == "MDS"


def test_a_diagnosis_to_come_is_refused(
    mandat: Mandat, dossier: Dossier, travailleur_social: Agent
) -> None:
    with pytest.raises(DsfRefuse):
        record_dsf(
            dossier=dossier,
            saisie=FinDsfSaisie(fin="carence", termine_le=ON + DAY),
            by=travailleur_social,
            on=ON,
        )


@pytest.mark.parametrize("role", ["charge_mission", "administrateur"])
def test_roles_without_dossiers_write_nothing(
    role: str, dossier: Dossier, request: pytest.FixtureRequest
) -> None:
    agent = request.getfixturevalue(role)
    attempts: list[Callable[[], object]] = [
        lambda: contact(dossier, agent),
        lambda: request_dsf(dossier=dossier, demande_le=ON, organisme="", by=agent, on=ON),
        lambda: record_prescription(
            dossier=dossier, service="MDS", motif="x", propose_le=ON, by=agent, on=ON
        ),
    ]

    for attempt in attempts:
        with pytest.raises(HabilitationRefusee):
            attempt()
