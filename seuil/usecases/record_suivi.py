"""What a social service says of a household: the fact, then what it changes in the lists."""

from datetime import date

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.acteurs.rules import why_not
from seuil.dossiers import operations
from seuil.dossiers.models import Dossier, SuiviSocial
from seuil.kernel.refusal import Refusal
from seuil.usecases.refresh_dossiers import refresh_dossiers


class SuiviInterdit(Refusal):
    message = "Votre rôle ne permet pas d’ajouter un suivi social à ce dossier."


@transaction.atomic
def record_suivi(
    *,
    dossier: Dossier,
    situation: str,
    service: str,
    mesure: str,
    constate_le: date,
    source: str,
    by: Agent,
    on: date,
) -> SuiviSocial:
    """Record the social follow-up of a dossier the author reaches.

    Raises SuiviInterdit, DateAVenir, FaitDejaConnu.
    """
    visible = Dossier.objects.visible_to(by, on=on).filter(pk=dossier.pk).exists()
    if why_not(by.role, "dossier.completer") or not visible:
        raise SuiviInterdit
    suivi = operations.record_suivi(
        dossier=dossier,
        situation=situation,
        service=service,
        mesure=mesure,
        constate_le=constate_le,
        source=source,
        by=by,
        on=on,
    )
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return suivi
