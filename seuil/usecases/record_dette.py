"""A debt stated on a dossier: the fact, then what it changes in the lists."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dette, Dossier
from seuil.dossiers.operations import bail as operations
from seuil.usecases._habilitation import require_dossier
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def record_dette(
    *, dossier: Dossier, constatee_le: date, montant: Decimal, source: str, by: Agent, on: date
) -> Dette:
    """Record a debt on a dossier the author reaches.

    Raises HabilitationRefusee, DossierInaccessible, DateAVenir, FaitDejaConnu.
    """
    require_dossier(
        by=by, on=on, verbe="dossier.completer", dossier_id=dossier.pk, categorie="bail_dette"
    )
    dette = operations.record_dette(
        dossier=dossier, constatee_le=constatee_le, montant=montant, source=source, by=by, on=on
    )
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return dette
