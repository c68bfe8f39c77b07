"""The first time, three things to do for that role, above its first page."""

from django.contrib import messages
from django.utils.html import format_html, format_html_join

from seuil.connexions.queries import is_premiere
from seuil.kernel.accord import NBSP
from seuil.web.access import AgentRequest, get_agent
from seuil.web.cadre.menus import get_cadre


def welcome(request: AgentRequest) -> None:
    """Say what to begin with to an agent who never signed in before."""
    agent = get_agent(request)
    pas = get_cadre(agent.profil).pas
    if pas and is_premiere(agent=agent):
        links = format_html_join(
            f"{NBSP}; ",
            '{}. <a href="{}">{}</a>',
            ((n, entree.url, entree.libelle) for n, entree in enumerate(pas, 1)),
        )
        messages.info(request, format_html("Pour commencer{}: {}.", NBSP, links))
