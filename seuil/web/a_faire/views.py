"""À faire: what is due, for whom, why, by when, and the page where it is done."""

from collections.abc import Callable
from datetime import timedelta
from itertools import groupby

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from seuil.accompagnements.queries import get_choix, list_operateurs
from seuil.actes.queries import count_lots_en_attente
from seuil.acteurs.models import Role
from seuil.dossiers.queries import count_arrivees
from seuil.travail.queries import TacheRow, get_a_faire
from seuil.travail.rules import GENRES
from seuil.web.access import get_agent, may, request_day, requires

PERIODES = {
    "en_retard": "En retard",
    "aujourdhui": "Aujourd’hui",
    "semaine": "Cette semaine",
    "plus_tard": "Plus tard",
}
# The act that ends each legal task: its form opens on it.
_ACTES = {"decision_cfp": "cfp", "suite_cfp": "expulsion"}

# Page where each kind of task is done → its button and its address. The mandate's tasks carry the
# mandate's id as their source; a démarche or a planned contact carries its own.
_ECRANS: dict[str, tuple[str, Callable[[TacheRow], str]]] = {
    "dsf": ("Dater le diagnostic", lambda t: reverse("dsf_noter", args=[t.numero])),
    "acte": (
        "Enregistrer",
        lambda t: reverse("acte_enregistrer", args=[t.numero]) + f"?type={_ACTES[t.genre]}",
    ),
    "mandat": ("Répondre", lambda t: reverse("mandat", args=[t.source_id])),
    "rapport": (
        "Rédiger",
        lambda t: reverse("rapport_rendre", args=[t.source_id]) + f"?genre={t.genre}",
    ),
    "contact": ("Noter un contact", lambda t: reverse("contact_noter", args=[t.numero])),
    "cloture": ("Décider de la suite", lambda t: reverse("cloture", args=[t.source_id])),
    "prolongation": (
        "Enregistrer l’avis",
        lambda t: reverse("prolongation_enregistrer", args=[t.source_id]),
    ),
    "contrat": (
        "Dire où elle en est",
        lambda t: reverse("demarche_terminer", args=[t.source_id]),
    ),
}


@requires("a_faire.lire")
@require_GET
def a_faire(request):
    agent, on = get_agent(request), request_day(request)
    genre, periode = request.GET.get("genre", ""), request.GET.get("periode", "")
    number = request.GET.get("page", "1")
    work = get_a_faire(
        agent=agent,
        on=on,
        genre=genre,
        periode=periode,
        page=int(number) if number.isdecimal() else 1,
    )
    groupes = [
        (PERIODES[code], work.par_periode[code], [_line(request, t) for t in taches])
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
    }
    return render(request, "a_faire/a_faire.html", context)


def _periode(tache, on):
    if tache.due_le < on:
        return "en_retard"
    if tache.due_le == on:
        return "aujourdhui"
    return "semaine" if tache.due_le <= on + timedelta(days=7) else "plus_tard"


def _line(request, tache):
    bouton, address = _ECRANS[tache.ecran]
    if tache.genre == "dsf_a_obtenir" and may(request, "dsf.demander"):
        bouton, address = (
            "Demander le diagnostic",
            lambda t: reverse("dsf_demander", args=[t.numero]),
        )
    return tache, bouton, address(tache)


def _cartes(agent, on):
    """Return what waits for the secretariat beside its tasks: figure, sentence, address."""
    if agent.role != Role.SECRETARIAT:
        return []
    waiting = count_lots_en_attente(agent=agent, on=on)
    arrivals = count_arrivees(agent=agent, on=on, since=on - timedelta(days=1))
    choices = 0
    for operateur in list_operateurs(agent=agent, on=on):
        choix = get_choix(agent=agent, operateur=operateur, mois=on)
        choices += choix is None or choix.signe_le is None
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


def _agree(count, one, many):
    return one if count < 2 else many
