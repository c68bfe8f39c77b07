"""Begin the choice of a month."""

from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Choix
from seuil.accompagnements.operations import choix as operations
from seuil.acteurs.models import Agent, Organisation
from seuil.usecases._habilitation import require_verbe


@transaction.atomic
def prepare_choix(*, operateur: Organisation, mois: date, by: Agent, on: date) -> Choix:
    """Return the choice of a month for an operator, begun if it was not.

    Raises HabilitationRefusee, OperateurInconnu.
    """
    require_verbe(by=by, verbe="choix.preparer")
    return operations.prepare_choix(operateur=operateur, mois=mois, by=by, on=on)
