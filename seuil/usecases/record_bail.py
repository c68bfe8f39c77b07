"""The lease filled or corrected: the fact, then the deadlines that its date decides."""

from datetime import date

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Bail, Dossier
from seuil.dossiers.operations import bail as operations
from seuil.dossiers.rules import BailSaisi
from seuil.usecases._habilitation import require_dossier
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def record_bail(
    *,
    dossier: Dossier,
    saisie: BailSaisi,
    empreinte: str,
    by: Agent,
    on: date,
) -> Bail:
    """Write what is known of the lease of a dossier the author reaches.

    Raises HabilitationRefusee, DossierInaccessible, DateAVenir, BailIncoherent, BailModifie.
    """
    require_dossier(
        by=by, on=on, verbe="dossier.completer", dossier_id=dossier.pk, categorie="bail_dette"
    )
    bail = operations.record_bail(dossier=dossier, saisie=saisie, empreinte=empreinte, by=by, on=on)
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return bail
