"""A step of the contrat d'engagement is done, or given up."""

from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Demarche
from seuil.accompagnements.operations import contrats as operations
from seuil.acteurs.models import Agent
from seuil.usecases._habilitation import require_mandat
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def end_demarche(
    *, demarche: Demarche, etat: str, terminee_le: date, by: Agent, on: date
) -> Demarche:
    """Record how a step ended; its task ends.

    Raises HabilitationRefusee, DossierInaccessible, MandatClos, DemarcheRefusee.
    """
    mandat = demarche.contrat.mandat
    require_mandat(by=by, on=on, verbe="mandat.suivre", mandat=mandat)
    ended = operations.end_demarche(
        demarche=demarche, etat=etat, terminee_le=terminee_le, by=by, on=on
    )
    refresh_dossiers(dossier_ids=[mandat.dossier_id], on=on)
    return ended
