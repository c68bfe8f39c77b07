"""Read the month's activity, open its figures, take it away."""

from datetime import date, datetime
from io import BytesIO

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from seuil.acteurs.models import Organisation
from seuil.acteurs.rules import is_reached_by
from seuil.engines import tabular
from seuil.indicateurs.queries import (
    count_effaces,
    get_activite,
    list_clotures,
    list_dossiers_indicateur,
)
from seuil.indicateurs.rules import PAR_CODE
from seuil.kernel import clock
from seuil.web.access import (
    AgentRequest,
    get_agent,
    may,
    request_day,
    requires,
    requires_recent_sign_in,
)
from seuil.web.activite.export import list_sheets
from seuil.web.activite.presentation import list_barres
from seuil.web.equipe.mois import Mois, find_operateur, list_operateurs, read_mois
from seuil.web.filtres import read_filtre
from seuil.web.journal import saw

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Shown day by day until another indicator is asked for.
_PAR_DEFAUT = "menages_rencontres"


@requires("activite.lire")
@require_safe
def activite(request: AgentRequest) -> HttpResponse:
    """The indicators of the month, one of them day by day, and the closures."""
    agent, on = get_agent(request), request_day(request)
    mois, operateur = read_mois(request, on=on), _operateur(request)
    code = read_filtre(request, "indicateur", PAR_CODE, default=_PAR_DEFAUT)
    found = get_activite(agent=agent, on=on, mois=mois.le, operateur=operateur)
    ligne = found.get_ligne(code)
    clotures = list_clotures(agent=agent, on=on, mois=mois.le, operateur=operateur)
    saw(numeros=[c.numero for c in clotures.lignes])
    context = {
        "on": on,
        "mois": mois,
        "operateur": operateur,
        "operateurs": list_operateurs(request),
        "adresse": _query(mois, operateur),
        "activite": found,
        "ligne": ligne,
        "barres": list_barres(found.jours, ligne.par_jour),
        "clotures": clotures,
        "calculee_a": _instant().time(),
        "may_open": may(request, "activite.ouvrir"),
    }
    return render(request, "activite/activite.html", context)


@requires("activite.ouvrir")
@require_safe
def activite_dossiers(request: AgentRequest, code: str) -> HttpResponse:
    """The dossiers behind a figure: those that the agent opens by name, the others counted."""
    if code not in PAR_CODE:
        raise Http404
    agent, on = get_agent(request), request_day(request)
    mois, operateur = read_mois(request, on=on), _operateur(request)
    jour = _jour(request.GET.get("jour", ""))
    found = list_dossiers_indicateur(
        agent=agent, on=on, mois=mois.le, code=code, jour=jour, operateur=operateur
    )
    saw(numeros=[d.numero for d in found.lignes])
    context = {
        "mois": mois,
        "jour": jour,
        "indicateur": PAR_CODE[code],
        "adresse": _query(mois, operateur),
        "dossiers": found.lignes,
        "fermes": found.fermes,
        "effaces": count_effaces(
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
    clotures = list_clotures(agent=agent, on=on, mois=mois.le, operateur=operateur)
    saw(numeros=[c.numero for c in clotures.lignes])
    sheets = list_sheets(
        activite=get_activite(agent=agent, on=on, mois=mois.le, operateur=operateur),
        clotures=clotures,
        mois=mois.libelle,
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


def _operateur(request: AgentRequest) -> Organisation | None:
    """Return the operator asked for; its own for an operator's agent; None for all of them."""
    own = is_reached_by(get_agent(request).profil, "accompagnement", "mandat")
    return find_operateur(request, request.GET) if own or request.GET.get("operateur") else None


def _query(mois: Mois, operateur: Organisation | None) -> str:
    named = {"operateur": str(operateur.pk)} if operateur else {}
    return urlencode({"mois": mois.code, **named})


def _jour(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _instant() -> datetime:
    return timezone.localtime(clock.now())
