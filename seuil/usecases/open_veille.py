"""The démarches are over: the household is watched over before the file is closed."""

from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Mandat
from seuil.accompagnements.operations import mandats as operations
from seuil.acteurs.models import Agent
from seuil.usecases._habilitation import require_mandat
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def open_veille(*, mandat: Mandat, veille_le: date, by: Agent, on: date) -> Mandat:
    """Record it; the dates of the mandate follow.

    Raises HabilitationRefusee, DossierInaccessible, MandatNonAccepte, MandatClos,
    VeilleRefusee.
    """
    require_mandat(by=by, on=on, verbe="mandat.suivre", mandat=mandat)
    changed = operations.open_veille(mandat=mandat, veille_le=veille_le, by=by, on=on)
    refresh_dossiers(dossier_ids=[mandat.dossier_id], on=on)
    return changed
