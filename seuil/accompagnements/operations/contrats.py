"""The contrat d’engagement and its steps."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Contrat, Demarche, Mandat
from seuil.accompagnements.operations._journal import record
from seuil.accompagnements.operations.mandats import end_veille, lock_running
from seuil.accompagnements.rules.mandats import DemarcheSaisie
from seuil.acteurs.models import Agent
from seuil.kernel.refusal import Refusal


class ContratDejaSigne(Refusal):
    message = "Un contrat d’engagement est déjà signé : ajoutez-lui des démarches."


class ContratRefuse(Refusal):
    message = "Ce contrat d’engagement ne peut pas être enregistré."


class DemarcheRefusee(Refusal):
    message = "Cette démarche ne peut pas être enregistrée."


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
    locked = lock_running(mandat)
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
    record("contrat.signe", by, on, "dossier", locked.dossier_id, contrat=str(contrat.pk))
    return contrat


@transaction.atomic
def add_demarche(*, contrat: Contrat, saisie: DemarcheSaisie, by: Agent, on: date) -> Demarche:
    """Add a step to the contract. Raises MandatClos, DemarcheRefusee."""
    locked = lock_running(contrat.mandat)
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
    end_veille(mandat=locked, by=by, on=on)
    record("demarche.ajoutee", by, on, "dossier", locked.dossier_id, demarche=str(demarche.pk))
    return demarche


@transaction.atomic
def end_demarche(
    *, demarche: Demarche, etat: str, terminee_le: date, by: Agent, on: date
) -> Demarche:
    """Say that a step was done, or given up. Raises MandatClos, DemarcheRefusee."""
    locked = lock_running(demarche.contrat.mandat)
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
    record("demarche.terminee", by, on, "dossier", locked.dossier_id, demarche=str(current.pk))
    return current


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
