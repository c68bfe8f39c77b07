"""An organisation says at once what it did of many duties, as when it answers for a month."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.travail import operations
from seuil.travail.models import Diligence
from seuil.travail.queries import list_rendables_partout
from seuil.travail.rules.diligences import DiligenceSaisie
from seuil.usecases._habilitation import DossierInaccessible, require_verbe
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def record_diligences(
    *, saisies: Sequence[DiligenceSaisie], by: Agent, on: date
) -> list[Diligence]:
    """Record that duties of the agent's own organisation are done; their tasks end.

    All or none. Raises HabilitationRefusee, DossierInaccessible when a duty is not in the agent's
    queue, DiligenceRefusee.
    """
    require_verbe(by=by, verbe="devoir.rendre")
    # The task says whose duty it is: who holds it need not see the dossier.
    if not {s.cle for s in saisies} <= list_rendables_partout(agent=by, on=on):
        raise DossierInaccessible
    done = operations.record_diligences(saisies=saisies, by=by, on=on)
    refresh_dossiers(dossier_ids={d.dossier_id for d in done}, on=on)
    return done
