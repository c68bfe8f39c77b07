"""À faire: what is due, for whom, why, by when, and the page where it is done."""

from collections.abc import Callable
from datetime import timedelta
from itertools import groupby

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from seuil.accompagnements.queries.choix import count_choix_a_signer
from seuil.actes.queries import count_lots_en_attente
from seuil.acteurs.models import Role
from seuil.dossiers.queries import count_arrivees
from seuil.travail.queries import TacheRow, get_a_faire
from seuil.travail.rules.devoirs import ETAPES, load_devoirs
from seuil.travail.rules.genres import GENRES
from seuil.web.access import get_agent, may, request_day, requires
from seuil.web.addresses import address
from seuil.web.journal import saw
from seuil.web.templatetags.seuil import echeance

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
    "dsf": ("Dater le diagnostic", lambda t: address("dsf_noter", t.numero)),
    "acte": (
        "Enregistrer",
        lambda t: address("acte_enregistrer", t.numero) + f"?type={_ACTES[t.genre]}",
    ),
    "mandat": ("Répondre", lambda t: address("mandat", t.source_id)),
    "rapport": (
        "Rédiger",
        lambda t: address("rapport_rendre", t.source_id) + f"?genre={t.genre}",
    ),
    "contact": ("Noter un contact", lambda t: address("contact_noter", t.numero)),
    "cloture": ("Décider de la suite", lambda t: address("cloture", t.source_id)),
    "prolongation": (
        "Enregistrer l’avis",
        lambda t: address("prolongation_enregistrer", t.source_id),
    ),
    "contrat": (
        "Dire où elle en est",
        lambda t: address("demarche_terminer", t.source_id),
    ),
    "devoir": (
        "Dire que c’est fait",
        lambda t: reverse("devoir_rendre", args=[t.numero, t.devoir, t.source_id]),
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
        devoir=request.GET.get("devoir", ""),
        periode=periode,
        page=int(number) if number.isdecimal() else 1,
    )
    saw(dossiers=[t.dossier_id for t in work.taches])
    asks_dsf, reads = may(request, "dsf.demander"), may(request, "dossier.lire")
    groupes = [
        (
            PERIODES[code],
            work.par_periode[code],
            [_line(t, on, asks_dsf=asks_dsf, reads=reads) for t in taches],
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


def _devoirs(work, agent, asked):
    """Return the duties that the list may be reduced to: code, label, number."""
    par_id = load_devoirs(agent.departement_id).par_id
    devoirs = []
    for code, n in work.par_devoir.items():
        known = par_id.get(code)
        # The same words come back from one stage to another.
        label = f"{ETAPES[known.etape]} — {known.libelle}" if known else code
        devoirs.append((code, label, n))
    return {"devoirs": devoirs, "devoir": asked if asked in work.par_devoir else ""}


def _periode(tache, on):
    if tache.due_le < on:
        return "en_retard"
    if tache.due_le == on:
        return "aujourdhui"
    return "semaine" if tache.due_le <= on + timedelta(days=7) else "plus_tard"


def _line(tache, on, *, asks_dsf, reads):
    """Return the words of one task, by the name that its template gives them."""
    bouton, write = _ECRANS[tache.ecran]
    if tache.genre == "dsf_a_obtenir" and asks_dsf:
        bouton, write = (
            "Demander le diagnostic",
            lambda t: address("dsf_demander", t.numero),
        )
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
        "ecran": write(tache),
        "bouton": bouton,
        "numero": "" if reads else tache.numero,
        "preuve": tache.preuve,
        "proposee": tache.a_verifier,
    }


def _cartes(agent, on):
    """Return what waits for the secretariat beside its tasks: figure, sentence, address."""
    if agent.role != Role.SECRETARIAT:
        return []
    waiting = count_lots_en_attente(agent=agent, on=on)
    arrivals = count_arrivees(agent=agent, on=on, since=on - timedelta(days=1))
    choices = count_choix_a_signer(agent=agent, on=on, mois=on)
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
