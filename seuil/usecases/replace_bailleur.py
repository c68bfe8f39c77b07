"""The landlord of a dossier, said by a person: one that is known, or another of the same name."""

from datetime import date
from uuid import UUID

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Bail, Dossier
from seuil.dossiers.operations import bailleurs
from seuil.dossiers.operations.bailleurs import BailleurAChoisir, list_homonymes
from seuil.dossiers.operations.corrections import Pourquoi
from seuil.dossiers.rules import BailleurDit
from seuil.kernel.contexte import acting_as_machine
from seuil.usecases._habilitation import require_dossier
from seuil.usecases.refresh_dossiers import refresh_dossiers

# What a person answers: none of the namesakes that are shown.
AUTRE = "autre"


@transaction.atomic
def replace_bailleur(
    *, dossier: Dossier, dit: BailleurDit, choix: str, pourquoi: Pourquoi, by: Agent, on: date
) -> Bail:
    """Give a dossier its landlord. `choix`: a namesake, AUTRE, or nothing when not asked yet.

    Raises HabilitationRefusee, DossierInaccessible, BailleurAChoisir.
    """
    require_dossier(
        by=by, on=on, verbe="dossier.completer", dossier_id=dossier.pk, categorie="bail_dette"
    )
    found = _find(dossier, dit, choix, on)
    bail = bailleurs.replace_bailleur(
        dossier=dossier, bailleur_id=found, pourquoi=pourquoi, by=by, on=on
    )
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return bail


def _find(dossier: Dossier, dit: BailleurDit, choix: str, on: date) -> UUID:
    bail = Bail.objects.select_related("bailleur").filter(dossier=dossier).first()
    if choix in {"", AUTRE} and bail and bail.bailleur and bail.bailleur.dit == dit:
        # Sent twice: it is that one already.
        return bail.bailleur.pk
    homonymes = list_homonymes(departement=dossier.departement_id, dit=dit, on=on)
    chosen = next((h.pk for h in homonymes if str(h.pk) == choix), None)
    if chosen:
        return chosen
    if homonymes and choix != AUTRE:
        raise BailleurAChoisir(homonymes)
    with acting_as_machine("bailleur", on=on, departement=dossier.departement_id):
        return bailleurs.create_bailleur(departement=dossier.departement_id, dit=dit)
