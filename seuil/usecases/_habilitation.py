"""May this person do that to this dossier, on that day?"""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from seuil.accompagnements.models import Mandat
from seuil.acteurs.models import Agent
from seuil.acteurs.rules import is_operateur, why_not
from seuil.dossiers.models import Dossier
from seuil.kernel.refusal import Refusal


class HabilitationRefusee(Refusal):
    """The role does not allow the verb."""


class DossierInaccessible(Refusal):
    """The dossier is not visible to the agent on that day."""

    message = "Ce dossier n’existe pas, ou ne vous est pas ouvert."


def require_verbe(*, by: Agent, verbe: str) -> None:
    """Raise HabilitationRefusee when the agent's role does not allow `verbe`."""
    reason = why_not(by.profil, verbe)
    if reason:
        raise HabilitationRefusee(reason)


# What each verb writes, by category of the matrix.
_ECRITURES: Mapping[str, str] = {
    "contact.enregistrer": "echanges",
    "visite.enregistrer": "echanges",
    "dsf.enregistrer": "dsf",
    "dsf.demander": "dsf",
    "prescription.enregistrer": "accompagnement",
    "mandat.repondre": "accompagnement",
    "mandat.suivre": "accompagnement",
    "mandat.prolonger": "accompagnement",
    "regularite.constater": "regularite",
    "devoir.rendre": "devoirs",
    "suivi.repondre": "suivi",
}


def require_dossier(
    *, by: Agent, on: date, verbe: str, dossier_id: UUID, categorie: str = ""
) -> None:
    """Raise HabilitationRefusee or DossierInaccessible unless the agent may do `verbe` there.

    `categorie` is what it writes, when the verb alone does not say.
    """
    require_verbe(by=by, verbe=verbe)
    categorie = categorie or _ECRITURES[verbe]
    reached = Dossier.objects.visible_to(by, on=on, categorie=categorie, operation="ecrire")
    if not reached.filter(pk=dossier_id).exists():
        if Dossier.objects.visible_to(by, on=on).filter(pk=dossier_id).exists():
            raise HabilitationRefusee(
                "Ce dossier vous est ouvert en lecture\N{NO-BREAK SPACE}: la matrice des accès ne"
                " vous permet pas d’y ajouter cela. Demandez-le au secrétariat de la CCAPEX."
            )
        raise DossierInaccessible


def require_reponses(*, by: Agent, on: date, dossier_ids: Collection[UUID]) -> None:
    """Raise HabilitationRefusee or DossierInaccessible unless the agent may answer of all these."""
    require_verbe(by=by, verbe="suivi.repondre")
    reached = Dossier.objects.visible_to(by, on=on, categorie="suivi", operation="ecrire")
    if reached.filter(pk__parmi=list(dossier_ids)).count() < len(dossier_ids):
        raise DossierInaccessible


def require_mandat(*, by: Agent, on: date, verbe: str, mandat: Mandat) -> None:
    """Raise unless the agent may do `verbe` on the dossier and the mandate is its operator's.

    An operator never writes on the mandate of another one, even on a household it follows.
    """
    require_dossier(by=by, on=on, verbe=verbe, dossier_id=mandat.dossier_id)
    if is_operateur(by.profil) and mandat.operateur_id != by.organisation_id:
        raise DossierInaccessible
