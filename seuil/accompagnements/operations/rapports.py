"""What the operator reports, and what the CCAPEX answers."""

from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Mandat, Prolongation, Rapport
from seuil.accompagnements.operations._journal import record
from seuil.accompagnements.operations.mandats import lock_running
from seuil.acteurs.models import Agent
from seuil.kernel.refusal import Refusal


class RapportRefuse(Refusal):
    message = "Ce rapport ne peut pas être enregistré."


class ProlongationRefusee(Refusal):
    message = "Cet avis ne peut pas être enregistré."


@transaction.atomic
def record_rapport(
    *, mandat: Mandat, genre: str, rendu_le: date, texte: str, by: Agent, on: date
) -> Rapport:
    """Record what the operator reports. Raises MandatNonAccepte, MandatClos, RapportRefuse."""
    locked = lock_running(mandat)
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
    record("rapport.rendu", by, on, "dossier", locked.dossier_id, rapport=str(rapport.pk))
    return rapport


@transaction.atomic
def record_prolongation(
    *, mandat: Mandat, avis: str, avis_le: date, jusqu_au: date | None, by: Agent, on: date
) -> Prolongation:
    """Record the CCAPEX's opinion on what follows the six months.

    Raises MandatNonAccepte, MandatClos, ProlongationRefusee.
    """
    locked = lock_running(mandat)
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
    record("prolongation.enregistree", by, on, "dossier", locked.dossier_id)
    return prolongation
