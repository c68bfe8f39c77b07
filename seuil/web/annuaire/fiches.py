"""The sheet of an organisation: read, created, corrected, closed, with who answers for what."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from seuil.acteurs.models import Interlocuteur, Organisation
from seuil.acteurs.operations.interlocuteurs import (
    add_interlocuteur,
    end_interlocuteur,
    replace_interlocuteur,
)
from seuil.acteurs.operations.organisations import (
    OrganisationDejaConnue,
    SiretFaux,
    TypeTenu,
    adjust_organisation,
    create_organisation,
    open_organisation,
)
from seuil.acteurs.queries import (
    find_interlocuteur,
    find_organisation,
    get_territoire,
    list_communes,
    list_interlocuteurs,
)
from seuil.acteurs.rules import COORDONNEES
from seuil.usecases.close_organisation import close_organisation
from seuil.web.access import AgentRequest, get_agent, may, request_day, requires
from seuil.web.annuaire.forms import (
    CoordonneesForm,
    InterlocuteurForm,
    OrganismeForm,
    PerimetreForm,
)
from seuil.web.components.forms import Formulaire
from seuil.web.saisie import attempt, press

_CHAMPS: dict[type[Exception], str] = {
    SiretFaux: "siret",
    OrganisationDejaConnue: "nom",
    TypeTenu: "type",
}


@requires("annuaire.lire")
@require_safe
def organisme(request: AgentRequest, organisation_id: UUID) -> HttpResponse:
    """Show the sheet of an organisation."""
    found = _find(request, organisation_id)
    communes = dict(list_communes(agent=get_agent(request)))
    context = {
        "organisme": found,
        "interlocuteurs": list_interlocuteurs(organisation=found),
        "communes": [nom for code, nom in communes.items() if code in found.secteur],
        "tient": may(request, "annuaire.tenir"),
        "corrige": _may_write(request, found),
    }
    return render(request, "annuaire/organisme.html", context)


@requires("annuaire.tenir")
@require_http_methods(["GET", "HEAD", "POST"])
def organisme_ajouter(request: AgentRequest) -> HttpResponse:
    """Create a sheet; one that is there already is shown."""
    agent, on = get_agent(request), request_day(request)
    form = OrganismeForm(request.POST or None)
    connue: list[Organisation] = []

    def create() -> Organisation:
        try:
            return create_organisation(
                departement=agent.departement_id, by=agent, on=on, **form.cleaned_data
            )
        except OrganisationDejaConnue as refusal:
            connue.extend([refusal.connue] if refusal.connue else [])
            raise

    if request.method == "POST" and form.is_valid():
        done = attempt(form, create, champs=_CHAMPS)
        if done:
            messages.success(request, f"{done.nom} est dans l’annuaire. Dites où il intervient.")
            return redirect("organisme_perimetre", done.pk)
    context = {"form": form, "connue": next(iter(connue), None)}
    return _show(request, "annuaire/ajouter.html", form, context)


@requires("annuaire.tenir", "annuaire.sien")
@require_http_methods(["GET", "HEAD", "POST"])
def organisme_corriger(request: AgentRequest, organisation_id: UUID) -> HttpResponse:
    """Correct a sheet: all of it, or how to reach one's own organisation."""
    found = _find_mine(request, organisation_id)
    tient = may(request, "annuaire.tenir")
    columns = [*sorted(COORDONNEES), *(["type", "nom", "siret"] if tient else [])]
    kind = OrganismeForm if tient else CoordonneesForm
    form = kind(request.POST or None, initial={c: getattr(found, c) for c in columns})
    return _adjust(request, found, form, "annuaire/corriger.html")


@requires("annuaire.tenir")
@require_http_methods(["GET", "HEAD", "POST"])
def organisme_perimetre(request: AgentRequest, organisation_id: UUID) -> HttpResponse:
    """Say which communes an organisation serves."""
    found = _find(request, organisation_id)
    territoire = get_territoire(agent=get_agent(request))
    form = PerimetreForm(
        request.POST if request.method == "POST" else None,
        territoire=territoire,
        organisation=found,
    )
    return _adjust(request, found, form, "annuaire/perimetre.html")


@requires("annuaire.tenir")
@require_POST
def organisme_ouverture(request: AgentRequest, organisation_id: UUID) -> HttpResponse:
    """Close a sheet, or open it again."""
    found, by, on = _find(request, organisation_id), get_agent(request), request_day(request)
    if request.POST.get("geste") == "rouvrir":
        press(
            request,
            lambda: open_organisation(organisation=found, by=by, on=on),
            fait=f"{found.nom} est de nouveau dans l’annuaire.",
        )
    else:
        press(
            request,
            lambda: close_organisation(organisation=found, by=by, on=on),
            fait=f"{found.nom} est fermé : sa fiche reste, personne ne s’y adresse plus.",
        )
    return redirect("organisme", found.pk)


@requires("annuaire.tenir", "annuaire.sien")
@require_http_methods(["GET", "HEAD", "POST"])
def interlocuteur_ajouter(request: AgentRequest, organisation_id: UUID) -> HttpResponse:
    """Say who answers for what."""
    found = _find_mine(request, organisation_id)
    by, on = get_agent(request), request_day(request)
    form = InterlocuteurForm(request.POST or None, communes=list_communes(agent=by))
    if request.method == "POST" and form.is_valid():
        attempt(
            form,
            lambda: add_interlocuteur(organisation=found, by=by, on=on, **form.read()),
            champ="nom",
        )
        if not form.errors:
            messages.success(request, "L’interlocuteur est ajouté.")
            return redirect("organisme", found.pk)
    return _show(request, "annuaire/interlocuteur.html", form, {"organisme": found})


@requires("annuaire.tenir", "annuaire.sien")
@require_http_methods(["GET", "HEAD", "POST"])
def interlocuteur_corriger(request: AgentRequest, interlocuteur_id: UUID) -> HttpResponse:
    """Correct who answers for what; the former line is kept."""
    found = _find_interlocuteur(request, interlocuteur_id)
    by, on = get_agent(request), request_day(request)
    form = InterlocuteurForm(
        request.POST or None, communes=list_communes(agent=by), interlocuteur=found
    )
    if request.method == "POST" and form.is_valid():
        attempt(
            form,
            lambda: replace_interlocuteur(interlocuteur=found, by=by, on=on, **form.read()),
            champ="nom",
        )
        if not form.errors:
            messages.success(request, "L’interlocuteur est corrigé.")
            return redirect("organisme", found.organisation_id)
    context = {"organisme": found.organisation, "interlocuteur": found}
    return _show(request, "annuaire/interlocuteur.html", form, context)


@requires("annuaire.tenir", "annuaire.sien")
@require_POST
def interlocuteur_retirer(request: AgentRequest, interlocuteur_id: UUID) -> HttpResponse:
    """Say that somebody answers for it no longer."""
    found = _find_interlocuteur(request, interlocuteur_id)
    press(
        request,
        lambda: end_interlocuteur(
            interlocuteur=found, by=get_agent(request), on=request_day(request)
        ),
        fait=f"{found.nom} n’est plus un interlocuteur.",
    )
    return redirect("organisme", found.organisation_id)


def _adjust(
    request: AgentRequest, found: Organisation, form: Formulaire, template: str
) -> HttpResponse:
    """Write what a form says of a sheet, and go back to it."""
    by, on = get_agent(request), request_day(request)
    if request.method == "POST" and form.is_valid():
        changed = attempt(
            form,
            lambda: adjust_organisation(organisation=found, by=by, on=on, **form.read()),
            champs={k: v for k, v in _CHAMPS.items() if v in form.fields},
        )
        if not form.errors:
            told = "La fiche est corrigée." if changed else "Rien n’a changé."
            messages.success(request, told)
            return redirect("organisme", found.pk)
    return _show(request, template, form, {"organisme": found})


def _show(
    request: AgentRequest, template: str, form: Formulaire, context: dict[str, Any]
) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, template, {"form": form, **context}, status=status)


def _find(request: AgentRequest, organisation_id: UUID) -> Organisation:
    found = find_organisation(agent=get_agent(request), organisation_id=organisation_id)
    if found is None:
        raise Http404
    return found


def _find_mine(request: AgentRequest, organisation_id: UUID) -> Organisation:
    """Return a sheet that the agent may write, or say that there is none."""
    found = _find(request, organisation_id)
    if not _may_write(request, found):
        raise Http404
    return found


def _may_write(request: AgentRequest, organisation: Organisation) -> bool:
    sien = get_agent(request).organisation_id == organisation.pk
    return may(request, "annuaire.tenir") or (sien and may(request, "annuaire.sien"))


def _find_interlocuteur(request: AgentRequest, interlocuteur_id: UUID) -> Interlocuteur:
    found = find_interlocuteur(agent=get_agent(request), interlocuteur_id=interlocuteur_id)
    if found is None or not _may_write(request, found.organisation):
        raise Http404
    return found
