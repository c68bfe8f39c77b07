"""The agenda on the screen: a month, a day."""

from calendar import Calendar
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from seuil.acteurs.rules import is_reached_by
from seuil.engines.droit import write_date
from seuil.web.access import AgentRequest, get_agent, request_day, requires
from seuil.web.addresses import address
from seuil.web.agenda.queries import (
    GENRES,
    PAR_CASE,
    PAR_PAGE,
    Evenement,
    Filtres,
    Jour,
    get_filtres_naturels,
    get_jour,
    get_mois,
)
from seuil.web.equipe.mois import read_mois
from seuil.web.filtres import read_filtre
from seuil.web.journal import saw
from seuil.web.nombres import read_page
from seuil.web.templatetags.seuil import JOURS, heure

LIBELLES = {
    "audience": "Audiences",
    "rendez_vous": "Rendez-vous et contacts promis",
    "legale": "Échéances légales",
    "convention": "Échéances de la convention",
    "annonce": "Dates annoncées",
    "tache": "À faire",
}
TOUT = "tout"
CERTITUDES = {"contested": "date discutée", "to_check": "date à vérifier"}
# Addresses go from 2000 to 2099.
_PREMIER, _DERNIER = date(2000, 1, 1), date(2099, 12, 31)


@requires("dossier.lire")
@require_safe
def agenda(request: AgentRequest, mois: date | None = None) -> HttpResponse:
    """Show a month, this one by default."""
    agent, on = get_agent(request), request_day(request)
    debut = mois.replace(day=1) if mois else read_mois(request, on=on).le
    fin = _next_month(debut)
    filtres = _filtres(request)
    # Paper opens nothing: what is printed is whole.
    whole = read_filtre(request, "tout", {"1"}) == "1"
    jours = get_mois(
        agent=agent,
        on=on,
        debut=debut,
        fin=fin,
        filtres=filtres,
        par_case=None if whole else PAR_CASE,
    )
    saw(dossiers=[e.dossier_id for jour in jours.values() for e in jour.evenements])
    context = {
        "on": on,
        "titre": _month_name(debut),
        "courant": debut == on.replace(day=1),
        "semaines": [
            [_case(le, debut, jours.get(le, Jour()), on) for le in semaine]
            for semaine in Calendar().monthdatescalendar(debut.year, debut.month)
        ],
        "jours_semaine": JOURS,
        "abregee": any(jour.total > len(jour.evenements) for jour in jours.values()),
        "entiere": whole,
        "vide": not jours,
        "avant": _month_link((debut - timedelta(days=1)).replace(day=1)),
        "apres": _month_link(fin),
        **_choix(request, filtres),
    }
    return render(request, "agenda/mois.html", context)


@requires("dossier.lire")
@require_safe
def agenda_jour(request: AgentRequest, jour: date) -> HttpResponse:
    """Show a day, page by page."""
    agent, on = get_agent(request), request_day(request)
    filtres = _filtres(request)
    page = get_jour(
        agent=agent,
        on=on,
        jour=jour,
        filtres=filtres,
        page=read_page(request.GET.get("page", "")),
    )
    saw(dossiers=[e.dossier_id for e in page.evenements])
    first = (page.page - 1) * PAR_PAGE
    context = {
        "on": on,
        "jour": jour,
        "page": page,
        "premier": first + 1,
        "dernier": first + len(page.evenements),
        "evenements": [_ligne(e) for e in page.evenements],
        "mois": (_month_name(jour), reverse("agenda_mois", args=[jour])),
        "avant": _day_link(jour, -1),
        "apres": _day_link(jour, 1),
        **_choix(request, filtres),
    }
    return render(request, "agenda/jour.html", context)


def _filtres(request: AgentRequest) -> Filtres:
    naturels = get_filtres_naturels(get_agent(request))
    genre = read_filtre(request, "quoi", {*GENRES, TOUT}, default=naturels.genre)
    qui = read_filtre(request, "qui", {"moi", "service"})
    return Filtres(
        genre="" if genre == TOUT else genre,
        moi=qui == "moi" if qui else naturels.moi,
    )


def _choix(request: AgentRequest, filtres: Filtres) -> dict[str, Any]:
    """Return the filters as links: label, query, whether in use; and the query in use."""
    quoi, qui = filtres.genre or TOUT, "moi" if filtres.moi else "service"
    # Whoever reaches only the files assigned to it has nothing to choose.
    alone = is_reached_by(get_agent(request).profil, "identite", "affectation")
    qui_choix = () if alone else (("service", "Mon service"), ("moi", "Moi"))
    return {
        "quoi": [
            (label, f"?qui={qui}&quoi={code}", code == quoi)
            for code, label in ((TOUT, "Tout"), *LIBELLES.items())
        ],
        "qui": [(label, f"?qui={code}&quoi={quoi}", code == qui) for code, label in qui_choix],
        "query": f"?qui={qui}&quoi={quoi}",
        "seul": alone,
        "filtre": filtres != Filtres(),
        "sans_filtre": f"?qui=service&quoi={TOUT}",
    }


def _case(le: date, debut: date, jour: Jour, on: date) -> dict[str, Any] | None:
    """Return a cell of the grid; None for a day of another month."""
    if le.month != debut.month:
        return None
    return {
        "le": le,
        "url": reverse("agenda_jour", args=[le]),
        "nom": JOURS[le.weekday()].capitalize(),
        "mois": _month_name(le).partition(" ")[0],
        "aujourdhui": le == on,
        "total": jour.total,
        "reste": jour.total - len(jour.evenements),
        "evenements": [_ligne(e) for e in jour.evenements],
    }


def _ligne(evenement: Evenement) -> tuple[str, ...]:
    """Return the words of one event: a template that looks up and filters each costs much more."""
    return (
        evenement.genre,
        heure(evenement.heure),
        evenement.libelle,
        CERTITUDES.get(evenement.certitude, ""),
        address("dossier", evenement.numero),
        evenement.menage or evenement.numero,
        evenement.commune,
        evenement.numero,
        evenement.juridiction,
    )


def _month_name(le: date) -> str:
    # « 2 décembre 2026 », without its day.
    return write_date(le.replace(day=2))[1:].strip()


def _next_month(debut: date) -> date:
    return (debut + timedelta(days=31)).replace(day=1)


def _month_link(debut: date) -> tuple[str, str] | None:
    if not _PREMIER <= debut <= _DERNIER:
        return None
    return _month_name(debut), reverse("agenda_mois", args=[debut])


def _day_link(jour: date, days: int) -> tuple[date, str] | None:
    le = jour + timedelta(days=days)
    return (le, reverse("agenda_jour", args=[le])) if _PREMIER <= le <= _DERNIER else None
