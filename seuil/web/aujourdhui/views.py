"""Aujourd’hui: one row per household, what cannot be undone first, and what to do of it there."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from seuil.accompagnements.queries.choix import count_choix_a_signer
from seuil.actes.queries import count_lots_en_attente
from seuil.acteurs.models import Agent, Role
from seuil.dossiers.queries import count_arrivees
from seuil.travail.queries import Aujourdhui, get_aujourdhui
from seuil.travail.rules.aujourdhui import PRESSE, Groupe
from seuil.travail.rules.devoirs import ETAPES, load_devoirs
from seuil.travail.rules.genres import GENRES
from seuil.web.access import AgentRequest, get_agent, may, request_day, requires
from seuil.web.addresses import address
from seuil.web.agenda.queries import Evenement, list_semaine
from seuil.web.aujourdhui.annulations import list_annulations
from seuil.web.aujourdhui.charge import list_charges
from seuil.web.aujourdhui.forms import CHAMPS, JOURS, JourForm
from seuil.web.aujourdhui.presentation import is_confie, write_ligne
from seuil.web.aujourdhui.queries import list_adresses, list_reperes, name_services
from seuil.web.filtres import tell_avertissements
from seuil.web.journal import saw
from seuil.web.nombres import read_page
from seuil.web.templatetags.seuil import heure

GROUPES = {
    Groupe.A_MOI: "À moi de faire",
    Groupe.ATTENTE: "J’attends",
    Groupe.CADUC: "Caduc, à classer",
}


@requires("a_faire.lire")
@require_safe
def aujourdhui(request: AgentRequest) -> HttpResponse:
    """Show the day’s work of the reader."""
    agent, on = get_agent(request), request_day(request)
    context = read_day(request, request.GET)
    tell_avertissements(request, context["form"])
    context["semaine"] = _list_semaine(agent, on)
    # A list reduced to a commune does not know the rest.
    context["cartes"] = [] if context["etiquettes"] else _list_cartes(agent, context["work"], on)
    return render(request, "aujourdhui/aujourdhui.html", context)


def _list_semaine(agent: Agent, on: date) -> list[tuple[date, list[dict[str, str]]]]:
    """Return, for who goes on the road, what is waited for in the seven days, by day."""
    if agent.role not in _DE_TERRAIN:
        return []
    evenements = list_semaine(agent=agent, on=on)
    saw(dossiers=[e.dossier_id for e in evenements])
    return [
        (le, [_write_evenement(e) for e in group])
        for le, group in groupby(evenements, key=lambda e: e.le)
    ]


def _write_evenement(e: Evenement) -> dict[str, str]:
    return {
        "quoi": e.libelle,
        "heure": heure(e.heure),
        "menage": e.menage or e.numero,
        "lieu": e.juridiction or e.commune,
        "url": address("dossier", e.numero),
    }


_DE_TERRAIN = (Role.TRAVAILLEUR_SOCIAL, Role.JURISTE)


@requires("a_faire.lire")
@require_safe
def a_faire_ancien(request: AgentRequest) -> HttpResponse:
    """Lead the former address, and what it was reduced to, to the page."""
    query = request.GET.urlencode()
    return redirect(reverse("a_faire") + (f"?{query}" if query else ""), permanent=True)


def answer_day(request: AgentRequest, suite: str) -> HttpResponse:
    """Give the list back as its address (`suite`) shows it, once something was done on it."""
    if not request.headers.get("HX-Request"):
        return redirect(suite)
    return render(
        request, "aujourdhui/_liste.html", read_day(request, QueryDict(urlsplit(suite).query))
    )


def read_day(request: AgentRequest, query: Mapping[str, str]) -> dict[str, Any]:
    """Return what the list shows for an address."""
    agent, on = get_agent(request), request_day(request)
    form = JourForm(query, agent=agent)
    filtres = form.read_filtres()
    page = read_page(query.get("page", ""))
    work = get_aujourdhui(agent=agent, on=on, filtres=filtres, page=page)
    chosen = {name: str(form.cleaned_data.get(name) or "") for name in CHAMPS}
    return {
        "on": on,
        "form": form,
        "work": work,
        "groupe": filtres.groupe,
        "lignes": _write_lignes(request, work),
        "annulation": next(reversed(list_annulations(request)), None),
        "lit_dossiers": may(request, "dossier.lire"),
        "chosen": chosen,
        **_list_adresses(work, chosen, filtres.groupe),
        **_list_choix(work, agent, form, chosen),
        **_list_gestes(request, work, filtres.groupe),
        **list_charges(request),
    }


def _write_lignes(request: AgentRequest, work: Aujourdhui) -> list[dict[str, Any]]:
    """Give the rows of the page their words; the journal is told whom they show."""
    agent, on = get_agent(request), request_day(request)
    ids = [vue.ligne.dossier_id for vue in work.lignes]
    saw(dossiers=ids)
    reperes = list_reperes(agent=agent, on=on, ids=ids)
    asks = may(request, "dsf.demander")
    services = name_services(agent=agent, on=on, ids=ids) if asks else {}
    adresses = list_adresses(agent=agent)
    reads = may(request, "dossier.lire")
    return [
        write_ligne(
            vue,
            reperes[vue.ligne.dossier_id],
            on=on,
            services=services,
            adresses=adresses,
            reads=reads,
        )
        for vue in work.lignes
    ]


def _list_adresses(work: Aujourdhui, chosen: Mapping[str, str], groupe: Groupe) -> dict[str, Any]:
    """Return where the list leads: itself, its other groups, its other pages."""
    page = work.page
    return {
        "suite": _address(chosen, page=str(page) if page > 1 else ""),
        "export_url": _export_address(_address(chosen)),
        "groupes": [
            (libelle, work.par_groupe.get(g, 0), _address(chosen, groupe=g), g is groupe)
            for g, libelle in GROUPES.items()
        ],
        "avant": _address(chosen, page=str(page - 1)) if page > 1 else "",
        "apres": _address(chosen, page=str(page + 1)) if page < work.pages else "",
    }


def _export_address(address: str) -> str:
    query = urlsplit(address).query
    return reverse("aujourdhui_export") + (f"?{query}" if query else "")


def _list_choix(
    work: Aujourdhui, agent: Agent, form: JourForm, chosen: Mapping[str, str]
) -> dict[str, Any]:
    """Return the filters that hold, and those that may be added."""
    days = [] if chosen["jours"] else JOURS
    return {
        "etiquettes": _list_etiquettes(form, chosen),
        "genres": _list_genres(work, chosen),
        "devoirs": _list_devoirs(work, agent, chosen),
        "jours": [(libelle, _address(chosen, jours=code)) for code, libelle in days],
    }


def _list_gestes(request: AgentRequest, work: Aujourdhui, groupe: Groupe) -> dict[str, bool]:
    """Return what may be done from the list."""
    waiting = any(vue.tete.genre.code == "dsf_a_obtenir" for vue in work.lignes)
    return {
        "peut_demander": groupe is Groupe.A_MOI and waiting and may(request, "dsf.demander"),
        "peut_noter": may(request, "dsf.enregistrer"),
        "peut_classer": groupe is Groupe.CADUC and may(request, "devoir.rendre"),
        "peut_affecter": groupe is Groupe.A_MOI
        and may(request, "mandat.repondre")
        and any(is_confie(vue.ligne) for vue in work.lignes),
    }


def _address(chosen: Mapping[str, str], **changes: str) -> str:
    """Return the address of the list, its filters changed; a change starts at the first page."""
    asked = {**chosen, **changes}
    if asked.get("groupe") == Groupe.A_MOI:
        asked["groupe"] = ""
    query = urlencode({name: value for name, value in asked.items() if value})
    return reverse("a_faire") + (f"?{query}" if query else "")


def _list_etiquettes(form: JourForm, chosen: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the filters that hold: what each says, and the address without it."""
    genre, jours = GENRES.get(chosen["genre"]), dict(JOURS).get(chosen["jours"], "")
    words = {
        "genre": genre.libelle if genre else "",
        "devoir": f"devoir {chosen['devoir']}" if chosen["devoir"] else "",
        "commune": form.communes.get(chosen["commune"], ""),
        "personne": form.personnes.get(chosen["personne"], ""),
        "jours": f"audience ou délai : {jours}" if jours else "",
    }
    return [(word, _address(chosen, **{name: ""})) for name, word in words.items() if word]


def _list_genres(work: Aujourdhui, chosen: Mapping[str, str]) -> list[tuple[str, int, str]]:
    if chosen["genre"] or len(work.par_genre) < 2:
        return []
    return [
        (GENRES[code].libelle, n, _address(chosen, genre=code))
        for code, n in work.par_genre.items()
    ]


def _list_devoirs(
    work: Aujourdhui, agent: Agent, chosen: Mapping[str, str]
) -> list[tuple[str, int, str]]:
    """Return the duties that the list may be reduced to."""
    if chosen["devoir"] or len(work.par_devoir) < 2:
        return []
    par_id = load_devoirs(agent.departement_id).par_id
    return [
        # The same words come back from one stage to another.
        (
            f"{ETAPES[par_id[code].etape]} — {par_id[code].libelle}" if code in par_id else code,
            n,
            _address(chosen, devoir=code),
        )
        for code, n in work.par_devoir.items()
    ]


def _list_cartes(agent: Agent, work: Aujourdhui, on: date) -> list[tuple[int, str, str]]:
    """Return what each role looks at first: figure, words, address."""
    if agent.role == Role.SECRETARIAT:
        return _list_cartes_secretariat(agent, work, on)
    if agent.role == Role.GESTIONNAIRE:
        return _list_cartes_concours(work, on)
    return _only_some(
        *(
            (_count(work, genre, Groupe.A_MOI, date.max), one, many, _address({"genre": genre}))
            for genre, one, many in _CARTES.get(agent.role, ())
        )
    )


_CARTES_EQUIPE = (
    ("prochain_contact", "contact prévu", "contacts prévus"),
    ("reprendre_contact", "ménage à rappeler", "ménages à rappeler"),
    ("dsf_a_transmettre", "diagnostic à transmettre", "diagnostics à transmettre"),
    ("fin_accompagnement", "suivi à clore ou à prolonger", "suivis à clore ou à prolonger"),
)
# What a role looks at first, when it is a kind of work.
_CARTES: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    Role.CHEF_EQUIPE: (
        ("repondre_mandat", "dossier confié à accepter", "dossiers confiés à accepter"),
        ("affecter_mandat", "dossier à affecter", "dossiers à affecter"),
    ),
    Role.TRAVAILLEUR_SOCIAL: _CARTES_EQUIPE,
    Role.JURISTE: _CARTES_EQUIPE,
}


def _list_cartes_secretariat(
    agent: Agent, work: Aujourdhui, on: date
) -> list[tuple[int, str, str]]:
    genre = "dsf_a_obtenir"
    return _only_some(
        (_count(work, genre, Groupe.A_MOI, on + PRESSE), "audience sans DSF dans les 7 jours",
         "audiences sans DSF dans les 7 jours", _address({"genre": genre, "jours": "7"})),
        (count_choix_a_signer(agent=agent, mois=on), "choix du mois à signer",
         "choix du mois à signer", reverse("choix")),
        (count_lots_en_attente(agent=agent), "liste reçue à vérifier", "listes reçues à vérifier",
         reverse("listes")),
        (count_arrivees(agent=agent, on=on, since=on - timedelta(days=1)),
         "dossier ouvert depuis hier", "dossiers ouverts depuis hier",
         reverse("dossiers") + "?ouvert=1"),
    )  # fmt: skip


def _list_cartes_concours(work: Aujourdhui, on: date) -> list[tuple[int, str, str]]:
    """Return the clock of the two months: what falls this week, the rest, the refusals born."""
    genre = "decision_cfp"
    week = _count(work, genre, Groupe.A_MOI, on + PRESSE)
    return _only_some(
        (week, "délai de deux mois tombe sous 7 jours", "délais de deux mois tombent sous 7 jours",
         _address({"genre": genre, "jours": "7"})),
        (_count(work, genre, Groupe.A_MOI, date.max) - week, "réquisition à instruire",
         "réquisitions à instruire", _address({"genre": genre})),
        (_count(work, genre, Groupe.CADUC, date.max), "refus implicite né, à classer",
         "refus implicites nés, à classer", _address({"genre": genre, "groupe": Groupe.CADUC})),
    )  # fmt: skip


def _count(work: Aujourdhui, genre: str, groupe: Groupe, last: date) -> int:
    """Return how many households have that work in that group, its day at the latest `last`."""
    return sum(
        any(p.tache.genre == genre and p.groupe is groupe and p.le <= last for p in x.placees)
        for x in work.toutes
    )


def _only_some(*cartes: tuple[int, str, str, str]) -> list[tuple[int, str, str]]:
    """Keep what is not zero, with its words: zero asks nothing."""
    return [(n, one if n < 2 else many, url) for n, one, many, url in cartes if n]
