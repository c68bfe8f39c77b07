"""« C’est fait »: an organisation says what it did of a duty of its own."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from seuil.travail.queries import Rendu, find_diligence, find_tache_devoir
from seuil.usecases.record_diligence import record_diligence
from seuil.web.access import get_agent, may, request_day, requires
from seuil.web.devoirs.forms import SANS_OBJET, DiligenceForm
from seuil.web.equipe.saisie import next_address, record
from seuil.web.journal import saw


@require_http_methods(["GET", "POST"])
@requires("devoir.rendre")
def devoir_rendre(request: HttpRequest, numero: str, devoir: str, source_id: UUID) -> HttpResponse:
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
    form = DiligenceForm(request.POST or None, attendu=tache.preuve, initial={"faite_le": on})
    if record(request, form, lambda: _record(form, which, agent, on), done="C’est enregistré."):
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


def _record(form, which, agent, on):
    data = form.cleaned_data
    return record_diligence(
        which=which,
        faite_le=data["faite_le"],
        preuve=data["preuve"],
        sans_objet=data["etat"] == SANS_OBJET,
        motif=data["motif"],
        by=agent,
        on=on,
    )
