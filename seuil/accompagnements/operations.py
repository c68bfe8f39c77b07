"""Write the équipe mobile's work: choice, mandate, reports, contract, opinions, closure."""

from collections.abc import Collection, Iterable
from dataclasses import asdict
from datetime import date

from django.db import IntegrityError, transaction

from seuil.accompagnements.models import (
    Choix,
    ChoixLigne,
    Contrat,
    Demarche,
    Mandat,
    Objectif,
    Prescription,
    Prolongation,
    Rapport,
)
from seuil.accompagnements.rules.choix import ObjectifSaisi
from seuil.accompagnements.rules.mandats import ClotureSaisie, DemarcheSaisie, Suivi, why_not_close
from seuil.accompagnements.rules.priorites import Candidat
from seuil.acteurs.models import Agent, Arrondissement, Organisation, Role, TypeOrganisation
from seuil.audit.operations import Author, record_event
from seuil.dossiers.models import Dossier
from seuil.kernel.refusal import Refusal


class ObjectifDejaFixe(Refusal):
    message = "L’objectif de cet opérateur est déjà fixé pour l’année."


class OperateurInconnu(Refusal):
    message = "Cet organisme n’est pas un opérateur de l’équipe mobile du département."


class ChoixDejaSigne(Refusal):
    message = "Le choix du mois est signé : il ne se modifie plus."


class ChoixVide(Refusal):
    message = "Aucun dossier n’est retenu : il n’y a rien à confier à l’opérateur."


class DossierNonEligible(Refusal):
    message = (
        "Ce dossier n’est pas éligible : parc privé, stade suivi par l’équipe mobile, ménage sans"
        " suivi social, sans dossier confié en cours ni clos depuis moins de six mois, audience à"
        " plus de sept jours."
    )


class PrescriptionRefusee(Refusal):
    message = "Cette proposition ne peut pas être enregistrée."


class DejaRepondu(Refusal):
    message = "L’opérateur a déjà répondu pour ce dossier."


class MotifObligatoire(Refusal):
    message = "Un refus se motive : indiquez pourquoi le dossier ne peut pas être pris en charge."


class MandatNonAccepte(Refusal):
    message = "Le dossier confié n’est pas accepté : répondez d’abord."


class MandatClos(Refusal):
    message = "L’accompagnement est clos : il ne se modifie plus."


class AffectationRefusee(Refusal):
    message = "Cette affectation n’est pas possible."


class RapportRefuse(Refusal):
    message = "Ce rapport ne peut pas être enregistré."


class ContratDejaSigne(Refusal):
    message = "Un contrat d’engagement est déjà signé : ajoutez-lui des démarches."


class ContratRefuse(Refusal):
    message = "Ce contrat d’engagement ne peut pas être enregistré."


class DemarcheRefusee(Refusal):
    message = "Cette démarche ne peut pas être enregistrée."


class ProlongationRefusee(Refusal):
    message = "Cet avis ne peut pas être enregistré."


class ClotureRefusee(Refusal):
    message = "L’accompagnement ne peut pas être clos ainsi."


# --- Before the mandate --------------------------------------------------------------------------


@transaction.atomic
def create_objectif(
    *,
    operateur: Organisation,
    saisie: ObjectifSaisi,
    arrondissement: Arrondissement | None = None,
    by: Author,
    on: date,
) -> Objectif:
    """Fix what the convention asks for a year. Raises OperateurInconnu, ObjectifDejaFixe."""
    if operateur.type != TypeOrganisation.OPERATEUR:
        raise OperateurInconnu
    if Objectif.objects.filter(operateur=operateur, annee=saisie.annee).exists():
        raise ObjectifDejaFixe
    objectif = Objectif.objects.create(
        departement_id=operateur.departement_id,
        operateur=operateur,
        arrondissement=arrondissement,
        **asdict(saisie),
    )
    _record("objectif.fixe", by, on, "objectif", objectif.pk)
    return objectif


@transaction.atomic
def record_prescription(
    *, dossier: Dossier, service: str, motif: str, propose_le: date, by: Agent, on: date
) -> Prescription:
    """Record that a service proposes the household. Raises PrescriptionRefusee."""
    if propose_le > on:
        raise PrescriptionRefusee("La date de la proposition est à venir.")
    if not service.strip() or not motif.strip():
        raise PrescriptionRefusee("Indiquez le service qui propose le ménage, et pourquoi.")
    prescription, created = Prescription.objects.get_or_create(
        dossier=dossier,
        service=service.strip(),
        propose_le=propose_le,
        defaults={"motif": motif.strip(), "par": by},
    )
    if not created:
        raise PrescriptionRefusee("Ce service a déjà proposé ce ménage ce jour-là.")
    _record("prescription.enregistree", by, on, "dossier", dossier.pk)
    return prescription


@transaction.atomic
def prepare_choix(*, operateur: Organisation, mois: date, by: Agent, on: date) -> Choix:
    """Return the choice of a month for an operator, begun if it was not.

    Raises OperateurInconnu.
    """
    if (
        operateur.type != TypeOrganisation.OPERATEUR
        or operateur.departement_id != by.departement_id
    ):
        raise OperateurInconnu
    choix, created = Choix.objects.get_or_create(
        operateur=operateur,
        mois=mois.replace(day=1),
        defaults={"departement_id": operateur.departement_id},
    )
    if created:
        _record("choix.prepare", by, on, "choix", choix.pk)
    return choix


@transaction.atomic
def adjust_choix(
    *, choix: Choix, dossier: Dossier, retenu: bool, candidat: Candidat | None, by: Agent, on: date
) -> ChoixLigne:
    """Add a dossier to the choice, or remove it, whatever was computed.

    Raises ChoixDejaSigne, DossierNonEligible (added while it may not be).
    """
    lock_open_choix(choix)
    if retenu and candidat is None:
        raise DossierNonEligible
    ligne, _ = ChoixLigne.objects.update_or_create(
        choix=choix,
        dossier=dossier,
        defaults={
            "retenu": retenu,
            "score": candidat.score if candidat else 0,
            "criteres": [c.as_dict() for c in candidat.criteres] if candidat else [],
        },
    )
    kind = "choix.dossier_ajoute" if retenu else "choix.dossier_retire"
    _record(kind, by, on, "dossier", dossier.pk, choix=str(choix.pk))
    return ligne


@transaction.atomic
def sign_choix(*, choix: Choix, retenus: Collection[Candidat], by: Agent, on: date) -> list[Mandat]:
    """Sign the choice: keep what was shown of each dossier and open its mandate.

    Raises ChoixDejaSigne, ChoixVide, DossierNonEligible (entrusted elsewhere meanwhile).
    """
    signed = lock_open_choix(choix)
    if not retenus:
        raise ChoixVide
    ChoixLigne.objects.bulk_create(
        [
            ChoixLigne(
                choix=signed,
                dossier_id=c.dossier_id,
                retenu=True,
                score=c.score,
                criteres=[critere.as_dict() for critere in c.criteres],
            )
            for c in retenus
        ],
        update_conflicts=True,
        unique_fields=["choix", "dossier"],
        update_fields=["retenu", "score", "criteres"],
    )
    # A dossier added before, and no longer eligible today, is not entrusted.
    ChoixLigne.objects.filter(choix=signed, retenu=True).exclude(
        dossier__in=[c.dossier_id for c in retenus]
    ).update(retenu=False)
    try:
        with transaction.atomic():
            mandats = Mandat.objects.bulk_create(
                [
                    Mandat(
                        dossier_id=c.dossier_id,
                        operateur_id=signed.operateur_id,
                        choix=signed,
                        stade=c.stade,
                        transmis_le=on,
                    )
                    for c in retenus
                ]
            )
    except IntegrityError as error:
        raise DossierNonEligible(
            "Un des dossiers retenus vient d’être confié par ailleurs : relisez la proposition."
        ) from error
    signed.signe_le = on
    signed.signe_par = by
    signed.save(update_fields=["signe_le", "signe_par"])
    choix.signe_le, choix.signe_par = on, by
    _record("choix.signe", by, on, "choix", signed.pk, mandats=len(mandats))
    return mandats


def lock_open_choix(choix: Choix) -> Choix:
    """Return the choice, locked until the end of the transaction. Raises ChoixDejaSigne."""
    locked = Choix.objects.select_for_update().get(pk=choix.pk)
    if locked.signe_le is not None:
        raise ChoixDejaSigne
    return locked


# --- The mandate ---------------------------------------------------------------------------------


@transaction.atomic
def answer_mandat(*, mandat: Mandat, accepte: bool, motif: str = "", by: Agent, on: date) -> Mandat:
    """Accept the dossier, or refuse it with a reason. Raises DejaRepondu, MotifObligatoire."""
    locked = _lock(mandat)
    if locked.reponse != Mandat.Reponse.ATTENDUE:
        raise DejaRepondu
    if not accepte and not motif.strip():
        raise MotifObligatoire
    locked.reponse = Mandat.Reponse.ACCEPTE if accepte else Mandat.Reponse.REFUSE
    locked.repondu_le = on
    locked.motif_refus = "" if accepte else motif.strip()
    locked.save(update_fields=["reponse", "repondu_le", "motif_refus"])
    kind = "mandat.accepte" if accepte else "mandat.refuse"
    _record(kind, by, on, "dossier", locked.dossier_id, mandat=str(locked.pk))
    return locked


@transaction.atomic
def assign_mandat(
    *,
    mandat: Mandat,
    referent_social: Agent | None,
    referent_juridique: Agent | None,
    by: Agent,
    on: date,
) -> Mandat:
    """Put people of the operator in charge.

    Raises MandatNonAccepte, MandatClos, AffectationRefusee.
    """
    locked = _lock_running(mandat)
    if referent_social is None and referent_juridique is None:
        raise AffectationRefusee("Choisissez au moins une personne.")
    expected = (
        (referent_social, Role.TRAVAILLEUR_SOCIAL, "un travailleur social"),
        (referent_juridique, Role.JURISTE, "un juriste"),
    )
    for agent, role, mot in expected:
        if agent is None:
            continue
        if agent.organisation_id != locked.operateur_id or not agent.is_active:
            raise AffectationRefusee(f"{agent} ne fait pas partie de l’équipe de l’opérateur.")
        if agent.role != role:
            raise AffectationRefusee(f"{agent} n’est pas {mot} : choisissez une autre personne.")
    locked.referent_social = referent_social
    locked.referent_juridique = referent_juridique
    locked.affecte_le = on
    locked.save(update_fields=["referent_social", "referent_juridique", "affecte_le"])
    _record("mandat.affecte", by, on, "dossier", locked.dossier_id, mandat=str(locked.pk))
    return locked


@transaction.atomic
def record_rapport(
    *, mandat: Mandat, genre: str, rendu_le: date, texte: str, by: Agent, on: date
) -> Rapport:
    """Record what the operator reports. Raises MandatNonAccepte, MandatClos, RapportRefuse."""
    locked = _lock_running(mandat)
    if rendu_le > on:
        raise RapportRefuse("La date du rapport est à venir.")
    if rendu_le < locked.transmis_le:
        raise RapportRefuse("Ce rapport précède le jour où le dossier a été confié.")
    if not texte.strip():
        raise RapportRefuse("Écrivez ce qui a été fait et constaté.")
    rapport, created = Rapport.objects.get_or_create(
        mandat=locked,
        genre=Rapport.Genre(genre),
        rendu_le=rendu_le,
        defaults={"texte": texte.strip(), "par": by},
    )
    if not created:
        raise RapportRefuse("Ce rapport est déjà enregistré à cette date.")
    _record("rapport.rendu", by, on, "dossier", locked.dossier_id, rapport=str(rapport.pk))
    return rapport


@transaction.atomic
def sign_contrat(
    *,
    mandat: Mandat,
    signe_le: date,
    objectif: str,
    demarches: Iterable[DemarcheSaisie],
    by: Agent,
    on: date,
) -> Contrat:
    """Record the contrat d'engagement and its first steps.

    Raises MandatNonAccepte, MandatClos, ContratDejaSigne, ContratRefuse, DemarcheRefusee.
    """
    locked = _lock_running(mandat)
    saisies = list(demarches)
    if Contrat.objects.filter(mandat=locked).exists():
        raise ContratDejaSigne
    if signe_le > on:
        raise ContratRefuse("La date de signature est à venir.")
    if locked.repondu_le is None or signe_le < locked.repondu_le:
        raise ContratRefuse("Le contrat ne peut pas précéder l’acceptation du dossier.")
    if not objectif.strip():
        raise ContratRefuse("Indiquez l’objectif convenu avec le ménage.")
    if not saisies:
        raise ContratRefuse("Un contrat d’engagement comporte au moins une démarche.")
    contrat = Contrat.objects.create(
        mandat=locked, signe_le=signe_le, objectif=objectif.strip(), par=by
    )
    for saisie in saisies:
        _create_demarche(contrat, saisie)
    _record("contrat.signe", by, on, "dossier", locked.dossier_id, contrat=str(contrat.pk))
    return contrat


@transaction.atomic
def add_demarche(*, contrat: Contrat, saisie: DemarcheSaisie, by: Agent, on: date) -> Demarche:
    """Add a step to the contract. Raises MandatClos, DemarcheRefusee."""
    locked = _lock_running(contrat.mandat)
    same = contrat.demarches.filter(
        etat=Demarche.Etat.A_FAIRE,
        genre=saisie.genre,
        objectif=saisie.objectif,
        acteur=saisie.acteur,
        pour_le=saisie.pour_le,
    )
    if same.exists():
        raise DemarcheRefusee("Cette démarche est déjà au contrat, pour la même date.")
    demarche = _create_demarche(contrat, saisie)
    _record("demarche.ajoutee", by, on, "dossier", locked.dossier_id, demarche=str(demarche.pk))
    return demarche


@transaction.atomic
def end_demarche(
    *, demarche: Demarche, etat: str, terminee_le: date, by: Agent, on: date
) -> Demarche:
    """Say that a step was done, or given up. Raises MandatClos, DemarcheRefusee."""
    locked = _lock_running(demarche.contrat.mandat)
    current = Demarche.objects.select_related("contrat").get(pk=demarche.pk)
    if current.etat != Demarche.Etat.A_FAIRE:
        raise DemarcheRefusee("Cette démarche est déjà terminée.")
    if etat == Demarche.Etat.A_FAIRE:
        raise DemarcheRefusee("Indiquez si la démarche est faite ou abandonnée.")
    if terminee_le > on:
        raise DemarcheRefusee("La date de fin de la démarche est à venir.")
    if terminee_le < current.contrat.signe_le:
        raise DemarcheRefusee("La démarche ne peut pas finir avant la signature du contrat.")
    current.etat = Demarche.Etat(etat)
    current.terminee_le = terminee_le
    current.save(update_fields=["etat", "terminee_le"])
    _record("demarche.terminee", by, on, "dossier", locked.dossier_id, demarche=str(current.pk))
    return current


@transaction.atomic
def record_prolongation(
    *, mandat: Mandat, avis: str, avis_le: date, jusqu_au: date | None, by: Agent, on: date
) -> Prolongation:
    """Record the CCAPEX's opinion on what follows the six months.

    Raises MandatNonAccepte, MandatClos, ProlongationRefusee.
    """
    locked = _lock_running(mandat)
    if avis_le > on:
        raise ProlongationRefusee("La date de l’avis est à venir.")
    if locked.repondu_le is None or avis_le < locked.repondu_le:
        raise ProlongationRefusee("L’avis ne peut pas précéder le début de l’accompagnement.")
    poursuite = avis == Prolongation.Avis.POURSUITE
    if poursuite and (jusqu_au is None or jusqu_au <= avis_le):
        raise ProlongationRefusee(
            "Une poursuite a un terme : indiquez jusqu’à quelle date, après celle de l’avis."
        )
    if not poursuite and jusqu_au is not None:
        raise ProlongationRefusee("Seule une poursuite de l’accompagnement a un terme.")
    prolongation, created = Prolongation.objects.get_or_create(
        mandat=locked,
        avis_le=avis_le,
        defaults={"avis": Prolongation.Avis(avis), "jusqu_au": jusqu_au, "par": by},
    )
    if not created:
        raise ProlongationRefusee("Un avis est déjà enregistré à cette date.")
    _record("prolongation.enregistree", by, on, "dossier", locked.dossier_id)
    return prolongation


@transaction.atomic
def close_mandat(
    *,
    mandat: Mandat,
    saisie: ClotureSaisie,
    suivi: Suivi,
    by: Agent,
    on: date,
) -> Mandat:
    """End the follow-up with a reason and an outcome.

    Raises MandatNonAccepte, MandatClos, ClotureRefusee.
    """
    locked = _lock_running(mandat)
    if not saisie.motif or not saisie.denouement:
        raise ClotureRefusee("Indiquez le motif de la clôture et le dénouement.")
    if locked.repondu_le is None:
        raise MandatNonAccepte
    reason = why_not_close(
        motif=saisie.motif,
        clos_le=saisie.clos_le,
        on=on,
        debut_le=locked.repondu_le,
        suivi=suivi,
        notifie_le=saisie.notifie_le,
    )
    if reason:
        raise ClotureRefusee(reason)
    locked.motif_cloture = Mandat.MotifCloture(saisie.motif)
    locked.denouement = Mandat.Denouement(saisie.denouement)
    locked.clos_le = saisie.clos_le
    locked.notifie_le = saisie.notifie_le
    locked.save(update_fields=["motif_cloture", "denouement", "clos_le", "notifie_le"])
    _record("mandat.clos", by, on, "dossier", locked.dossier_id, mandat=str(locked.pk))
    return locked


def _lock(mandat: Mandat) -> Mandat:
    """Return the mandate, locked until the end of the transaction."""
    return Mandat.objects.select_for_update().get(pk=mandat.pk)


def _lock_running(mandat: Mandat) -> Mandat:
    locked = _lock(mandat)
    if locked.reponse != Mandat.Reponse.ACCEPTE:
        raise MandatNonAccepte
    if locked.clos_le is not None:
        raise MandatClos
    return locked


def _create_demarche(contrat: Contrat, saisie: DemarcheSaisie) -> Demarche:
    if not saisie.objectif.strip():
        raise DemarcheRefusee("Indiquez l’objectif de chaque démarche.")
    if saisie.pour_le < contrat.signe_le:
        raise DemarcheRefusee("Une démarche ne peut pas être prévue avant la signature du contrat.")
    return Demarche.objects.create(
        contrat=contrat,
        genre=Demarche.Genre(saisie.genre),
        objectif=saisie.objectif.strip(),
        acteur=Demarche.Acteur(saisie.acteur),
        pour_le=saisie.pour_le,
    )


def _record(
    kind: str, by: Author, on: date, target_type: str, target_id: object, **details: str | int
) -> None:
    record_event(
        kind=kind, by=by, on=on, target_type=target_type, target_id=target_id, details=details
    )
