"""What is past its term."""

from datetime import datetime, timedelta

from django.db import transaction

from seuil.connexions.models import Brouillon, Connexion, Courriel, Essai
from seuil.connexions.rules import BROUILLON
from seuil.kernel.contexte import acting_as_machine

_RETENTION = timedelta(days=366)
_RETENTION_ESSAIS = timedelta(days=1)
_RETENTION_COURRIELS = timedelta(days=31)


@transaction.atomic
def delete_perimes(*, at: datetime) -> int:
    """Delete what no longer serves: tries and drafts of a day, mails of a month, old sessions."""
    essais = Essai.objects.filter(essaye_at__lt=at - _RETENTION_ESSAIS)
    connexions = Connexion.objects.filter(ouverte_at__lt=at - _RETENTION)
    brouillons = Brouillon.objects.filter(saisi_at__lte=at - BROUILLON)
    courriels = Courriel.objects.filter(ecrit_at__lt=at - _RETENTION_COURRIELS)
    with acting_as_machine("perimes", on=at.date()):
        return sum(rows.delete()[0] for rows in (essais, connexions, brouillons, courriels))
