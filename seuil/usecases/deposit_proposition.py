"""What a partner proposes: kept apart until the secretariat answers."""

from datetime import date

from django.db import transaction

from seuil.actes.models import Proposition
from seuil.actes.operations import propositions
from seuil.acteurs.models import Agent
from seuil.dossiers.rules import OuvertureSaisie
from seuil.usecases._habilitation import require_verbe
from seuil.usecases.open_dossier import get_acte_recu


@transaction.atomic
def deposit_proposition(*, saisie: OuvertureSaisie, by: Agent, on: date) -> Proposition:
    """Keep what a partner proposes, checked as a row of a list; it is told of no file near.

    Raises HabilitationRefusee, SaisieRefusee, DejaProposee.
    """
    require_verbe(by=by, verbe="dossier.proposer")
    get_acte_recu(saisie=saisie, by=by, on=on)
    return propositions.deposit_proposition(saisie=saisie, by=by, on=on)
