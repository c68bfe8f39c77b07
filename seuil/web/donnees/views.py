"""What Seuil keeps of people: the public page, and the impact analysis for the officer."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from seuil.conservation.queries.registre import get_registre
from seuil.web.access import AgentRequest, public, requires
from seuil.web.donnees.markdown import render_aipd


@public
@require_safe
def donnees_personnelles(request: HttpRequest) -> HttpResponse:
    """Say what is kept of people, and how long."""
    registre = get_registre(departement=settings.SEUIL_DEPARTEMENT)
    return render(request, "donnees/donnees.html", {"registre": registre})


@requires("rgpd.exercer")
@require_safe
def aipd(_request: AgentRequest) -> HttpResponse:
    """Download the skeleton of the impact analysis, drawn from the matrix and the rules."""
    registre = get_registre(departement=settings.SEUIL_DEPARTEMENT)
    return HttpResponse(
        render_aipd(registre),
        content_type="text/markdown; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="aipd.md"'},
    )
