"""The household and the équipe mobile sign the contrat d'engagement."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Contrat, Mandat
from seuil.accompagnements.operations import contrats as operations
from seuil.accompagnements.rules.mandats import DemarcheSaisie
from seuil.acteurs.models import Agent
from seuil.usecases._habilitation import require_mandat
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def sign_contrat(
    *,
    mandat: Mandat,
    signe_le: date,
    objectif: str,
    demarches: Iterable[DemarcheSaisie],
    by: Agent,
    on: date,
) -> Contrat:
    """Record the contract and its first steps, each with its day.

    Raises HabilitationRefusee, DossierInaccessible, MandatNonAccepte, MandatClos,
    ContratDejaSigne, ContratRefuse, DemarcheRefusee.
    """
    require_mandat(by=by, on=on, verbe="mandat.suivre", mandat=mandat)
    contrat = operations.sign_contrat(
        mandat=mandat, signe_le=signe_le, objectif=objectif, demarches=demarches, by=by, on=on
    )
    refresh_dossiers(dossier_ids=[mandat.dossier_id], on=on)
    return contrat
