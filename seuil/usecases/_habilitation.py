"""May this person do that to this dossier, on that day?"""

from datetime import date
from uuid import UUID

from seuil.accompagnements.models import Mandat
from seuil.acteurs.models import Agent
from seuil.acteurs.rules import get_perimetre, why_not
from seuil.dossiers.models import Dossier
from seuil.kernel.refusal import Refusal


class HabilitationRefusee(Refusal):
    """The role does not allow the verb."""


class DossierInaccessible(Refusal):
    """The dossier is not visible to the agent on that day."""

    message = "Ce dossier n’existe pas, ou ne vous est pas ouvert."


def require_verbe(*, by: Agent, verbe: str) -> None:
    """Raise HabilitationRefusee when the agent's role does not allow `verbe`."""
    reason = why_not(by.role, verbe)
    if reason:
        raise HabilitationRefusee(reason)


def require_dossier(*, by: Agent, on: date, verbe: str, dossier_id: UUID) -> None:
    """Raise HabilitationRefusee or DossierInaccessible unless the agent may do `verbe` there."""
    require_verbe(by=by, verbe=verbe)
    if not Dossier.objects.visible_to(by, on=on).filter(pk=dossier_id).exists():
        raise DossierInaccessible


def require_mandat(*, by: Agent, on: date, verbe: str, mandat: Mandat) -> None:
    """Raise unless the agent may do `verbe` on the dossier and the mandate is its operator's.

    An operator never writes on the mandate of another one, even on a household it follows.
    """
    require_dossier(by=by, on=on, verbe=verbe, dossier_id=mandat.dossier_id)
    if (
        get_perimetre(by.role) in {"mandat", "affectation"}
        and mandat.operateur_id != by.organisation_id
    ):
        raise DossierInaccessible
