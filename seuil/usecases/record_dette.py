"""A debt stated on a dossier: the fact, then what it changes in the lists."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.acteurs.rules import why_not
from seuil.dossiers import operations
from seuil.dossiers.models import Dette, Dossier
from seuil.kernel.refusal import Refusal
from seuil.usecases.refresh_dossiers import refresh_dossiers


class DetteInterdite(Refusal):
    message = "Votre rôle ne permet pas d’ajouter une dette à ce dossier."


@transaction.atomic
def record_dette(
    *, dossier: Dossier, constatee_le: date, montant: Decimal, source: str, by: Agent, on: date
) -> Dette:
    """Record a debt on a dossier the author reaches.

    Raises DetteInterdite, DateAVenir, FaitDejaConnu.
    """
    visible = Dossier.objects.visible_to(by, on=on).filter(pk=dossier.pk).exists()
    if why_not(by.role, "dossier.completer") or not visible:
        raise DetteInterdite
    dette = operations.record_dette(
        dossier=dossier, constatee_le=constatee_le, montant=montant, source=source, by=by, on=on
    )
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return dette
