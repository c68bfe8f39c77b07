"""One's agenda in one's own calendar: a secret address, shown once, and what it answers."""

import gzip
import re
from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.views.decorators.http import require_POST, require_safe

from seuil.acteurs.models import Agent
from seuil.acteurs.operations.abonnements import (
    AdresseDejaChangee,
    create_abonnement,
    end_abonnement,
    record_lecture_agenda,
)
from seuil.acteurs.queries import find_abonne, find_abonnement
from seuil.acteurs.rules import why_not
from seuil.kernel import clock
from seuil.kernel.refusal import Refusal
from seuil.web.access import get_agent, in_contexte_of, public, request_day, requires
from seuil.web.agenda.annulations import list_annulations
from seuil.web.agenda.flux import compute_etag, render_calendar
from seuil.web.agenda.queries import get_filtres_naturels, list_evenements
from seuil.web.journal import journaled, saw

# Twelve months before and after today.
_FENETRE = timedelta(days=366)
# Asked for, and not refused.
_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))", re.IGNORECASE)


@requires("dossier.lire")
@require_safe
def abonnement(request: HttpRequest) -> HttpResponse:
    return _page(request)


@requires("dossier.lire")
@require_POST
def abonnement_creer(request: HttpRequest) -> HttpResponse:
    try:
        _, jeton = create_abonnement(
            by=get_agent(request), on=request_day(request), remplace=request.POST.get("remplace")
        )
    except AdresseDejaChangee as refusal:
        messages.warning(request, str(refusal))
        return redirect("agenda_abonnement")
    # Shown in the answer itself: a redirection would have to keep the address somewhere.
    adresse = request.build_absolute_uri(reverse("agenda_ics", args=[jeton]))
    return _page(request, adresse=adresse)


@requires("dossier.lire")
@require_POST
def abonnement_arreter(request: HttpRequest) -> HttpResponse:
    try:
        end_abonnement(by=get_agent(request), on=request_day(request))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, "L’adresse ne répond plus.")
    return redirect("agenda_abonnement")


@public
@require_safe
def agenda_ics(request: HttpRequest, jeton: str) -> HttpResponseBase:
    found = find_abonne(jeton=jeton, on=clock.today())
    if found is None or why_not(found.agent.profil, "dossier.lire"):
        raise Http404
    agent, on = found.agent, clock.today(found.agent.departement_id)
    if agent.why_not_habilite(on=on):
        raise Http404
    with in_contexte_of(agent, on=on), journaled(request, agent) as lecture:
        lecture.canal = "agenda"
        record_lecture_agenda(abonnement=found, at=clock.now())
        response = lecture.answer(_answer(request, agent, on))
    response.headers["Cache-Control"] = "private, max-age=900"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _answer(request: HttpRequest, agent: Agent, on: date) -> HttpResponseBase:
    filtres = get_filtres_naturels(agent)
    evenements = [
        *list_evenements(
            agent=agent, on=on, debut=on - _FENETRE, fin=on + _FENETRE, filtres=filtres
        ),
        *list_annulations(agent=agent, on=on, filtres=filtres),
    ]
    saw(dossiers={e.dossier_id for e in evenements})
    # Weak: the same calendar, compressed or not.
    etag = f"W/{quote_etag(compute_etag(evenements=evenements, on=on))}"
    response = get_conditional_response(request, etag=etag)
    if response is None:
        zone = clock.zone(agent.departement_id)
        response = _write(request, render_calendar(evenements=evenements, on=on, zone=zone))
    response.headers["ETag"] = etag
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _write(request: HttpRequest, content: bytes) -> HttpResponse:
    """Answer a calendar, compressed for who takes it: the same bytes for the same calendar."""
    response = HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'inline; filename="seuil.ics"'},
    )
    if _GZIP.search(request.headers.get("Accept-Encoding", "")):
        response.content = gzip.compress(content, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
    return response


def _page(request: HttpRequest, adresse: str = "") -> HttpResponse:
    agent = get_agent(request)
    context = {
        "abonnement": find_abonnement(agent=agent),
        "adresse": adresse,
        "naturels": get_filtres_naturels(agent),
    }
    return render(request, "agenda/abonnement.html", context)
