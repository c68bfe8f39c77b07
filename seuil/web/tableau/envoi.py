"""Send answers; remember, in the session, those that were given at once."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from seuil.dossiers.models import SuiviSocial
from seuil.dossiers.rules import SuiviRepondu
from seuil.usecases.record_reponses import record_reponses
from seuil.web.access import AgentRequest, get_agent, request_day
from seuil.web.saisie import DejaEnvoye, run_once

_LOTS = "tableau_lots"
# As many as one makes in ten minutes: older ones can no longer be taken back.
_GARDES = 10


def send_reponses(request: AgentRequest, reponses: Sequence[SuiviRepondu]) -> list[SuiviSocial]:
    """Record answers; stopped by one that came at the same instant, read it, then try again.

    Once read, the other either says the same, or is told. Raises what `record_reponses` raises.
    """
    operation = partial(
        record_reponses, reponses=reponses, by=get_agent(request), on=request_day(request)
    )
    try:
        return run_once(operation)
    except DejaEnvoye:
        return run_once(operation)


def send_lot(request: AgentRequest, reponses: Sequence[SuiviRepondu]) -> list[SuiviSocial]:
    """Record answers given at once: this session may take them back at once.

    One of the answers names the batch. Raises what `record_reponses` raises.
    """
    new = send_reponses(request, reponses)
    if new:
        kept = request.session.get(_LOTS, [])[1 - _GARDES :]
        request.session[_LOTS] = [*kept, str(new[0].pk)]
    return new


def list_lots(request: AgentRequest) -> list[UUID]:
    """Return the batches that this session made, each by one of its answers."""
    return [UUID(pk) for pk in request.session.get(_LOTS, [])]
