"""À faire: what is due, for whom, why, by when, and the page where it is done."""

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from seuil.accompagnements.queries.choix import count_choix_a_signer
from seuil.actes.queries import count_lots_en_attente
from seuil.acteurs.models import Agent, Role
from seuil.dossiers.queries import count_arrivees
from seuil.travail.queries import AFaire, TacheRow, get_a_faire
from seuil.travail.rules.devoirs import ETAPES, load_devoirs
from seuil.travail.rules.genres import GENRES
from seuil.web.access import AgentRequest, get_agent, may, request_day, requires
from seuil.web.addresses import address
from seuil.web.devoirs.gestes import with_suite
from seuil.web.journal import saw
from seuil.web.nombres import read_page
from seuil.web.templatetags.seuil import echeance

PERIODES = {
    "en_retard": "En retard",
    "aujourdhui": "Aujourd’hui",
    "semaine": "Cette semaine",
    "plus_tard": "Plus tard",
}


@requires("a_faire.lire")
@require_safe
def a_faire(request: AgentRequest) -> HttpResponse:
    """Show what is due, late first."""
    agent, on = get_agent(request), request_day(request)
    genre, periode = request.GET.get("genre", ""), request.GET.get("periode", "")
    work = get_a_faire(
        agent=agent,
        on=on,
        genre=genre,
        devoir=request.GET.get("devoir", ""),
        periode=periode,
        page=read_page(request.GET.get("page", "")),
    )
    saw(dossiers=[t.dossier_id for t in work.taches])
    reads = may(request, "dossier.lire")
    groupes = [
        (
            PERIODES[code],
            work.par_periode[code],
            [_line(t, on, reads=reads) for t in taches],
        )
        for code, taches in groupby(work.taches, key=lambda t: _periode(t, on))
    ]
    context = {
        "on": on,
        "work": work,
        "groupes": groupes,
        "genre": genre if genre in GENRES else "",
        "periode": periode if periode in PERIODES else "",
        "genres": [(code, GENRES[code].libelle, n) for code, n in work.par_genre.items()],
        "periodes": [(c, label, work.par_periode[c]) for c, label in PERIODES.items()],
        "cartes": _cartes(agent, on),
        "lit_dossiers": reads,
        **_devoirs(work, agent, request.GET.get("devoir", "")),
    }
    return render(request, "a_faire/a_faire.html", context)


def _devoirs(work: AFaire, agent: Agent, asked: str) -> dict[str, Any]:
    """Return the duties that the list may be reduced to: code, label, number."""
    par_id = load_devoirs(agent.departement_id).par_id
    devoirs = []
    for code, n in work.par_devoir.items():
        known = par_id.get(code)
        # The same words come back from one stage to another.
        label = f"{ETAPES[known.etape]} — {known.libelle}" if known else code
        devoirs.append((code, label, n))
    return {"devoirs": devoirs, "devoir": asked if asked in work.par_devoir else ""}


def _periode(tache: TacheRow, on: date) -> str:
    if tache.due_le < on:
        return "en_retard"
    if tache.due_le == on:
        return "aujourdhui"
    return "semaine" if tache.due_le <= on + timedelta(days=7) else "plus_tard"


def _line(tache: TacheRow, on: date, *, reads: bool) -> dict[str, object]:
    """Return the words of one task, by the name that its template gives them."""
    avant = echeance(tache.due_le, on, tache.legale)
    # A partner knows the household by its name and its number: the dossier stays closed to it.
    url = address("dossier", tache.numero) if reads else ""
    return {
        "libelle": tache.libelle,
        "url": url,
        "menage": tache.menage,
        "commune": tache.commune,
        "avant": avant,
        "qui": tache.agent,
        "pourquoi": tache.pourquoi,
        "ecran": write_address(tache),
        "bouton": tache.fait.bouton if tache.fait else tache.genre.bouton,
        "numero": "" if reads else tache.numero,
        "preuve": tache.preuve,
        "proposee": tache.a_verifier,
    }


def write_address(tache: TacheRow) -> str:
    """Return the address of the page where doing the thing makes the task disappear."""
    genre = tache.genre
    if tache.fait:
        return with_suite(address(tache.fait.page, tache.numero), reverse("a_faire"))
    if genre.sur == "devoir":
        return reverse(genre.page, args=[tache.numero, tache.devoir, tache.source_id])
    value = tache.source_id if genre.sur == "source" else tache.numero
    return address(genre.page, value) + genre.suite


def _cartes(agent: Agent, on: date) -> list[tuple[int, str, str]]:
    """Return what waits for the secretariat beside its tasks: figure, sentence, address."""
    if agent.role != Role.SECRETARIAT:
        return []
    waiting = count_lots_en_attente(agent=agent)
    arrivals = count_arrivees(agent=agent, on=on, since=on - timedelta(days=1))
    choices = count_choix_a_signer(agent=agent, mois=on)
    return [
        (choices, "choix du mois à signer", reverse("choix")),
        (
            waiting,
            _agree(waiting, "liste reçue à vérifier", "listes reçues à vérifier"),
            reverse("listes"),
        ),
        (
            arrivals,
            _agree(arrivals, "dossier ouvert depuis hier", "dossiers ouverts depuis hier"),
            reverse("dossiers") + "?ouvert=1",
        ),
    ]


def _agree(count: int, one: str, many: str) -> str:
    return one if count < 2 else many
