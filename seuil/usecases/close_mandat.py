"""The follow-up of a household ends."""

from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Mandat
from seuil.accompagnements.operations import mandats as operations
from seuil.accompagnements.queries.faits import get_suivi
from seuil.accompagnements.rules.mandats import ClotureSaisie
from seuil.acteurs.models import Agent
from seuil.dossiers.operations.acces import close_acces
from seuil.usecases._habilitation import require_mandat
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def close_mandat(*, mandat: Mandat, saisie: ClotureSaisie, by: Agent, on: date) -> Mandat:
    """Close the mandate and, that very day, the operator's and its people's access.

    Raises HabilitationRefusee, DossierInaccessible, MandatNonAccepte, MandatClos, ClotureRefusee.
    """
    require_mandat(by=by, on=on, verbe="mandat.suivre", mandat=mandat)
    closed = operations.close_mandat(
        mandat=mandat, saisie=saisie, suivi=get_suivi(mandat=mandat), by=by, on=on
    )
    close_acces(
        dossier_id=closed.dossier_id,
        relation="mandat",
        organisation_id=closed.operateur_id,
        on=on,
    )
    # Whoever was put in charge, now or before: nobody of the operator keeps a link.
    close_acces(dossier_id=closed.dossier_id, relation="affectation", on=on)
    refresh_dossiers(dossier_ids=[closed.dossier_id], on=on)
    return closed
