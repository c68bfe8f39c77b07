"""An organisation says which households of its table it knows: the facts, then what they close."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.dossiers.models import SuiviSocial
from seuil.dossiers.operations import menage as operations
from seuil.dossiers.rules import SuiviRepondu
from seuil.travail.queries import find_actes_a_dire
from seuil.usecases._habilitation import require_reponses
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def record_reponses(*, reponses: Sequence[SuiviRepondu], by: Agent, on: date) -> list[SuiviSocial]:
    """Record what the agent's organisation answers, each for the act that asks it; duties end.

    All or none; returns those that changed something. Raises HabilitationRefusee,
    DossierInaccessible, ReponseRefusee, ReponseEntreTemps.
    """
    ids = {r.dossier_id for r in reponses}
    require_reponses(by=by, on=on, dossier_ids=ids)
    actes = find_actes_a_dire(agent=by, on=on, dossier_ids=ids)
    new = operations.record_reponses(
        reponses=[replace(r, acte_id=actes.get(r.dossier_id)) for r in reponses], by=by, on=on
    )
    refresh_dossiers(dossier_ids=[s.dossier_id for s in new], on=on)
    return new
