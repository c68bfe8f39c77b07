"""File what has no object any more: a hearing that is past, a report that serves no one."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.travail import operations
from seuil.travail.models import Diligence
from seuil.travail.queries import Filtres, list_lignes
from seuil.travail.rules.aujourdhui import Groupe
from seuil.usecases._habilitation import require_verbe
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def close_taches(*, dossier_ids: Collection[UUID], by: Agent, on: date) -> list[Diligence]:
    """File the tasks of households that are in the agent's queue only to be filed.

    What still has an object is left, whoever asks. Raises HabilitationRefusee.
    """
    require_verbe(by=by, verbe="devoir.rendre")
    filtres = Filtres(groupe=Groupe.CADUC, menages=frozenset(dossier_ids))
    taches = [
        placee.tache.id
        for ligne in list_lignes(agent=by, on=on, filtres=filtres)
        for placee in ligne.placees
    ]
    filed = operations.close_taches(tache_ids=taches, by=by, on=on)
    refresh_dossiers(dossier_ids={d.dossier_id for d in filed}, on=on)
    return filed
