"""The chef d'équipe puts people in charge of a household."""

from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Mandat
from seuil.accompagnements.operations import mandats as operations
from seuil.accompagnements.rules.affectations import Affectation
from seuil.acteurs.models import Agent
from seuil.dossiers.operations.acces import close_acces, open_acces
from seuil.usecases._habilitation import require_mandat
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def assign_mandat(
    *,
    mandat: Mandat,
    referent_social: Agent | None,
    referent_juridique: Agent | None,
    vus: Affectation | None = None,
    by: Agent,
    on: date,
) -> Mandat:
    """Open the dossier to the people in charge, and close it to those they replace.

    Raises HabilitationRefusee, DossierInaccessible, MandatNonAccepte, MandatClos,
    AffectationChangee, AffectationRefusee.
    """
    require_mandat(by=by, on=on, verbe="mandat.repondre", mandat=mandat)
    before = Mandat.objects.get(pk=mandat.pk)
    replaced = {before.referent_social_id, before.referent_juridique_id}
    assigned = operations.assign_mandat(
        mandat=mandat,
        referent_social=referent_social,
        referent_juridique=referent_juridique,
        vus=vus,
        by=by,
        on=on,
    )
    current = {assigned.referent_social_id, assigned.referent_juridique_id}
    for agent_id in sorted(replaced - current - {None}, key=str):
        close_acces(
            dossier_id=assigned.dossier_id, relation="affectation", agent_id=agent_id, on=on
        )
    for agent_id in sorted(current - {None}, key=str):
        open_acces(dossier_id=assigned.dossier_id, relation="affectation", agent_id=agent_id, on=on)
    refresh_dossiers(dossier_ids=[assigned.dossier_id], on=on)
    return assigned
