"""May this person do that to this dossier, on that day?"""

from datetime import date
from uuid import UUID

from seuil.acteurs.models import Agent
from seuil.acteurs.rules import why_not
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
