"""The operator accepts or refuses a dossier entrusted to it."""

from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Mandat
from seuil.accompagnements.operations import mandats as operations
from seuil.accompagnements.rules.mandats import ReponseSaisie
from seuil.acteurs.models import Agent
from seuil.dossiers.operations.acces import close_acces
from seuil.usecases._habilitation import require_mandat
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def answer_mandat(*, mandat: Mandat, saisie: ReponseSaisie, by: Agent, on: date) -> Mandat:
    """Record the answer; a refusal ends the operator's access at once.

    Raises HabilitationRefusee, DossierInaccessible, DejaRepondu, MotifObligatoire.
    """
    require_mandat(by=by, on=on, verbe="mandat.repondre", mandat=mandat)
    answered = operations.answer_mandat(mandat=mandat, saisie=saisie, by=by, on=on)
    if not saisie.accepte:
        close_acces(
            dossier_id=answered.dossier_id,
            relation="mandat",
            organisation_id=answered.operateur_id,
            on=on,
        )
    refresh_dossiers(dossier_ids=[answered.dossier_id], on=on)
    return answered
