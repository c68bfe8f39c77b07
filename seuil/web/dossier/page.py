"""The page of one dossier: a header that stays, and the tabs that the agent may read."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from seuil.acteurs.matrice import load_matrice
from seuil.dossiers.queries import get_ouverture
from seuil.web.access import AgentRequest, find_dossier, get_agent, request_day, requires
from seuil.web.addresses import address
from seuil.web.dossier.entete import read_entete
from seuil.web.dossier.onglet import Lecture
from seuil.web.dossier.onglets import load_onglets


@requires("dossier.lire")
@require_safe
def dossier(request: AgentRequest, numero: str) -> HttpResponse:
    """Show the first tab, the timeline."""
    return _show(request, numero, next(iter(load_onglets())))


@requires("dossier.lire")
@require_safe
def dossier_onglet(request: AgentRequest, numero: str, onglet: str) -> HttpResponse:
    """Show one tab; those that the agent may not read are not found."""
    return _show(request, numero, onglet)


def _show(request: AgentRequest, numero: str, code: str) -> HttpResponse:
    agent, on = get_agent(request), request_day(request)
    found = find_dossier(request, numero)
    ouverture = get_ouverture(agent=agent, on=on, dossier=found)
    lecture = Lecture(request, agent, on, found, ouverture)
    lit = {c: ouverture.allows(c) for c in load_matrice().categories}
    onglets = {
        c: onglet
        for c, onglet in load_onglets().items()
        if not onglet.categories or any(lit[k] for k in onglet.categories)
    }
    if code not in onglets:
        raise Http404
    context = {
        "dossier": found,
        "on": on,
        "onglets": [
            (o.libelle, f"{address('dossier', numero)}{c}/", c == code) for c, o in onglets.items()
        ],
        "onglet": onglets[code],
        "lit": lit,
        "ecrit": {c: lecture.writes("dossier.completer", c) for c in lit},
        **onglets[code].read(lecture),
    }
    if request.htmx and not request.htmx.history_restore_request:
        return render(request, "dossier/_onglet.html", context)
    return render(request, "dossier/dossier.html", context | read_entete(lecture))
