"""An act or a decision entered by hand on an open dossier."""

from datetime import date, time
from decimal import Decimal

from django.db import transaction

from seuil.actes.models import Acte
from seuil.actes.operations import create_acte
from seuil.actes.rules.types import CATEGORIE_PAR_TYPE, SENS_OBLIGATOIRE
from seuil.actes.rules.valeurs import SENS_ATTENDUS
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
        super().__init__(f"Indiquez le sens de la décision : {SENS_ATTENDUS[type_acte]}.")


@transaction.atomic
def record_acte(
    *,
    dossier: Dossier,
    type_acte: str,
    survenu_le: date,
    by: Agent,
    on: date,
    recu_le: date | None = None,
    audience_le: date | None = None,
    audience_heure: time | None = None,
    juridiction: str = "",
    sens: str = "",
    montant: Decimal | None = None,
    delai_annonce: str = "",
    delai_jusqu_au: date | None = None,
    reference: str = "",
) -> Acte:
    """Record an act on a dossier the author reaches, and recompute what it entails.

    Raises HabilitationRefusee, DossierInaccessible, DateImpossible, SensManquant, ActeDejaConnu.
    """
    require_dossier(
        by=by,
        on=on,
        verbe="acte.enregistrer",
        dossier_id=dossier.pk,
        categorie=CATEGORIE_PAR_TYPE.get(type_acte, "procedure"),
    )
    if type_acte != "audience" and survenu_le > on:
        raise DateImpossible("La date de l’acte est à venir : corrigez-la.")
    if audience_le and audience_le < survenu_le:
        raise DateImpossible("L’audience précède l’acte : l’une des deux dates est à corriger.")
    if recu_le and recu_le < survenu_le and type_acte != "rfp":
        raise DateImpossible("La réception précède l’acte : l’une des deux dates est à corriger.")
    if type_acte in SENS_OBLIGATOIRE and not sens:
        raise SensManquant(type_acte)
    acte = create_acte(
        dossier=dossier,
        type_acte=type_acte,
        survenu_le=survenu_le,
        source=f"saisie ({by.organisation})"[:100],
        by=by,
        on=on,
        recu_le=recu_le,
        audience_le=audience_le,
        audience_heure=audience_heure,
        juridiction=juridiction,
        sens=sens,
        montant=montant,
        delai_annonce=delai_annonce,
        delai_jusqu_au=delai_jusqu_au,
        reference=reference,
    )
    if montant:
        add_dettes(dettes=[(dossier.pk, survenu_le, montant, acte.source)])
    if type_acte in {"cql", "rfp", "cfp", "expulsion"}:
        open_instruction(dossier_ids=[dossier.pk], on=on)
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return acte
