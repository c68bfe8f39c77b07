"""An organisation says which households of its table it knows: the facts, then what they close."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier, SuiviSocial
from seuil.dossiers.operations import menage as operations
from seuil.dossiers.rules import SuiviRepondu
from seuil.travail.queries import find_actes_a_dire
from seuil.usecases._habilitation import DossierInaccessible, require_verbe
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


def require_reponses(*, by: Agent, on: date, dossier_ids: Collection[UUID]) -> None:
    """Raise HabilitationRefusee or DossierInaccessible unless the agent may answer of all these."""
    require_verbe(by=by, verbe="suivi.repondre")
    reached = Dossier.objects.visible_to(by, on=on, categorie="suivi", operation="ecrire")
    if reached.filter(pk__parmi=list(dossier_ids)).count() < len(dossier_ids):
        raise DossierInaccessible
