"""Read the month's activity, open its figures, take it away."""

from datetime import date, datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from seuil.acteurs.models import Agent, Organisation, Role
from seuil.acteurs.queries import get_territoire
from seuil.acteurs.rules import is_reached_by
from seuil.conservation.models import Edition
from seuil.engines import droit, tabular
from seuil.indicateurs.queries.activite import (
    count_effaces,
    get_activite,
    list_clotures,
    list_dossiers_indicateur,
)
from seuil.indicateurs.queries.editions import get_edition, get_periodes, list_editions
from seuil.indicateurs.queries.tendances import (
    count_commandements,
    count_par_lieu,
    find_cible,
    list_tendances,
)
from seuil.indicateurs.rules.activite import PAR_CODE, Activite
from seuil.indicateurs.rules.editions import compare, read_totaux
from seuil.indicateurs.rules.tendances import COMMANDEMENTS, compute_jauge
from seuil.kernel import clock
from seuil.kernel.accord import NBSP
from seuil.usecases.seal_activite import seal_activite
from seuil.web.access import (
    AgentRequest,
    get_agent,
    may,
    request_day,
    requires,
    requires_recent_sign_in,
)
from seuil.web.activite.export import list_sheets
from seuil.web.activite.presentation import Lieux, list_barres, list_rangees
from seuil.web.equipe.mois import Mois, find_operateur, get_mois, list_operateurs, read_mois
from seuil.web.filtres import read_filtre, write_inconnu
from seuil.web.journal import saw
from seuil.web.saisie import press

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Shown day by day until another indicator is asked for.
_PAR_DEFAUT = "menages_rencontres"


@requires("activite.lire")
@require_safe
def activite(request: AgentRequest) -> HttpResponse:
    """The indicators over twelve months, one of them by day and by place, and the closures."""
    agent, on = get_agent(request), request_day(request)
    mois, operateur = _read_mois(request, on), _operateur(request)
    code = read_filtre(request, "indicateur", PAR_CODE, default=_PAR_DEFAUT)
    found = get_activite(agent=agent, on=on, mois=mois.le, operateur=operateur)
    ligne = found.get_ligne(code)
    clotures = list_clotures(agent=agent, on=on, mois=mois.le, operateur=operateur)
    saw(numeros=[c.numero for c in clotures.lignes])
    cible = find_cible(agent=agent, on=on, mois=mois.le, operateur=operateur)
    tendances = list_tendances(agent=agent, on=on, mois=mois.le, operateur=operateur, cible=cible)
    context = {
        "on": on,
        "mois": mois,
        # None was asked, and this one has nothing to show yet.
        "entier": "" if request.GET.get("mois") or mois.le == on.replace(day=1) else mois.suivant,
        "operateur": operateur,
        "operateurs": list_operateurs(request),
        "adresse": _query(mois, operateur),
        "activite": found,
        "ligne": ligne,
        "barres": [b for b in list_barres(found.jours, ligne.par_jour) if b.nombre],
        "has_reunis": None in ligne.par_jour,
        "rangees": list_rangees(found, tendances),
        "jauge": compute_jauge(tendances, cible),
        "lieux_du_mois": _lieux(agent, on=on, mois=mois, code=code, operateur=operateur),
        "clotures": clotures,
        "calculee_a": _instant().time(),
        "may_open": may(request, "activite.ouvrir"),
        "may_publish": may(request, "activite.publier") and on >= mois.suivant.le,
        **_read_editions(agent, on=on, found=found, operateur=operateur),
    }
    return render(request, "activite/activite.html", context)


def _read_editions(
    agent: Agent, *, on: date, found: Activite, operateur: Organisation | None
) -> dict[str, Any]:
    """Return the editions of the month shown, and what changed since the last one."""
    editions = list_editions(agent=agent, on=on, mois=found.mois, operateur=operateur)
    ecarts = compare(read_totaux(editions[0].contenu), found) if editions else []
    return {"editions": editions, "ecarts": [e for e in ecarts if e.difference]}


@requires("activite.publier")
@require_POST
def activite_publier(request: AgentRequest) -> HttpResponse:
    """Freeze the figures of the month as its next edition."""
    agent, on = get_agent(request), request_day(request)
    mois = get_mois(request.POST, on=on)
    asked = find_operateur(request, request.POST) if request.POST.get("operateur") else None
    press(
        request,
        partial(seal_activite, mois=mois.le, operateur=asked, by=agent, on=on),
        fait=f"Les chiffres {mois.de_libelle} sont publiés{NBSP}: cette édition ne change plus.",
    )
    return redirect(f"{reverse('activite')}?{_query(mois, asked)}#editions")


@requires("activite.lire")
@require_safe
def activite_edition(request: AgentRequest, edition_id: UUID) -> HttpResponse:
    """A published edition: its figures as they were told, beside what they are today."""
    agent, on = get_agent(request), request_day(request)
    try:
        edition = get_edition(agent=agent, on=on, edition_id=edition_id)
    except Edition.DoesNotExist:
        raise Http404 from None
    # Counted, nobody named.
    saw(dossiers=[])
    now = get_activite(agent=agent, on=on, mois=edition.mois, operateur=edition.operateur)
    context = {
        "edition": edition,
        "mois": Mois(edition.mois),
        "adresse": _query(Mois(edition.mois), edition.operateur),
        "ecarts": compare(read_totaux(edition.contenu), now),
    }
    return render(request, "activite/edition.html", context)


@requires("activite.lire")
@require_safe
def activite_periodes(request: AgentRequest) -> HttpResponse:
    """The same figures counted over the quarter, the half-year and the year of a month."""
    agent, on = get_agent(request), request_day(request)
    mois, operateur = read_mois(request, on=on), _operateur(request)
    saw(dossiers=[])
    context = {
        "on": on,
        "mois": mois,
        "operateur": operateur,
        "adresse": _query(mois, operateur),
        "periodes": get_periodes(agent=agent, on=on, mois=mois.le, operateur=operateur),
    }
    return render(request, "activite/periodes.html", context)


@requires("activite.ouvrir")
@require_safe
def activite_dossiers(request: AgentRequest, code: str) -> HttpResponse:
    """The dossiers behind a figure: those that the agent opens by name, the others counted."""
    if code not in PAR_CODE:
        raise Http404
    agent, on = get_agent(request), request_day(request)
    mois, operateur = read_mois(request, on=on), _operateur(request)
    jour = _jour(request)
    zone = _zone(request)
    found = list_dossiers_indicateur(
        agent=agent, on=on, mois=mois.le, code=code, jour=jour, zone=zone, operateur=operateur
    )
    saw(numeros=[d.numero for d in found.lignes])
    context = {
        "mois": mois,
        "jour": jour,
        "zone": zone,
        "indicateur": PAR_CODE[code],
        "adresse": _query(mois, operateur),
        "dossiers": found.lignes,
        "fermes": found.fermes,
        # Of an erased file, nothing says where the dwelling was.
        "effaces": 0
        if zone
        else count_effaces(
            agent=agent, on=on, mois=mois.le, code=code, jour=jour, operateur=operateur
        ),
    }
    return render(request, "activite/dossiers.html", context)


@requires("activite.lire")
@requires_recent_sign_in
@require_safe
def activite_xlsx(request: AgentRequest) -> HttpResponse:
    """The same figures in a workbook."""
    agent, on = get_agent(request), request_day(request)
    mois, operateur = read_mois(request, on=on), _operateur(request)
    code = read_filtre(request, "indicateur", PAR_CODE, default=_PAR_DEFAUT)
    clotures = list_clotures(agent=agent, on=on, mois=mois.le, operateur=operateur)
    saw(numeros=[c.numero for c in clotures.lignes])
    sheets = list_sheets(
        activite=get_activite(agent=agent, on=on, mois=mois.le, operateur=operateur),
        clotures=clotures,
        mois=mois.libelle,
        tendances=list_tendances(
            agent=agent,
            on=on,
            mois=mois.le,
            operateur=operateur,
            cible=find_cible(agent=agent, on=on, mois=mois.le, operateur=operateur),
        ),
        lieux=_lieux(agent, on=on, mois=mois, code=code, operateur=operateur),
        operateur=operateur.nom if operateur else "tous les opérateurs",
        on=on,
        a=_instant().time(),
    )
    stream = BytesIO()
    tabular.write_xlsx(stream, sheets, title=f"Activité de l’équipe mobile, {mois.libelle}")
    return HttpResponse(
        stream.getvalue(),
        content_type=_XLSX,
        headers={"Content-Disposition": f'attachment; filename="activite-{mois.code}.xlsx"'},
    )


def _read_mois(request: AgentRequest, on: date) -> Mois:
    """Return the month asked for; failing that this one, or the last whole one before a day of
    work of this one is over: it would be a page of zeros."""
    mois = read_mois(request, on=on)
    if request.GET.get("mois"):
        return mois
    departement = get_agent(request).departement_id
    days = (mois.le + timedelta(days=n) for n in range(on.day - 1))
    worked = any(droit.is_ouvre(le, departement=departement) for le in days)
    return mois if worked else mois.precedent


def _lieux(
    agent: Agent, *, on: date, mois: Mois, code: str, operateur: Organisation | None
) -> list[Lieux]:
    """Return the indicator by place; with it, the commandements when the territory is read."""
    indicateur = PAR_CODE[code]
    lieux = partial(Lieux, departement=agent.departement_id, est_national=agent.role == Role.DIHAL)
    activite = count_par_lieu(agent=agent, on=on, mois=mois.le, code=code, operateur=operateur)
    found = [lieux(indicateur.libelle, indicateur.definition, activite, code=code)]
    if operateur is None:
        commandements = count_commandements(agent=agent, on=on, mois=mois.le)
        found.append(lieux("Commandements de payer", COMMANDEMENTS, commandements))
    return [told for told in found if told.repartition.total]


def _operateur(request: AgentRequest) -> Organisation | None:
    """Return the operator asked for; its own for an operator's agent; None for all of them."""
    own = is_reached_by(get_agent(request).profil, "accompagnement", "mandat")
    return find_operateur(request, request.GET) if own or request.GET.get("operateur") else None


def _query(mois: Mois, operateur: Organisation | None) -> str:
    named = {"operateur": str(operateur.pk)} if operateur else {}
    return urlencode({"mois": mois.code, **named})


def _zone(request: AgentRequest) -> str:
    """Return the intercommunalité asked for, of the agent's département."""
    division = get_territoire(agent=get_agent(request)).find_division("epci")
    return read_filtre(request, "zone", set(division.secteurs.values()) if division else set())


def _jour(request: AgentRequest) -> date | None:
    """Return the day asked for; another value is told."""
    asked = request.GET.get("jour", "")
    try:
        return date.fromisoformat(asked)
    except ValueError:
        if asked:
            messages.warning(request, write_inconnu(asked))
        return None


def _instant() -> datetime:
    return timezone.localtime(clock.now())
