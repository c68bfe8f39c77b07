"""The week's table, an answer in the row, the same table as a workbook."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import trigger_client_event

from seuil.actes.models import TypeActe
from seuil.acteurs.models import Agent
from seuil.audit.operations import record_event
from seuil.dossiers.models import SuiviSocial
from seuil.dossiers.operations.menage import ReponseEntreTemps
from seuil.dossiers.rules import SuiviRepondu
from seuil.engines.tabular import Column, Sheet, write_xlsx
from seuil.kernel.accord import write_pluriel
from seuil.kernel.refusal import Refusal
from seuil.web.access import (
    AgentRequest,
    get_agent,
    may,
    request_day,
    requires,
    requires_recent_sign_in,
)
from seuil.web.filtres import read_filtre
from seuil.web.journal import saw
from seuil.web.nombres import read_page
from seuil.web.tableau.envoi import list_lots, send_reponses
from seuil.web.tableau.lecture import MoisIllisible, parse_mois, write_reponse
from seuil.web.tableau.presentation import (
    MESURES,
    REPONSES,
    Saisie,
    choose_semaine,
    list_onglets,
    name_reponse,
    read_vu,
    write_a_rendre,
    write_ligne,
)
from seuil.web.tableau.queries import (
    PAR_PAGE,
    Demande,
    Semaine,
    find_lot,
    find_lundi,
    list_demandes,
    list_semaines,
)
from seuil.web.templatetags.seuil import mois

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@requires("suivi.repondre")
@require_safe
def tableau(request: AgentRequest) -> HttpResponse:
    """Show the households of a week: those that wait for an answer first."""
    agent, on = get_agent(request), request_day(request)
    semaines = list_semaines(agent=agent, on=on)
    known = {s.lundi.isoformat() for s in semaines}
    shown = choose_semaine(semaines, read_filtre(request, "semaine", known), on)
    page = Paginator(range(shown.total if shown else 0), PAR_PAGE).get_page(
        read_page(request.GET.get("page", ""))
    )
    first = (page.number - 1) * PAR_PAGE
    rows: Sequence[Demande] = ()
    if shown:
        tranche = slice(first, first + PAR_PAGE)
        rows = list_demandes(agent=agent, on=on, lundi=shown.lundi, tranche=tranche)
    saw(dossiers=[r.dossier_id for r in rows])
    context = {
        "semaine": shown,
        "onglets": list_onglets(semaines, shown, on),
        "a_rendre": write_a_rendre(shown, on) if shown else "",
        "page": page,
        "lignes": _write_lignes(request, rows),
        "mesures": MESURES,
        "lot": find_lot(agent=agent, on=on, parmi=list_lots(request)),
    }
    return render(request, "tableau/tableau.html", context)


@requires("suivi.repondre")
@require_POST
def tableau_repondre(request: AgentRequest) -> HttpResponse:
    """Record one answer: give its line again, or the page without a script."""
    numero = request.POST.get("numero", "")
    demande = _find(request, numero)
    saisie = _record(request, demande)
    if not request.htmx:
        if saisie:
            messages.error(request, f"{demande.menage} : {saisie.pourquoi}")
        return redirect(_address(request, numero))
    context = {
        "lignes": _write_lignes(request, [_find(request, numero)], saisie),
        "lundi": request.POST.get("semaine", ""),
    }
    response = render(request, "tableau/_reponse.html", context)
    # The count is asked for once the last of several answers has come.
    return trigger_client_event(response, "repondu")


@requires("suivi.repondre")
@require_safe
def tableau_compte(request: AgentRequest) -> HttpResponse:
    """Tell how many of a week are answered."""
    semaines = list_semaines(agent=get_agent(request), on=request_day(request))
    shown = choose_semaine(semaines, request.GET.get("semaine", ""), request_day(request))
    # Figures of the organisation's own work: of no household.
    saw(dossiers=[])
    if shown is None:
        raise Http404
    return render(request, "tableau/_compte.html", {"semaine": shown})


@requires("suivi.repondre")
@require_safe
def tableau_menage(request: AgentRequest, numero: str) -> HttpResponse:
    """Lead to the line of a household, in its week."""
    lundi = find_lundi(agent=get_agent(request), on=request_day(request), numero=numero)
    if lundi is None:
        raise Http404
    return redirect(f"{reverse('tableau')}?semaine={lundi.isoformat()}#m-{numero}")


def _record(request: AgentRequest, demande: Demande) -> Saisie | None:
    """Record what was sent; return it with the reason when it was refused."""
    sent = {name: request.POST.get(name, "").strip() for name in ("situation", "mesure", "depuis")}
    try:
        reponse = _read(sent, demande, request.POST.get("vu", ""))
        if reponse:
            send_reponses(request, [reponse])
    except ReponseEntreTemps as refusal:
        why = _explain(get_agent(request), refusal.autres[0], cast("SuiviRepondu", reponse))
    except (Refusal, MoisIllisible) as refusal:
        why = str(refusal)
    else:
        return None
    return Saisie(sent["situation"], sent["mesure"], sent["depuis"], why)


def _explain(agent: Agent, other: SuiviSocial, reponse: SuiviRepondu) -> str:
    """Say both values, and who gave the other one: a colleague, or oneself in another window."""
    told, mine = write_reponse(other), write_reponse(reponse)
    if other.par_id == agent.pk:
        who, window = "Vous avez", " dans une autre fenêtre"
    else:
        who, window = f"{other.par} a", ""
    said = f"répondu « {told} »" if told else "retiré la réponse"
    return (
        f"{who} {said} entre-temps{window}, vous venez de choisir « {mine} »."
        f" {ReponseEntreTemps.suite if told else _RETIREE}"
    )


_RETIREE = "Aucune n’est enregistrée\N{NO-BREAK SPACE}: choisissez de nouveau pour répondre."


def _read(sent: dict[str, str], demande: Demande, vu: str) -> SuiviRepondu | None:
    """Return what a line says; a measure typed alone says that the household is followed.

    None when it says nothing. Raises MoisIllisible.
    """
    code = sent["situation"]
    if code not in REPONSES:
        known = "" if demande.a_repondre else name_reponse(demande.reponse)
        code = "suivi" if sent["mesure"] or (known and sent["depuis"]) else known
    if code not in REPONSES:
        return None
    situation, accompagne = REPONSES[code]
    # To say « inconnu » of whom one followed takes one gesture: the measure goes with it.
    tells = situation == "connu"
    return SuiviRepondu(
        dossier_id=demande.dossier_id,
        situation=situation,
        accompagne=accompagne,
        mesure=sent["mesure"] if tells else "",
        depuis_le=parse_mois(sent["depuis"]) if tells else None,
        vu=read_vu(vu),
    )


def _find(request: AgentRequest, numero: str) -> Demande:
    """Return the household of that number when it is in the agent's table. Raises Http404."""
    found = list_demandes(agent=get_agent(request), on=request_day(request), parmi=[numero])
    if not found:
        raise Http404
    saw(dossiers=[found[0].dossier_id])
    return found[0]


def _write_lignes(
    request: AgentRequest, rows: Sequence[Demande], saisie: Saisie | None = None
) -> list[dict[str, object]]:
    lit = may(request, "dossier.lire")
    departement = get_agent(request).departement_id
    return [write_ligne(row, lit=lit, departement=departement, saisie=saisie) for row in rows]


def _address(request: AgentRequest, numero: str = "") -> str:
    kept = {name: request.POST.get(name, "") for name in ("semaine", "page")}
    query = urlencode({name: value for name, value in kept.items() if value})
    anchor = f"#m-{numero}" if numero else ""
    return f"{reverse('tableau')}{'?' if query else ''}{query}{anchor}"


@requires("suivi.repondre")
@requires_recent_sign_in
@require_POST
def tableau_export(request: AgentRequest) -> HttpResponse:
    """Give the week as a workbook, of which the lines paste back."""
    agent, on = get_agent(request), request_day(request)
    semaines = list_semaines(agent=agent, on=on)
    shown = choose_semaine(semaines, request.POST.get("semaine", ""), on)
    if shown is None:
        raise Http404
    rows = list_demandes(agent=agent, on=on, lundi=shown.lundi)
    saw(dossiers=[r.dossier_id for r in rows])
    stream = BytesIO()
    write_xlsx(stream, [_write_sheet(shown, rows, on, agent.author_label)], title="Tableau")
    record_event(
        kind="export.tableau",
        by=agent,
        on=on,
        target_type="liste",
        target_id="tableau",
        details={"format": "xlsx", "lignes": len(rows)},
    )
    response = HttpResponse(stream.getvalue(), content_type=_XLSX)
    response.headers["Content-Disposition"] = f'attachment; filename="tableau-{shown.lundi}.xlsx"'
    return response


_COLONNES = (
    Column("Dossier", 18), Column("Ménage", 30), Column("Commune", 24), Column("Stade", 26),
    Column("Acte du", 12, "date"), Column("À rendre le", 12, "date"), Column("Connu ?", 12),
    Column("Mesure", 24), Column("Depuis", 10),
)  # fmt: skip


def _write_sheet(semaine: Semaine, rows: Sequence[Demande], on: date, par: str) -> Sheet:
    labels = dict(TypeActe.choices)
    told = write_pluriel(len(rows), "ménage")
    return Sheet(
        title="Tableau",
        columns=_COLONNES,
        rows=[_write_row(r, labels) for r in rows],
        notes=[
            f"Semaine du {semaine.lundi:%d/%m/%Y}, extraite le {on:%d/%m/%Y} par {par}, {told}.",
            "Connu ? : connu, suivi ou inconnu. Depuis : mois et année (03/2026).",
        ],
    )


def _write_row(row: Demande, labels: dict[Any, Any]) -> tuple[object, ...]:
    said = None if row.a_repondre else row.reponse
    return (
        row.numero, row.menage, row.commune, labels.get(row.type_acte, row.type_acte), row.acte_le,
        row.rendre_le, name_reponse(said), said.mesure if said else "",
        mois(said.depuis_le) if said else "",
    )  # fmt: skip
