"""The operator asks the CCAPEX to follow a household beyond six months."""

from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Mandat, Prolongation
from seuil.accompagnements.operations import rapports as operations
from seuil.acteurs.models import Agent
from seuil.usecases._habilitation import require_mandat
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def request_prolongation(*, mandat: Mandat, motif: str, by: Agent, on: date) -> Prolongation:
    """Record the request; the secretariat puts it to the next session.

    Raises HabilitationRefusee, DossierInaccessible, MandatNonAccepte, MandatClos,
    ProlongationRefusee.
    """
    require_mandat(by=by, on=on, verbe="mandat.suivre", mandat=mandat)
    asked = operations.request_prolongation(mandat=mandat, motif=motif, by=by, on=on)
    refresh_dossiers(dossier_ids=[mandat.dossier_id], on=on)
    return asked
