"""Sign the choice of a month: the dossiers are entrusted to the operator."""

from collections.abc import Collection
from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Choix, Mandat
from seuil.accompagnements.operations import choix as operations
from seuil.accompagnements.operations.objectifs import OperateurInconnu
from seuil.accompagnements.queries import choix as queries
from seuil.acteurs.models import Agent
from seuil.dossiers.operations.acces import open_acces
from seuil.kernel.refusal import Refusal
from seuil.usecases._habilitation import require_verbe
from seuil.usecases.refresh_dossiers import refresh_dossiers


class ChoixChange(Refusal):
    message = (
        "Le choix a changé depuis que cette page est ouverte, et rien n’a été"
        " transmis\N{NO-BREAK SPACE}: relisez la liste des dossiers, puis signez."
    )


@transaction.atomic
def sign_choix(
    *, choix: Choix, vus: Collection[str] | None = None, by: Agent, on: date
) -> list[Mandat]:
    """Open the mandates of the retained dossiers and let the operator reach them.

    `vus` are the numbers of the dossiers shown to whoever signs: no other is entrusted.
    Raises HabilitationRefusee, OperateurInconnu, ChoixDejaSigne, ChoixVide, ObjectifAbsent,
    DossierNonEligible, ChoixChange.
    """
    require_verbe(by=by, verbe="choix.preparer")
    if choix.departement_id != by.departement_id:
        raise OperateurInconnu
    # Locked before reading: what is signed is what is computed now, by one person.
    operations.lock_open_choix(choix)
    proposition = queries.get_proposition(
        agent=by, on=on, operateur=choix.operateur, mois=choix.mois
    )
    if vus is not None and {ligne.candidat.numero for ligne in proposition.retenus} != set(vus):
        raise ChoixChange
    mandats = operations.sign_choix(
        choix=choix, retenus=[ligne.candidat for ligne in proposition.retenus], by=by, on=on
    )
    for mandat in mandats:
        open_acces(
            dossier_id=mandat.dossier_id,
            relation="mandat",
            organisation_id=mandat.operateur_id,
            on=on,
        )
    refresh_dossiers(dossier_ids=[m.dossier_id for m in mandats], on=on)
    return mandats
