"""The CCAPEX gives its opinion on what follows the six months."""

from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Mandat, Prolongation
from seuil.accompagnements.operations import rapports as operations
from seuil.acteurs.models import Agent
from seuil.usecases._habilitation import require_mandat
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def record_prolongation(
    *, mandat: Mandat, avis: str, avis_le: date, jusqu_au: date | None, by: Agent, on: date
) -> Prolongation:
    """Record the opinion; it moves the end of the follow-up.

    Raises HabilitationRefusee, DossierInaccessible, MandatNonAccepte, MandatClos,
    ProlongationRefusee.
    """
    require_mandat(by=by, on=on, verbe="mandat.prolonger", mandat=mandat)
    prolongation = operations.record_prolongation(
        mandat=mandat, avis=avis, avis_le=avis_le, jusqu_au=jusqu_au, by=by, on=on
    )
    refresh_dossiers(dossier_ids=[mandat.dossier_id], on=on)
    return prolongation
