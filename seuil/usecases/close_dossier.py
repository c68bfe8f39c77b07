"""A file closed for a reason, or opened again: what is computed of it goes, or comes back."""

from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Mandat
from seuil.acteurs.models import Agent
from seuil.dossiers.models import Classement, Dossier
from seuil.dossiers.operations import vie
from seuil.dossiers.operations.vie import ClassementSaisi
from seuil.kernel.refusal import Refusal
from seuil.usecases._habilitation import require_dossier
from seuil.usecases.refresh_dossiers import refresh_dossiers


class MandatEnCours(Refusal):
    message = (
        "L’équipe mobile suit ce ménage\N{NO-BREAK SPACE}: son accompagnement se clôt d’abord, avec"
        " son résultat."
    )


@transaction.atomic
def close_dossier(*, dossier: Dossier, saisie: ClassementSaisi, by: Agent, on: date) -> Classement:
    """Close a file. Raises HabilitationRefusee, DossierInaccessible, MandatEnCours, DejaClasse."""
    _require(dossier, by, on)
    running = Mandat.objects.filter(dossier=dossier, clos_le=None).exclude(reponse="refuse")
    if running.exists():
        raise MandatEnCours
    classement = vie.close_dossier(dossier=dossier, saisie=saisie, by=by, on=on)
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return classement


@transaction.atomic
def wake_dossier(*, dossier: Dossier, motif: str, by: Agent, on: date) -> Classement:
    """Open a closed file again. Raises HabilitationRefusee, DossierInaccessible, PasClasse."""
    _require(dossier, by, on)
    classement = vie.wake_dossier(dossier=dossier, motif=motif, by=by, on=on)
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return classement


def _require(dossier: Dossier, by: Agent, on: date) -> None:
    require_dossier(
        by=by, on=on, verbe="dossier.creer", dossier_id=dossier.pk, categorie="procedure"
    )
