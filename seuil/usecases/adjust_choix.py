"""Add a dossier to the choice of a month, or remove it."""

from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Choix, ChoixLigne
from seuil.accompagnements.operations import choix as operations
from seuil.accompagnements.operations.objectifs import OperateurInconnu
from seuil.accompagnements.queries import choix as queries
from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.usecases._habilitation import require_dossier


@transaction.atomic
def adjust_choix(
    *, choix: Choix, dossier: Dossier, retenu: bool, by: Agent, on: date
) -> ChoixLigne:
    """Retain a dossier or set it aside, whatever was computed.

    Raises HabilitationRefusee, DossierInaccessible, OperateurInconnu,
    ChoixDejaSigne, DossierNonEligible.
    """
    require_dossier(
        by=by, on=on, verbe="choix.preparer", dossier_id=dossier.pk, categorie="accompagnement"
    )
    if choix.departement_id != by.departement_id:
        raise OperateurInconnu
    candidat = queries.get_candidat(agent=by, on=on, dossier=dossier)
    return operations.adjust_choix(
        choix=choix, dossier=dossier, retenu=retenu, candidat=candidat, by=by, on=on
    )
