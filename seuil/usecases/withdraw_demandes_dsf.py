"""A request of diagnosis recorded by mistake is taken back at once."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.diagnostics import operations
from seuil.usecases._habilitation import require_verbe
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def withdraw_demandes_dsf(
    *, dsf_ids: Collection[UUID], depuis: datetime, by: Agent, on: date
) -> list[UUID]:
    """Take back the agent's own requests recorded since `depuis`; the households wait again.

    Raises HabilitationRefusee.
    """
    require_verbe(by=by, verbe="dsf.demander")
    dossiers = operations.withdraw_demandes_dsf(dsf_ids=dsf_ids, depuis=depuis, by=by, on=on)
    refresh_dossiers(dossier_ids=dossiers, on=on)
    return dossiers
