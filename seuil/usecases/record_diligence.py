"""An organisation says what it did of a duty."""

from datetime import date

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.travail import operations
from seuil.travail.models import Diligence
from seuil.travail.queries import Rendu, filter_rendables, find_diligence
from seuil.travail.rules.diligences import DiligenceSaisie, ReponseSaisie
from seuil.usecases._habilitation import DossierInaccessible, require_verbe
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def record_diligence(*, which: Rendu, saisie: ReponseSaisie, by: Agent, on: date) -> Diligence:
    """Record that a duty of the agent's own organisation is done; its task ends.

    A second identical demand returns the first record. Raises HabilitationRefusee,
    DossierInaccessible when the duty is not in the agent's queue, DiligenceRefusee.
    """
    require_verbe(by=by, verbe="devoir.rendre")
    # The task says whose duty it is: who holds it need not see the dossier.
    tache = filter_rendables(agent=by, on=on, which=which).first()
    if tache is None:
        already = find_diligence(agent=by, which=which)
        if already is None:
            raise DossierInaccessible
        return already
    done = DiligenceSaisie(tache.dossier_id, which.devoir, which.source_id, saisie)
    diligence = operations.record_diligence(saisie=done, by=by, on=on)
    refresh_dossiers(dossier_ids=[tache.dossier_id], on=on)
    return diligence
