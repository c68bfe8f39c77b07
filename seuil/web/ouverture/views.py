"""Open a dossier by hand: what is typed is compared with what exists before anything is kept."""

from collections.abc import Sequence
from contextlib import suppress
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from seuil.acteurs.queries import list_communes
from seuil.dossiers.models import Dossier
from seuil.dossiers.queries import Fiche, list_fiches
from seuil.usecases.open_dossier import MenagesProches, open_dossier
from seuil.web.access import AgentRequest, get_agent, request_day, requires
from seuil.web.components.forms import make_choix
from seuil.web.journal import saw
from seuil.web.ouverture.forms import OuvertureForm
from seuil.web.saisie import attempt


@requires("dossier.creer")
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_ouvrir(request: AgentRequest) -> HttpResponse:
    """Open a dossier, or join what came to the one that is near."""
    agent = get_agent(request)
    communes = make_choix("Choisissez", list_communes(agent=agent))
    form = OuvertureForm(
        request.POST or None, communes=communes, initial={"nom": request.GET.get("nom", "")[:100]}
    )
    fiches: Sequence[Fiche] = ()
    if request.method == "POST" and form.is_valid():
        dossier = attempt(form, lambda: _open(request, form))
        if dossier:
            messages.success(request, "Le dossier est ouvert.")
            return redirect("dossier", dossier.numero)
    form.proches = form.proches or _list_montres(request)
    if form.proches:
        fiches = list_fiches(agent=agent, on=request_day(request), dossier_ids=form.proches)
        saw(dossiers=[f.dossier_id for f in fiches])
        form.ask([(str(f.dossier_id), f"Oui, {f.nom} ({f.numero})") for f in fiches])
    context = {
        "form": form,
        "sections": form.list_sections(),
        "fiches": fiches,
        "pli_ouvert": any(name in form.errors for name in form.plies),
    }
    return render(request, "ouverture/ouvrir.html", context, status=422 if form.errors else 200)


def _open(request: AgentRequest, form: OuvertureForm) -> Dossier | None:
    """Open it; None when files are near: that is a question, and no fault of what is typed."""
    try:
        return open_dossier(by=get_agent(request), on=request_day(request), **form.read())
    except MenagesProches as question:
        form.proches = question.dossier_ids
        return None


def _list_montres(request: AgentRequest) -> Sequence[UUID]:
    """Return the files that were shown: the question stays until it is answered."""
    found = []
    for text in request.POST.getlist("montre"):
        with suppress(ValueError):
            found.append(UUID(text))
    return found
