"""The formations of the CCAPEX: from a ready-made configuration, then as the département wants."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from seuil.acteurs.models import FormationCcapex
from seuil.acteurs.operations.formations import (
    adjust_formation,
    create_formations,
    end_formation,
)
from seuil.acteurs.queries import list_formations
from seuil.acteurs.rules import list_formations_du_modele, list_modeles
from seuil.web.access import AgentRequest, get_agent, request_day, requires
from seuil.web.etablissement.forms import FormationForm, ModeleForm
from seuil.web.saisie import attempt, press


@requires("annuaire.tenir")
@require_safe
def formations(request: AgentRequest) -> HttpResponse:
    """List the formations that run, or the configurations one may begin with."""
    context = {
        "formations": list_formations(agent=get_agent(request)),
        "form": _make_modele_form(request),
    }
    return render(request, "etablissement/formations.html", context)


@requires("annuaire.tenir")
@require_POST
def formations_reprendre(request: AgentRequest) -> HttpResponse:
    """Copy the formations of a ready-made configuration; nothing when some run already."""
    agent, on = get_agent(request), request_day(request)
    form = _make_modele_form(request)
    held = list_formations(agent=agent)
    if form.is_valid() and not held:
        modele = list_formations_du_modele(form.cleaned_data["modele"])
        attempt(
            form,
            lambda: create_formations(
                departement=agent.departement_id, formations=modele, by=agent, on=on
            ),
            champ="modele",
        )
    if form.errors:
        context = {"formations": held, "form": form}
        return render(request, "etablissement/formations.html", context, status=422)
    return redirect("formations")


@requires("annuaire.tenir")
@require_http_methods(["GET", "HEAD", "POST"])
def formation_ajouter(request: AgentRequest) -> HttpResponse:
    """Add a formation."""
    agent, on = get_agent(request), request_day(request)
    form = FormationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        attempt(
            form,
            lambda: create_formations(
                departement=agent.departement_id,
                formations=[form.read()["saisie"]],
                by=agent,
                on=on,
            ),
            champ="nom",
        )
        if not form.errors:
            messages.success(request, "La formation est ajoutée.")
            return redirect("formations")
    return _show(request, form, None)


@requires("annuaire.tenir")
@require_http_methods(["GET", "HEAD", "POST"])
def formation_corriger(request: AgentRequest, formation_id: UUID) -> HttpResponse:
    """Correct a formation; the former text is kept."""
    agent, on = get_agent(request), request_day(request)
    found = _find(request, formation_id)
    form = FormationForm(request.POST or None, formation=found)
    if request.method == "POST" and form.is_valid():
        attempt(
            form,
            lambda: adjust_formation(formation=found, by=agent, on=on, **form.read()),
            champ="nom",
        )
        if not form.errors:
            messages.success(request, "La formation est corrigée.")
            return redirect("formations")
    return _show(request, form, found)


@requires("annuaire.tenir")
@require_POST
def formation_terminer(request: AgentRequest, formation_id: UUID) -> HttpResponse:
    """Say that a formation no longer meets."""
    found = _find(request, formation_id)
    press(
        request,
        lambda: end_formation(formation=found, by=get_agent(request), on=request_day(request)),
        fait=f"{found.nom} ne se réunit plus.",
    )
    return redirect("formations")


def _make_modele_form(request: AgentRequest) -> ModeleForm:
    return ModeleForm(request.POST or None, modeles=list_modeles())


def _find(request: AgentRequest, formation_id: UUID) -> FormationCcapex:
    rows = list_formations(agent=get_agent(request))
    found = next((f for f in rows if f.pk == formation_id), None)
    if found is None:
        raise Http404
    return found


def _show(
    request: AgentRequest, form: FormationForm, found: FormationCcapex | None
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "formation": found}
    status = 422 if form.errors else 200
    return render(request, "etablissement/formation.html", context, status=status)
