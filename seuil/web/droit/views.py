"""The law: every rule, one rule with a calculation, and the effect of a changed parameter."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from seuil.echeances.queries.effets import list_effets
from seuil.echeances.rules.effets import list_effets_utiles
from seuil.engines import droit
from seuil.kernel.contexte import counting
from seuil.strict_yaml import FichierIllisible
from seuil.web.access import AgentRequest, get_agent, may, request_day, requires
from seuil.web.droit.forms import CalculForm, EssaiForm, FiltresForm
from seuil.web.droit.presentation import (
    CERTITUDES,
    REPORTS,
    THEMES,
    TONS,
    list_effets_vus,
    list_themes,
    read_regle,
)
from seuil.web.filtres import tell_avertissements
from seuil.web.journal import figures_only
from seuil.web.reception import receives

# Rules that a page shows without being asked to unfold them.
DEPLIEES = 25


@requires("droit.lire")
@require_safe
def droit_regles(request: AgentRequest) -> HttpResponse:
    """List the rules, by theme."""
    form = FiltresForm(request.GET)
    form.full_clean()
    tell_avertissements(request, form)
    themes = list_themes(
        on=request_day(request),
        texte=form.cleaned_data.get("texte", ""),
        certitude=form.cleaned_data.get("certitude", ""),
    )
    total = sum(len(theme.regles) for theme in themes)
    context = {
        "form": form,
        "themes": themes,
        "total": total,
        # What a search found is read at once; the whole is read by theme.
        "deplie": total <= DEPLIEES,
        "certitudes": CERTITUDES,
        "tons": TONS,
        "peut_essayer": may(request, "droit.essayer"),
    }
    return render(request, "droit/regles.html", context)


@requires("droit.lire")
@require_safe
def droit_regle(request: AgentRequest, regle: str) -> HttpResponse:
    """Show one rule, its versions, and a calculation."""
    found, ligne = _find(regle)
    if ligne:
        return redirect(f"{reverse('droit_regle', args=[found.id])}#{ligne}")
    asked = "depuis" in request.GET
    initial = {"departement": get_agent(request).departement_id}
    form = CalculForm(found, request.GET if asked else None, initial=initial)
    resultat = form.compute() if asked and form.is_valid() else None
    transition = droit.regles().get(found.transition)
    context = {
        "vue": read_regle(found, on=request_day(request)),
        "regle": found,
        "theme": THEMES[found.theme],
        "form": form,
        "resultat": resultat,
        "transition": transition,
        "report": REPORTS[found.report],
        "outre_mer": [(treve, _write_treve(treve)) for treve in found.outre_mer],
        "certitudes": CERTITUDES,
        "tons": TONS,
        "peut_essayer": may(request, "droit.essayer"),
    }
    return render(request, "droit/regle.html", context, status=422 if form.errors else 200)


def _write_treve(treve: droit.TreveLocale) -> str:
    return droit.write_annuelle(treve.periode) if treve.periode else "période non trouvée"


@requires("droit.lire")
@require_safe
def droit_fichier(_request: AgentRequest, regle: str) -> HttpResponse:
    """Serve the parameter file in force, as the starting point of a change."""
    found, ligne = _find(regle)
    if ligne:
        raise Http404
    response = HttpResponse(
        droit.read_fichier(found.id), content_type="application/yaml; charset=utf-8"
    )
    response.headers["Content-Disposition"] = f'attachment; filename="{found.id}.yaml"'
    return response


@requires("droit.lire")
@require_safe
def droit_changer(request: AgentRequest) -> HttpResponse:
    """Say how a parameter is changed."""
    return render(request, "droit/changer.html", {"peut_essayer": may(request, "droit.essayer")})


@requires("droit.essayer")
@figures_only
@receives(megabytes=1)
@require_http_methods(["GET", "HEAD", "POST"])
def droit_effet(request: AgentRequest) -> HttpResponse:
    """Measure what a parameter file would do; the file is read, never kept."""
    form = EssaiForm(request.POST, request.FILES) if request.method == "POST" else EssaiForm()
    essai = _read_essai(form) if form.is_valid() else None
    context = {"form": form, "regles": droit.regles().values(), "essai": None}
    if essai is not None:
        context |= {"essai": _measure(request, essai)}
    return render(request, "droit/effet.html", context, status=422 if form.errors else 200)


def _measure(request: AgentRequest, essai: Mapping[str, droit.Regle]) -> dict[str, Any]:
    """Return what the trial does to the open dossiers of the agent's département."""
    # Counted over dossiers that whoever tries a parameter may not open.
    with counting("effet", on=request_day(request)):
        effets = list_effets(departement=get_agent(request).departement_id, essai=essai)
    utiles = list_effets_utiles(effets, essai)
    return {
        "effets": list_effets_vus(utiles, essai, on=request_day(request)),
        "bougent": sum(e.bougent for e in utiles),
        "perdues": sum(e.perdues for e in utiles),
        "certitude_change": sum(e.certitude_change for e in utiles),
        "ouvertes": sum(e.dates for e in effets),
        "non_comptees": [r for r in droit.list_essayees(essai) if essai[r].echeance != "suivie"],
    }


def _find(regle: str) -> tuple[droit.Regle, str]:
    try:
        return droit.find_regle(regle)
    except droit.RegleInconnue:
        raise Http404 from None


def _read_essai(form: EssaiForm) -> Mapping[str, droit.Regle] | None:
    """Read the file from a folder of its own, gone at once; a refusal becomes the form's error."""
    fichier = form.cleaned_data["fichier"]
    with TemporaryDirectory(prefix="seuil-") as folder:
        path = Path(folder) / fichier.name
        path.write_bytes(fichier.read())
        try:
            return droit.read_essai(path)
        except FichierIllisible as refusal:
            form.add_error("fichier", str(refusal))
    return None
