"""What Seuil keeps of people: the public page, and the impact analysis for the officer."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from seuil.conservation.queries.registre import describe_registre
from seuil.web.access import public, requires
from seuil.web.donnees.markdown import render_aipd


@public
@require_GET
def donnees_personnelles(request):
    registre = describe_registre(departement=settings.SEUIL_DEPARTEMENT)
    return render(request, "donnees/donnees.html", {"registre": registre})


@requires("rgpd.exercer")
@require_GET
def aipd(_request):
    """Download the skeleton of the impact analysis, drawn from the matrix and the rules."""
    registre = describe_registre(departement=settings.SEUIL_DEPARTEMENT)
    return HttpResponse(
        render_aipd(registre),
        content_type="text/markdown; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="aipd.md"'},
    )
