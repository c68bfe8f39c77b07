"""The préfet refers a household to an organisme for its diagnosis."""

from datetime import date

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.diagnostics import operations
from seuil.diagnostics.models import Dsf
from seuil.dossiers.models import Dossier
from seuil.usecases._habilitation import require_dossier
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def request_dsf(
    *, dossier: Dossier, demande_le: date | None, organisme: str, by: Agent, on: date
) -> Dsf:
    """Record the request; its day starts the delay of the interview.

    Raises HabilitationRefusee, DossierInaccessible, DsfRefuse, DsfDejaEnCours.
    """
    require_dossier(by=by, on=on, verbe="dsf.demander", dossier_id=dossier.pk)
    dsf = operations.request_dsf(
        dossier=dossier, demande_le=demande_le, organisme=organisme, by=by, on=on
    )
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return dsf
