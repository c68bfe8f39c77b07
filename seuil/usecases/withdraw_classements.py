"""What was filed by mistake comes back to the queue."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.travail import operations
from seuil.usecases._habilitation import require_verbe
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def withdraw_classements(
    *, diligence_ids: Collection[UUID], depuis: datetime, by: Agent, on: date
) -> list[UUID]:
    """Put back what the agent has filed since `depuis`. Raises HabilitationRefusee."""
    require_verbe(by=by, verbe="devoir.rendre")
    dossiers = operations.withdraw_classements(
        diligence_ids=diligence_ids, depuis=depuis, by=by, on=on
    )
    refresh_dossiers(dossier_ids=dossiers, on=on)
    return dossiers
