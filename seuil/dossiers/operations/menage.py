"""Record what is learnt of the household."""

from datetime import date

from django.db import transaction

from seuil.audit.operations import Author
from seuil.dossiers.models import Coordonnee, Dossier, SuiviSocial
from seuil.dossiers.operations._journal import record_line, refuse_future
from seuil.dossiers.operations.dossiers import FaitDejaConnu


@transaction.atomic
def record_suivi(
    *,
    dossier: Dossier,
    situation: str,
    service: str,
    mesure: str,
    constate_le: date,
    source: str,
    by: Author,
    on: date,
) -> SuiviSocial:
    """Add what a social service says of the household. Raises DateAVenir, FaitDejaConnu."""
    refuse_future(constate_le, on)
    suivi, created = SuiviSocial.objects.get_or_create(
        dossier=dossier,
        constate_le=constate_le,
        source=source,
        defaults={"situation": situation, "service": service, "mesure": mesure},
    )
    if not created:
        raise FaitDejaConnu
    record_line("suivi.ajoute", dossier, by, on)
    return suivi


@transaction.atomic
def record_coordonnee(
    *,
    dossier: Dossier,
    type: str,  # noqa: A002 - the noun of the model
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
