"""A service proposes a household to the équipe mobile."""

from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Prescription
from seuil.accompagnements.operations import prescriptions as operations
from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.usecases._habilitation import require_dossier
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def record_prescription(
    *, dossier: Dossier, service: str, motif: str, propose_le: date, by: Agent, on: date
) -> Prescription:
    """Record the proposal; the household then counts in the month's choice.

    Raises HabilitationRefusee, DossierInaccessible, PrescriptionRefusee.
    """
    require_dossier(by=by, on=on, verbe="prescription.enregistrer", dossier_id=dossier.pk)
    prescription = operations.record_prescription(
        dossier=dossier, service=service, motif=motif, propose_le=propose_le, by=by, on=on
    )
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return prescription
