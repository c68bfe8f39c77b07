"""What is past its term."""

from datetime import datetime, timedelta

from django.db import transaction

from seuil.connexions.models import Brouillon, Connexion, Essai
from seuil.connexions.rules import BROUILLON
from seuil.kernel.contexte import acting_as_machine

_RETENTION = timedelta(days=366)
_RETENTION_ESSAIS = timedelta(days=1)


@transaction.atomic
def delete_perimes(*, at: datetime) -> int:
    """Delete what no longer serves: tries and drafts of the day before, sessions of last year."""
    essais = Essai.objects.filter(essaye_at__lt=at - _RETENTION_ESSAIS)
    connexions = Connexion.objects.filter(ouverte_at__lt=at - _RETENTION)
    brouillons = Brouillon.objects.filter(saisi_at__lte=at - BROUILLON)
    with acting_as_machine("perimes", on=at.date()):
        return essais.delete()[0] + connexions.delete()[0] + brouillons.delete()[0]
