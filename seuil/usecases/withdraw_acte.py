"""An act that should not be on the dossier, withdrawn: it stays readable and counts no more."""

from datetime import date

from django.db import transaction

from seuil.actes.models import Acte
from seuil.actes.operations.actes import end_acte
from seuil.actes.rules.saisie import RetraitSaisi
from seuil.acteurs.models import Agent
from seuil.dossiers.models import Acces, Dossier
from seuil.dossiers.operations.acces import close_acces
from seuil.usecases._actes import OUVRENT_L_INSTRUCTION, require_ecriture
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def withdraw_acte(
    *, dossier: Dossier, acte: Acte, retrait: RetraitSaisi, vu: str, by: Agent, on: date
) -> Acte:
    """Withdraw an act of a dossier and compute again what the others entail.

    The préfecture, to whom only such acts had opened the dossier, reads it no more. The debt that
    the act claimed stays, as stated. `vu`: the version that the author read. Raises
    HabilitationRefusee, DossierInaccessible, ActeRetire, ActeCorrigeEntreTemps.
    """
    require_ecriture(dossier=dossier, type_acte=acte.type, by=by, on=on)
    withdrawn = end_acte(acte=acte, retrait=retrait, vu=vu, by=by, on=on)
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    left = Acte.objects.en_vigueur().filter(dossier=dossier, type__in=OUVRENT_L_INSTRUCTION)
    if withdrawn.type in OUVRENT_L_INSTRUCTION and not left.exists():
        close_acces(dossier_id=dossier.pk, relation=Acces.Relation.INSTRUCTION, on=on)
    return withdrawn
