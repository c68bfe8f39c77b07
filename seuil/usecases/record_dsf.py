"""The diagnosis ends, and is sent to the judge and the CCAPEX."""

from datetime import date

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.diagnostics import operations
from seuil.diagnostics.models import Dsf
from seuil.diagnostics.rules import FinDsfSaisie
from seuil.dossiers.models import Dossier
from seuil.usecases._habilitation import require_dossier
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def record_dsf(*, dossier: Dossier, saisie: FinDsfSaisie, by: Agent, on: date) -> Dsf:
    """Record how and when the diagnosis ended and was sent; called again for a later sending.

    Raises HabilitationRefusee, DossierInaccessible, DsfRefuse.
    """
    require_dossier(by=by, on=on, verbe="dsf.enregistrer", dossier_id=dossier.pk)
    dsf = operations.record_dsf(dossier=dossier, saisie=saisie, by=by, on=on)
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return dsf
