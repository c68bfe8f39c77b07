"""« C’est fait »: an organisation says what it did of a duty of its own."""

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from seuil.travail.queries import Rendu, find_diligence, find_tache_devoir
from seuil.travail.rules.devoirs import load_devoirs
from seuil.usecases.record_diligence import record_diligence
from seuil.web.access import AgentRequest, get_agent, may, request_day, requires
from seuil.web.devoirs.forms import DiligenceForm
from seuil.web.journal import saw
from seuil.web.saisie import next_address, record


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
    asked = load_devoirs(agent.departement_id).par_id.get(devoir)
    if asked and asked.fait == "suivi_dit" and may(request, "suivi.repondre"):
        return redirect("tableau_menage", numero)
    saw(numeros=[numero])
    form = DiligenceForm(request.POST or None, attendu=tache.preuve, initial={"faite_le": on})
    if record(request, form, partial(record_diligence, which=which), fait="C’est enregistré."):
        return redirect(retour)
    context = {
        "form": form,
        "tache": tache,
        "on": on,
        "retour": retour,
        "suite": next_address(request, ""),
        "lit_dossier": may(request, "dossier.lire"),
    }
    status = 422 if form.errors else 200
    return render(request, "devoirs/rendre.html", context, status=status)
