"""A step is added to the contrat d'engagement."""

from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Contrat, Demarche
from seuil.accompagnements.operations import contrats as operations
from seuil.accompagnements.rules.mandats import DemarcheSaisie
from seuil.acteurs.models import Agent
from seuil.usecases._habilitation import require_mandat
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def add_demarche(*, contrat: Contrat, saisie: DemarcheSaisie, by: Agent, on: date) -> Demarche:
    """Add a step, with its objective, who does it and by when.

    Raises HabilitationRefusee, DossierInaccessible, MandatClos, DemarcheRefusee.
    """
    mandat = contrat.mandat
    require_mandat(by=by, on=on, verbe="mandat.suivre", mandat=mandat)
    demarche = operations.add_demarche(contrat=contrat, saisie=saisie, by=by, on=on)
    refresh_dossiers(dossier_ids=[mandat.dossier_id], on=on)
    return demarche
