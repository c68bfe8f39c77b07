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
    if not avis:
        raise ProlongationRefusee("Indiquez l’avis de la CCAPEX.")
    poursuite = avis == Prolongation.Avis.POURSUITE
    if poursuite and (jusqu_au is None or jusqu_au <= avis_le):
        raise ProlongationRefusee(
            "Une poursuite a un terme : indiquez jusqu’à quelle date, après celle de l’avis."
        )
    if not poursuite and jusqu_au is not None:
        raise ProlongationRefusee("Seule une poursuite de l’accompagnement a un terme.")
    if locked.prolongations.filter(avis_le=avis_le).exists():
        raise ProlongationRefusee("Un avis est déjà enregistré à cette date.")
    # An opinion answers the request that waits; nobody may have asked.
    asked = locked.prolongations.filter(avis=Prolongation.Avis.ATTENDU).first()
    prolongation = asked or Prolongation(mandat=locked)
    prolongation.avis, prolongation.avis_le = Prolongation.Avis(avis), avis_le
    prolongation.jusqu_au, prolongation.par = jusqu_au, by
    prolongation.save()
    record("prolongation.enregistree", by, on, "dossier", locked.dossier_id)
    return prolongation


@transaction.atomic
def request_prolongation(*, mandat: Mandat, motif: str, by: Agent, on: date) -> Prolongation:
    """Ask the CCAPEX to go on beyond six months: it answers at its next session.

    Raises MandatNonAccepte, MandatClos, ProlongationRefusee.
    """
    locked = lock_running(mandat)
    if not motif.strip():
        raise ProlongationRefusee("Dites pourquoi l’accompagnement doit durer plus de six mois.")
    if locked.prolongations.filter(avis=Prolongation.Avis.ATTENDU).exists():
        raise ProlongationRefusee("Une demande attend déjà l’avis de la CCAPEX.")
    asked = Prolongation.objects.create(
        mandat=locked, demande_le=on, motif=motif.strip(), demande_par=by
    )
    record("prolongation.demandee", by, on, "dossier", locked.dossier_id)
    return asked
