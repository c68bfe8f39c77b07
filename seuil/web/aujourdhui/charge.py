"""How much each person of a team follows, and how a batch is shared between them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from seuil.accompagnements.queries.mandats import count_charge, list_equipe
from seuil.acteurs.models import Agent
from seuil.web.access import AgentRequest, get_agent, may, request_day


@dataclass(frozen=True, slots=True)
class Charge:
    """A person of the team and how many households it follows today."""

    agent: Agent
    n: int


def list_charges(request: AgentRequest) -> dict[str, Any]:
    """Return the load of each, and the longest bar; nothing for who assigns nobody."""
    charges = read_charges(request) if may(request, "mandat.repondre") else []
    return {"charges": charges, "charge_max": max((c.n for c in charges), default=0)}


def read_charges(request: AgentRequest) -> list[Charge]:
    """Return the people of the reader's team, the least loaded first."""
    agent, on = get_agent(request), request_day(request)
    counts = count_charge(agent=agent, on=on)
    charges = [Charge(a, counts[a.pk]) for a in list_equipe(agent=agent)]
    return sorted(charges, key=lambda c: c.n)


def share(mandats: Iterable[UUID], charges: Sequence[Charge]) -> dict[UUID, Agent]:
    """Give each mandate to whoever follows the fewest, those just given counted."""
    load = Counter({c.agent.pk: c.n for c in charges})
    people = {c.agent.pk: c.agent for c in charges}
    shared: dict[UUID, Agent] = {}
    for mandat in mandats:
        least = min(people, key=lambda pk: load[pk])
        shared[mandat] = people[least]
        load[least] += 1
    return shared
