"""An organisation takes back what it just answered of many households; the duties come back."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.dossiers.models import SuiviSocial
from seuil.dossiers.operations import menage as operations
from seuil.dossiers.queries import filter_retirables
from seuil.usecases._habilitation import require_reponses
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def withdraw_reponses(*, ids: Collection[UUID], by: Agent, on: date) -> list[SuiviSocial]:
    """Take back the agent's own answers of the last ten minutes that nobody corrected since.

    Raises HabilitationRefusee, DossierInaccessible, RetraitTardif when there is none left.
    """
    known = filter_retirables(agent=by, on=on).filter(pk__parmi=list(ids))
    require_reponses(by=by, on=on, dossier_ids=set(known.values_list("dossier_id", flat=True)))
    new = operations.withdraw_reponses(ids=ids, by=by, on=on)
    refresh_dossiers(dossier_ids=[s.dossier_id for s in new], on=on)
    return new
