"""Accounts and habilitations, read only."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from seuil.acteurs.models import Role
from seuil.acteurs.queries import list_comptes
from seuil.web.access import get_agent, request_day, requires


@requires("agents.gerer")
@require_GET
def comptes(request):
    context = {
        "comptes": list_comptes(agent=get_agent(request), on=request_day(request)),
        "libelles": dict(Role.choices),
    }
    return render(request, "comptes/comptes.html", context)
