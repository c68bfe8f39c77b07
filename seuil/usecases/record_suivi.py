"""What a social service says of a household: the fact, then what it changes in the lists."""

from datetime import date

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier, SuiviSocial
from seuil.dossiers.operations import menage as operations
from seuil.dossiers.rules import SuiviSaisi
from seuil.usecases._habilitation import require_dossier
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def record_suivi(*, dossier: Dossier, saisie: SuiviSaisi, by: Agent, on: date) -> SuiviSocial:
    """Record the social follow-up of a dossier the author reaches.

    Raises HabilitationRefusee, DossierInaccessible, DateAVenir, FaitDejaConnu.
    """
    require_dossier(
        by=by, on=on, verbe="dossier.completer", dossier_id=dossier.pk, categorie="suivi"
    )
    suivi = operations.record_suivi(dossier=dossier, saisie=saisie, by=by, on=on)
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return suivi
