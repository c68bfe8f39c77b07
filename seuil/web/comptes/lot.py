"""Several persons invited at once, from a pasted table or a file."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from seuil.acteurs.models import Agent, Role
from seuil.connexions.models import ObjetInvitation
from seuil.connexions.queries import list_organisations_invitables, may_see_lien
from seuil.kernel import clock
from seuil.usecases.create_compte import list_roles
from seuil.usecases.create_comptes import (
    COLONNES,
    EXIGEES,
    Lecture,
    create_comptes,
    prepare_comptes,
)
from seuil.web.access import (
    AgentRequest,
    get_agent,
    request_day,
    requires,
    requires_recent_sign_in,
)
from seuil.web.annuaire.collage import read_tableau
from seuil.web.annuaire.forms import TableauForm
from seuil.web.comptes.courriels import has_server, send_lien, tell_geste
from seuil.web.reception import receives
from seuil.web.saisie import attempt


@requires("agents.gerer", "agents.inviter")
@requires_recent_sign_in
@receives(megabytes=2)
@require_http_methods(["GET", "HEAD", "POST"])
def comptes_inviter_lot(request: AgentRequest) -> HttpResponse:
    """Show who would be invited; once confirmed, open the accounts and give the links."""
    form = TableauForm(request.POST or None, request.FILES or None)
    lecture = None
    if request.method == "POST" and form.is_valid():
        tableau = read_tableau(form, COLONNES, EXIGEES)
        if tableau:
            lecture = attempt(
                form,
                lambda: prepare_comptes(tableau=tableau, by=get_agent(request)),
                champ="texte",
            )
    if lecture and lecture.acceptes and "appliquer" in request.POST:
        return _invite(request, form, lecture)
    return _show(request, form, lecture)


def _invite(request: AgentRequest, form: TableauForm, lecture: Lecture) -> HttpResponse:
    by, on = get_agent(request), request_day(request)
    done = attempt(
        form,
        lambda: create_comptes(comptes=lecture.acceptes, by=by, on=on, at=clock.now()),
        champ="texte",
    )
    if done is None:
        return _show(request, form, lecture)
    liens = [_hand_over(request, compte, jeton) for compte, jeton in done]
    context = {
        "liens": liens,
        "serveur": has_server(),
        "refus": lecture.refus,
        # What was refused is handed back, to be mended: nothing is lost.
        "form": TableauForm(initial={"texte": lecture.a_corriger}),
    }
    return render(request, "comptes/lot_liens.html", context)


def _hand_over(request: AgentRequest, compte: Agent, jeton: str) -> dict[str, Any]:
    """Send a link to its holder, or return it to be shown once to whoever may see it."""
    by, at, objet = get_agent(request), clock.now(), ObjetInvitation.ARRIVEE
    lien = request.build_absolute_uri(reverse("invitation", args=[jeton]))
    if has_server():
        send_lien(compte=compte, lien=lien, objet=objet, by=by, at=at)
    geste = "un lien d’arrivée lui a été donné"
    tell_geste(compte=compte, geste=geste, by=by, titulaire=False, at=at)
    shown = not has_server() and may_see_lien(agent=by, cible=compte)
    return {"compte": compte, "lien": lien if shown else ""}


def _show(request: AgentRequest, form: TableauForm, lecture: Lecture | None) -> HttpResponse:
    agent = get_agent(request)
    found = list_organisations_invitables(agent=agent)
    vides = [o for o in found if not o.domaines and list_roles(organisation=o, by=agent)]
    context = {
        "form": form,
        "lecture": lecture,
        "labels": dict(Role.choices),
        "texte": lecture.tableau.write() if lecture else "",
        "sans_domaine": vides,
    }
    return render(request, "comptes/lot.html", context, status=422 if form.errors else 200)
