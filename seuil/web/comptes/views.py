"""Accounts and habilitations, read only."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from seuil.acteurs.models import Role
from seuil.acteurs.queries import list_comptes
from seuil.acteurs.rules import load_acces
from seuil.web.access import get_agent, request_day, requires

_PERIMETRES = {
    "departement": "tous les dossiers du département",
    "instruction": "les dossiers arrivés à la préfecture",
    "mandat": "les dossiers confiés à son organisme",
    "affectation": "les dossiers qui lui sont affectés",
    "aucun": "aucun dossier",
}


@requires("agents.gerer")
@require_GET
def comptes(request):
    roles = [
        (label, _PERIMETRES[acces.perimetre], acces.basis)
        for code, label in Role.choices
        if (acces := load_acces().get(code))
    ]
    context = {
        "comptes": list_comptes(agent=get_agent(request), on=request_day(request)),
        "libelles": dict(Role.choices),
        "roles": roles,
    }
    return render(request, "comptes/comptes.html", context)
