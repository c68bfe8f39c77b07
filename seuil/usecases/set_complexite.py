"""The operator says whether a case is simple or complex."""

from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Mandat
from seuil.accompagnements.operations import mandats as operations
from seuil.acteurs.models import Agent
from seuil.usecases._habilitation import require_mandat
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def set_complexite(*, mandat: Mandat, complexite: str, by: Agent, on: date) -> Mandat:
    """Record it; the dates of the mandate follow.

    Raises HabilitationRefusee, DossierInaccessible, MandatNonAccepte, MandatClos,
    ComplexiteRefusee.
    """
    require_mandat(by=by, on=on, verbe="mandat.suivre", mandat=mandat)
    changed = operations.set_complexite(mandat=mandat, complexite=complexite, by=by, on=on)
    refresh_dossiers(dossier_ids=[mandat.dossier_id], on=on)
    return changed
