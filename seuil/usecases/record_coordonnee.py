"""Add a phone number or an e-mail address of the household: its file is found by it."""

from datetime import date

from django.db import transaction

from seuil.audit.operations import Author
from seuil.dossiers.models import Coordonnee, Dossier
from seuil.dossiers.operations import menage
from seuil.kernel.contexte import acting_as_machine
from seuil.recherche.operations import refresh_mentions


@transaction.atomic
def record_coordonnee(
    *, dossier: Dossier, type: str, valeur: str, source: str, by: Author, on: date
) -> Coordonnee:
    """Add it. Raises FaitDejaConnu."""
    coordonnee = menage.record_coordonnee(
        dossier=dossier, type=type, valeur=valeur, source=source, by=by, on=on
    )
    with acting_as_machine("recalcul", on=on):
        refresh_mentions(dossier_ids=[dossier.pk])
    return coordonnee
