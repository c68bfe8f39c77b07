"""« C’est fait »: an organisation says what it did of a duty of its own."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from seuil.acteurs.models import Agent
from seuil.travail.queries import Rendu, TacheRow, find_diligence, find_tache_devoir
from seuil.usecases.record_diligence import record_diligence
from seuil.web.access import AgentRequest, get_agent, may, request_day, requires
from seuil.web.devoirs.forms import DiligenceForm
from seuil.web.devoirs.gestes import Geste, list_gestes
from seuil.web.journal import saw
from seuil.web.saisie import next_address, record


def _find_geste(agent: Agent, tache: TacheRow, retour: str) -> Geste | None:
    """Return the form of the fact that closes the duty, for who may fill it in."""
    first, *rest = list_gestes(
        agent=agent, numero=tache.numero, devoir=tache.devoir, source_id=tache.source_id,
        fait=tache.fait, suite=retour,
    )  # fmt: skip
    return first if rest else None


@requires("devoir.rendre")
@require_http_methods(["GET", "HEAD", "POST"])
def devoir_rendre(request: AgentRequest, numero: str, devoir: str, source_id: UUID) -> HttpResponse:
    """Say that a duty is done or without object; one that is not in the queue is not found."""
    agent, on = get_agent(request), request_day(request)
    which = Rendu(numero=numero, devoir=devoir, source_id=source_id)
    retour = next_address(request, reverse("a_faire"))
    tache = find_tache_devoir(agent=agent, on=on, which=which)
    if tache is None:
        if find_diligence(agent=agent, which=which) is None:
            raise Http404
        messages.info(request, "C’était déjà enregistré.")
        return redirect(retour)
    saw(numeros=[numero])
    form = DiligenceForm(
        request.POST or None,
        attendu=tache.preuve,
        par_fait=tache.fait is not None,
        initial={"faite_le": on},
    )
    if record(request, form, partial(record_diligence, which=which), fait="C’est enregistré."):
        return redirect(retour)
    context = {
        "form": form,
        "tache": tache,
        "on": on,
        "retour": retour,
        "geste": _find_geste(agent, tache, retour),
        "suite": next_address(request, ""),
        "lit_dossier": may(request, "dossier.lire"),
    }
    status = 422 if form.errors else 200
    return render(request, "devoirs/rendre.html", context, status=status)
