"""The list of dossiers, its filters and its export."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.views.decorators.http import require_POST, require_safe

from seuil.acteurs.matrice import list_portees
from seuil.acteurs.queries import list_arrondissements, list_communes
from seuil.dossiers.models import Parc, SuiviSocial
from seuil.echeances.models import Situation, Stade
from seuil.echeances.queries.dossiers import DossierRow, list_dossiers, list_rows
from seuil.echeances.queries.par_dette import ParDette
from seuil.echeances.queries.prochaines import list_heures
from seuil.engines.tabular import Column
from seuil.web.access import (
    AgentRequest,
    get_agent,
    request_day,
    requires,
    requires_recent_sign_in,
)
from seuil.web.addresses import address
from seuil.web.dossiers.forms import CATEGORIES, FiltresForm
from seuil.web.export import send_table
from seuil.web.filtres import list_avertissements
from seuil.web.journal import saw
from seuil.web.templatetags.seuil import dans_jours, date_courte, montant

PAR_PAGE = 50
# What is there and not for this reader: never written as if nothing were.
_RESERVE = "Réservé"
# Code and name, by name.
_Places = tuple[tuple[str, str], ...]
_STADES = {code: conditional_escape(label) for code, label in Stade.choices}
_SUIVIS = {code: conditional_escape(label) for code, label in SuiviSocial.Situation.choices}
_COLONNES = (
    Column("Numéro", 18),
    Column("Nom", 28),
    Column("Commune", 24),
    Column("Stade", 30),
    Column("Stade atteint le", 14, "date"),
    Column("Audience", 12, "date"),
    Column("Heure de l’audience", 12, "heure"),
    Column("Prochaine date", 14, "date"),
    Column("Dette", 12, "montant"),
    Column("Dette au", 12, "date"),
    Column("Suivi social", 24),
    Column("Parc", 14),
)


@requires("dossier.lire")
@require_safe
def dossiers(request: AgentRequest) -> HttpResponse:
    """List the dossiers that the filters keep."""
    on = request_day(request)
    form = _form(request)
    situations: Any = _situations(request, form)
    page = Paginator(situations, PAR_PAGE).get_page(request.GET.get("page"))
    first = (page.number - 1) * PAR_PAGE
    query = request.GET.copy()
    query.pop("page", None)
    rows = list_rows(
        agent=get_agent(request), on=on, situations=situations[first : first + PAR_PAGE]
    )
    saw(dossiers=[r.dossier_id for r in rows])
    actifs = [(libelle, _without(query, name)) for name, libelle in form.list_actifs()]
    context = {
        "filtres": "" if request.htmx else _filtres(form, actifs),
        "tri": form.get_filtres().tri,
        "tris": form.tris,
        "actifs": actifs,
        "avertissements": [*form.list_refus(), *list_avertissements(form)],
        "texte": form.get_filtres().texte,
        "page": page,
        "lignes": [_ligne(row, on) for row in rows],
        "query": query.urlencode(),
        "sans_tri": _without(query, "tri"),
    }
    template = "dossiers/_liste.html" if request.htmx else "dossiers/dossiers.html"
    return render(request, template, context)


@requires("dossier.lire")
@requires_recent_sign_in
@require_POST
def dossiers_export(request: AgentRequest) -> HttpResponse:
    """Give the same list as a file."""
    agent, on = get_agent(request), request_day(request)
    rows = list_rows(
        agent=get_agent(request), on=on, situations=_situations(request, _form(request))
    )
    ids = [r.dossier_id for r in rows]
    saw(dossiers=ids)
    heures = list_heures(agent=agent, on=on, ids=ids)
    stades, suivis = dict(Stade.choices), dict(SuiviSocial.Situation.choices)
    parcs = dict(Parc.choices)
    return send_table(
        request,
        nom="dossiers",
        titre="Dossiers",
        columns=_COLONNES,
        rows=[
            (
                r.numero, r.nom, r.commune, stades[r.stade], r.stade_le, r.audience_le,
                heures.get(r.dossier_id), r.prochaine_le,
                r.dette if r.dette_lue else _RESERVE, r.dette_le,
                suivis.get(r.suivi, "") if r.suivi_lu else _RESERVE, parcs[r.parc],
            )
            for r in rows
        ],
    )  # fmt: skip


def _ligne(row: DossierRow, on: date) -> dict[str, object]:
    """Return the words of one line, by the name that its template gives them."""
    return {
        "url": address("dossier", row.numero),
        "numero": row.numero,
        "nom": row.nom,
        "commune": row.commune,
        "stade": _STADES.get(row.stade, row.stade),
        "stade_le": date_courte(row.stade_le),
        "audience": date_courte(row.audience_le) or "—",
        "echeance": date_courte(row.prochaine_le) or "—",
        "reste": dans_jours(row.prochaine_le, on),
        "dette": (montant(row.dette) or "—") if row.dette_lue else _RESERVE,
        "suivi": _name_suivi(row),
    }


def _name_suivi(row: DossierRow) -> str:
    if not row.suivi_lu:
        return _RESERVE
    return _SUIVIS.get(row.suivi, row.suivi) or "Non renseigné"


def _form(request: AgentRequest) -> FiltresForm:
    agent = get_agent(request)
    communes, arrondissements = list_communes(agent=agent), list_arrondissements(agent=agent)
    fermes = frozenset(n for n, c in CATEGORIES.items() if not list_portees(agent.profil, c))
    if request.GET.keys() <= {"page"}:
        return _read_vide(communes, arrondissements, fermes)
    form = FiltresForm(
        request.GET, communes=communes, arrondissements=arrondissements, fermes=fermes
    )
    form.full_clean()
    return form


@lru_cache(maxsize=128)
def _read_vide(communes: _Places, arrondissements: _Places, fermes: frozenset[str]) -> FiltresForm:
    """Return the form that asks nothing: the same for whoever reads the département alike."""
    form = FiltresForm({}, communes=communes, arrondissements=arrondissements, fermes=fermes)
    form.full_clean()
    return form


@lru_cache(maxsize=128)
def _write_vide(form: FiltresForm) -> str:
    return render_to_string("dossiers/_filtres.html", {"form": form, "actifs": ()})


def _filtres(form: FiltresForm, actifs: Sequence[tuple[str, str]]) -> str:
    """Return the filters; written once when they ask nothing, and never kept when they do."""
    if not form.data:
        return _write_vide(form)
    return render_to_string("dossiers/_filtres.html", {"form": form, "actifs": actifs})


def _situations(request: AgentRequest, form: FiltresForm) -> QuerySet[Situation] | ParDette:
    return list_dossiers(
        agent=get_agent(request), on=request_day(request), filtres=form.get_filtres()
    )


def _without(query: QueryDict, name: str) -> str:
    rest = query.copy()
    rest.pop(name, None)
    return rest.urlencode()
