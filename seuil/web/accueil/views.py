"""Lead each role to its first page: the day's work, not a menu."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from seuil.acteurs.models import Role
from seuil.web.access import AgentRequest, get_agent, may, request_day, signed_in
from seuil.web.cadre.bienvenue import welcome
from seuil.web.etablissement.queries import is_complete

_PREMIERE_PAGE: dict[str, str] = {
    Role.CHARGE_MISSION: "activite",
    Role.DIHAL: "activite",
    Role.DPO: "acces_exceptionnels",
    Role.ADMINISTRATEUR: "comptes",
}


@signed_in
@require_safe
def accueil(request: AgentRequest) -> HttpResponse:
    """Go to the first page of the role."""
    welcome(request)
    agent = get_agent(request)
    if agent.role == Role.ADMINISTRATEUR and not is_complete(agent=agent, on=request_day(request)):
        return redirect("premiere_heure")
    if may(request, "suivi.repondre"):
        return redirect("tableau")
    return redirect(_PREMIERE_PAGE.get(agent.role, "a_faire"))
