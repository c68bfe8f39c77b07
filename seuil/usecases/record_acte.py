"""An act or a decision entered by hand on an open dossier."""

from datetime import date

from django.db import transaction

from seuil.actes.models import Acte
from seuil.actes.operations.actes import ActeDiffere, create_acte, replace_acte
from seuil.actes.queries import get_saisie, get_version
from seuil.actes.rules.corrections import merge_saisies
from seuil.actes.rules.saisie import ActeSaisi, RetraitSaisi
from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.dossiers.operations.ouverture import open_instruction
from seuil.usecases._actes import (
    OUVRENT_L_INSTRUCTION,
    add_dette_of,
    require_ecriture,
    require_saisie,
    write_source,
)
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def record_acte(
    *,
    dossier: Dossier,
    saisie: ActeSaisi,
    by: Agent,
    on: date,
    correction: RetraitSaisi | None = None,
) -> Acte:
    """Record an act on a dossier the author reaches, and recompute what it entails.

    `correction`: were it recorded otherwise, correct what is, for that reason. Raises
    HabilitationRefusee, DossierInaccessible, DateImpossible, SensManquant, ActeDejaConnu,
    ActeDiffere.
    """
    require_ecriture(dossier=dossier, type_acte=saisie.type, by=by, on=on)
    require_saisie(saisie=saisie, on=on)
    source = write_source(by)
    try:
        acte = create_acte(dossier=dossier, saisie=saisie, source=source, by=by, on=on)
    except ActeDiffere as known:
        if correction is None:
            raise
        acte = replace_acte(
            acte=known.acte,
            saisie=merge_saisies(get_saisie(known.acte), saisie),
            retrait=correction,
            vu=get_version(known.acte),
            source=source,
            by=by,
            on=on,
            # A hearing that is told again is the last told.
            annonce_le=on if saisie.type == "audience" else None,
        )
    add_dette_of(acte=acte)
    if acte.type in OUVRENT_L_INSTRUCTION:
        open_instruction(dossier_ids=[dossier.pk], on=on)
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return acte
