"""A line added to the account of a debt."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dette, Dossier, LigneDecompte
from seuil.dossiers.operations import corrections
from seuil.usecases._habilitation import require_dossier


@transaction.atomic
def add_ligne_decompte(
    *, dossier: Dossier, dette: Dette, valeurs: Mapping[str, Any], by: Agent, on: date
) -> LigneDecompte:
    """Add it. Raises HabilitationRefusee, DossierInaccessible, ValeursRefusees, DateAVenir."""
    require_dossier(
        by=by, on=on, verbe="dossier.completer", dossier_id=dossier.pk, categorie="bail_dette"
    )
    return corrections.add_ligne_decompte(
        dossier=dossier, dette=dette, valeurs=valeurs, by=by, on=on
    )
