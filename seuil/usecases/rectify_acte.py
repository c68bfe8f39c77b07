"""An act recorded wrongly, corrected: what it said is kept, and what it entails computed again."""

from datetime import date

from django.db import transaction

from seuil.actes.models import Acte
from seuil.actes.operations.actes import replace_acte
from seuil.actes.rules.saisie import ActeSaisi, RetraitSaisi
from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.usecases._actes import (
    add_dette_of,
    require_ecriture,
    require_saisie,
    write_source,
)
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def rectify_acte(
    *,
    dossier: Dossier,
    acte: Acte,
    saisie: ActeSaisi,
    retrait: RetraitSaisi,
    vu: str,
    by: Agent,
    on: date,
) -> Acte:
    """Correct an act of a dossier, of the same kind. `vu`: the version that the author read.

    Raises HabilitationRefusee, DossierInaccessible, DateImpossible, SensManquant, ActeRetire,
    ActeCorrigeEntreTemps, ActeDejaConnu.
    """
    require_ecriture(dossier=dossier, type_acte=acte.type, by=by, on=on)
    require_saisie(saisie=saisie, on=on)
    claimed = acte.montant
    corrected = replace_acte(
        acte=acte, saisie=saisie, retrait=retrait, vu=vu, source=write_source(by), by=by, on=on
    )
    if corrected.montant != claimed:
        add_dette_of(acte=corrected)
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return corrected
