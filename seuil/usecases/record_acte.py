"""An act or a decision entered by hand on an open dossier."""

from datetime import date

from django.db import transaction

from seuil.actes.models import Acte
from seuil.actes.operations import create_acte
from seuil.actes.rules.saisie import ActeSaisi
from seuil.actes.rules.types import CATEGORIE_PAR_TYPE, SENS_OBLIGATOIRE
from seuil.actes.rules.valeurs import load_mots
from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.dossiers.operations.ouverture import add_dettes, open_instruction
from seuil.kernel.refusal import Refusal
from seuil.usecases._habilitation import require_dossier
from seuil.usecases.refresh_dossiers import refresh_dossiers


class DateImpossible(Refusal):
    """A date contradicts another one, or is still to come."""


class SensManquant(Refusal):
    def __init__(self, type_acte: str) -> None:
        super().__init__(
            f"Indiquez le sens de la décision : {load_mots().sens_attendus[type_acte]}."
        )


@transaction.atomic
def record_acte(*, dossier: Dossier, saisie: ActeSaisi, by: Agent, on: date) -> Acte:
    """Record an act on a dossier the author reaches, and recompute what it entails.

    Raises HabilitationRefusee, DossierInaccessible, DateImpossible, SensManquant, ActeDejaConnu.
    """
    require_dossier(
        by=by,
        on=on,
        verbe="acte.enregistrer",
        dossier_id=dossier.pk,
        categorie=CATEGORIE_PAR_TYPE.get(saisie.type, "procedure"),
    )
    _check(saisie, on)
    source = f"saisie ({by.organisation})"[:100]
    acte = create_acte(dossier=dossier, saisie=saisie, source=source, by=by, on=on)
    if acte.montant:
        add_dettes(dettes=[(dossier.pk, acte.survenu_le, acte.montant, acte.source)])
    if acte.type in {"cql", "rfp", "cfp", "expulsion"}:
        open_instruction(dossier_ids=[dossier.pk], on=on)
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return acte


def _check(saisie: ActeSaisi, on: date) -> None:
    if saisie.type != "audience" and saisie.survenu_le > on:
        raise DateImpossible("La date de l’acte est à venir : corrigez-la.")
    if saisie.audience_le and saisie.audience_le < saisie.survenu_le:
        raise DateImpossible("L’audience précède l’acte : l’une des deux dates est à corriger.")
    if saisie.recu_le and saisie.recu_le < saisie.survenu_le and saisie.type != "rfp":
        raise DateImpossible("La réception précède l’acte : l’une des deux dates est à corriger.")
    if saisie.type in SENS_OBLIGATOIRE and not saisie.sens:
        raise SensManquant(saisie.type)
