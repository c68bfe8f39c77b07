"""The directory of organisations."""

from itertools import groupby

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from seuil.acteurs.models import TypeOrganisation
from seuil.acteurs.queries import list_communes, list_organisations
from seuil.web.access import AgentRequest, get_agent, may, requires
from seuil.web.annuaire.forms import AnnuaireForm
from seuil.web.filtres import tell_avertissements

PAR_PAGE = 50


@requires("annuaire.lire")
@require_safe
def annuaire(request: AgentRequest) -> HttpResponse:
    """List the organisations, by kind, by name or by the commune they serve."""
    agent = get_agent(request)
    form = AnnuaireForm(request.GET, communes=list_communes(agent=agent))
    form.full_clean()
    tell_avertissements(request, form)
    organisations = list_organisations(
        agent=agent,
        type=form.cleaned_data.get("type", ""),
        commune=form.cleaned_data.get("commune", ""),
        texte=form.cleaned_data.get("texte", ""),
        fermes=bool(form.cleaned_data.get("fermes")),
    )
    page = Paginator(organisations, PAR_PAGE).get_page(request.GET.get("page"))
    labels = dict(TypeOrganisation.choices)
    groupes = [
        (labels[code], list(rows)) for code, rows in groupby(page.object_list, lambda o: o["type"])
    ]
    context = {
        "form": form,
        "groupes": groupes,
        "page": page,
        "total": len(organisations),
        "tient": may(request, "annuaire.tenir"),
        "sien": agent.organisation_id if may(request, "annuaire.sien") else None,
    }
    return render(request, "annuaire/annuaire.html", context)
