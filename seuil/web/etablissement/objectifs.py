"""What each convention asks of an operator: fixed, corrected, ended."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from seuil.accompagnements.models import Objectif
from seuil.accompagnements.operations.objectifs import (
    ObjectifDejaFixe,
    ObjectifFaux,
    adjust_objectif,
    create_objectif,
    end_objectif,
)
from seuil.accompagnements.queries.choix import list_objectifs, list_operateurs
from seuil.acteurs.queries import list_arrondissements
from seuil.web.access import AgentRequest, get_agent, may, request_day, requires
from seuil.web.etablissement.forms import FinForm, ObjectifForm
from seuil.web.saisie import attempt


@requires("annuaire.lire")
@require_safe
def objectifs(request: AgentRequest) -> HttpResponse:
    """List what the conventions ask, the latest year first."""
    context = {
        "objectifs": list_objectifs(agent=get_agent(request)),
        "operateurs": list_operateurs(agent=get_agent(request)).exists(),
        "tient": may(request, "annuaire.tenir"),
    }
    return render(request, "etablissement/objectifs.html", context)


@requires("annuaire.tenir")
@require_http_methods(["GET", "HEAD", "POST"])
def objectif_fixer(request: AgentRequest) -> HttpResponse:
    """Fix what a convention asks for a year."""
    agent, on = get_agent(request), request_day(request)
    operateurs = {str(o.pk): o for o in list_operateurs(agent=agent)}
    form = ObjectifForm(
        request.POST or None,
        operateurs=tuple((pk, o.nom) for pk, o in operateurs.items()),
        arrondissements=list_arrondissements(agent=agent),
        annee=on.year,
    )
    if request.method == "POST" and form.is_valid():
        operateur = operateurs[form.cleaned_data["operateur"]]
        attempt(
            form,
            lambda: create_objectif(operateur=operateur, by=agent, on=on, **form.read()),
            champs={ObjectifDejaFixe: "annee", ObjectifFaux: "cible_annuelle"},
        )
        if not form.errors:
            messages.success(request, f"L’objectif de {operateur.nom} est fixé.")
            return redirect("objectifs")
    return _show(request, "etablissement/objectif.html", form, {"objectif": None})


@requires("annuaire.tenir")
@require_http_methods(["GET", "HEAD", "POST"])
def objectif_corriger(request: AgentRequest, objectif_id: UUID) -> HttpResponse:
    """Correct what a convention asks."""
    agent, on = get_agent(request), request_day(request)
    found = _find(request, objectif_id)
    form = ObjectifForm(
        request.POST or None,
        operateurs=(),
        arrondissements=list_arrondissements(agent=agent),
        objectif=found,
    )
    if request.method == "POST" and form.is_valid():
        attempt(
            form,
            lambda: adjust_objectif(objectif=found, by=agent, on=on, **form.read()),
            champs={ObjectifDejaFixe: "annee", ObjectifFaux: "cible_annuelle"},
        )
        if not form.errors:
            messages.success(request, "L’objectif est corrigé.")
            return redirect("objectifs")
    return _show(request, "etablissement/objectif.html", form, {"objectif": found})


@requires("annuaire.tenir")
@require_http_methods(["GET", "HEAD", "POST"])
def objectif_terminer(request: AgentRequest, objectif_id: UUID) -> HttpResponse:
    """Say on which day a convention stops."""
    agent, on = get_agent(request), request_day(request)
    found = _find(request, objectif_id)
    form = FinForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        attempt(
            form,
            lambda: end_objectif(objectif=found, by=agent, on=on, **form.read()),
            champ="fin_le",
        )
        if not form.errors:
            messages.success(request, "La fin de la convention est enregistrée.")
            return redirect("objectifs")
    return _show(request, "etablissement/objectif_fin.html", form, {"objectif": found})


def _find(request: AgentRequest, objectif_id: UUID) -> Objectif:
    return get_object_or_404(list_objectifs(agent=get_agent(request)), pk=objectif_id)


def _show(request: AgentRequest, template: str, form: Any, context: dict[str, Any]) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)
