"""Record what is learnt of the household."""

from datetime import date

from django.db import transaction

from seuil.audit.operations import Author
from seuil.dossiers.models import Coordonnee, Dossier, SuiviSocial
from seuil.dossiers.operations._journal import record_line, refuse_future
from seuil.dossiers.operations.dossiers import FaitDejaConnu
from seuil.dossiers.rules import SuiviSaisi


@transaction.atomic
def record_suivi(*, dossier: Dossier, saisie: SuiviSaisi, by: Author, on: date) -> SuiviSocial:
    """Add what a social service says of the household. Raises DateAVenir, FaitDejaConnu."""
    refuse_future(saisie.constate_le, on)
    suivi, created = SuiviSocial.objects.get_or_create(
        dossier=dossier,
        constate_le=saisie.constate_le,
        source=saisie.source,
        defaults={
            "situation": saisie.situation,
            "service": saisie.service,
            "mesure": saisie.mesure,
            "organisation_id": saisie.organisation_id,
        },
    )
    if not created:
        raise FaitDejaConnu
    record_line("suivi.ajoute", dossier, by, on)
    return suivi


@transaction.atomic
def record_coordonnee(
    *,
    dossier: Dossier,
    type: str,
    valeur: str,
    source: str,
    by: Author,
    on: date,
) -> Coordonnee:
    """Add a phone number or an e-mail address. Raises FaitDejaConnu."""
    coordonnee, created = Coordonnee.objects.get_or_create(
        dossier=dossier, type=type, valeur=valeur, defaults={"valide_du": on, "source": source}
    )
    if not created:
        raise FaitDejaConnu("Cette coordonnée est déjà connue.")
    record_line("coordonnee.ajoutee", dossier, by, on)
    return coordonnee
