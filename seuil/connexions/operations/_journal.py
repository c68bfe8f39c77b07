"""The journal's line of a change of access."""

from datetime import date

from seuil.acteurs.models import Agent
from seuil.audit.operations import Author, record_event


def record_line(kind: str, agent: Agent, by: Author, on: date) -> None:
    record_event(kind=kind, by=by, on=on, target_type="agent", target_id=agent.pk)
