"""What every page knows of the site and of the agent."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from seuil.acteurs.models import Agent
from seuil.acteurs.rules import is_fin_proche
from seuil.audit.queries import count_alertes
from seuil.audit.rules import ALERTES_LUES
from seuil.kernel import clock
from seuil.travail.queries import count_a_moi
from seuil.web.cadre.aide import find_aide
from seuil.web.cadre.menus import Cadre, get_cadre
from seuil.web.journal import counted_only

# Beyond, the figure tells nothing more, and each page would pay for it.
_PLAFOND = 100


def site(request: HttpRequest) -> dict[str, object]:
    """Return the brand, the demonstration switch and the frame of the agent's profile."""
    user = getattr(request, "user", None)
    agent = user if isinstance(user, Agent) else None
    return {
        **read_cadre(request, agent),
        "state_brand": settings.SEUIL_STATE_BRAND,
        "demo": settings.SEUIL_DEMO,
        # At the foot of each printed page.
        "imprime_le": clock.now(),
        "fin_proche": agent is not None
        and is_fin_proche(fin=agent.habilite_jusqu_au, on=clock.today(agent.departement_id)),
        # Asked by the frame alone: a fragment does not count.
        "a_moi": cache(lambda: _write_nombre(agent)),
        "alertes_a_traiter": cache(lambda: _count_alertes(agent)),
    }


def read_cadre(request: HttpRequest, agent: Agent | None) -> dict[str, Any]:
    """Return what the frame needs, without a query: pages of errors show it too."""
    invite = agent is not None and agent.administre_organisation
    return {
        "agent": agent,
        "cadre": get_cadre(agent.profil, invite=invite) if agent else Cadre(),
        "chemin": request.path,
        "aide": find_aide(request),
        "a_moi": "",
        "alertes_a_traiter": "",
    }


def _write_nombre(agent: Agent | None) -> str:
    """Return how many households wait for the agent: « 12 », « 99+ », nothing for none."""
    if agent is None:
        return ""
    on = clock.today(agent.departement_id)
    with counted_only():
        count = count_a_moi(agent=agent, on=on, plafond=_PLAFOND)
    return f"{_PLAFOND - 1}+" if count >= _PLAFOND else str(count or "")


def _count_alertes(agent: Agent | None) -> str:
    """Return how many alerts wait for the officer, whose menu alone has that entry."""
    if agent is None:
        return ""
    return str(count_alertes(depuis=clock.now() - ALERTES_LUES) or "")
