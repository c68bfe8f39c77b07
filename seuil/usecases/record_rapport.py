"""The operator reports to the DDETS on a household."""

from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Mandat, Rapport
from seuil.accompagnements.operations import rapports as operations
from seuil.acteurs.models import Agent
from seuil.usecases._habilitation import require_mandat
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def record_rapport(
    *, mandat: Mandat, genre: str, rendu_le: date, texte: str, by: Agent, on: date
) -> Rapport:
    """Record the first report, the evaluation or the bilan; its task ends.

    Raises HabilitationRefusee, DossierInaccessible, MandatNonAccepte, MandatClos, RapportRefuse.
    """
    require_mandat(by=by, on=on, verbe="mandat.suivre", mandat=mandat)
    rapport = operations.record_rapport(
        mandat=mandat, genre=genre, rendu_le=rendu_le, texte=texte, by=by, on=on
    )
    refresh_dossiers(dossier_ids=[mandat.dossier_id], on=on)
    return rapport
