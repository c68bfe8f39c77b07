"""The dossiers entrusted, accepted and assigned from the list: shown first, then recorded."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from seuil.accompagnements.queries.mandats import MandatRow, list_mandats
from seuil.acteurs.models import Agent
from seuil.kernel.accord import write_pluriel
from seuil.usecases.assign_mandats import LotAffectation, assign_mandats
from seuil.web.access import AgentRequest, get_agent, request_day, requires
from seuil.web.aujourdhui.actions import list_coches, read_suite
from seuil.web.aujourdhui.annulations import keep_annulation
from seuil.web.aujourdhui.charge import Charge, read_charges, share
from seuil.web.aujourdhui.views import answer_day
from seuil.web.journal import saw

# Refusals written one by one; beyond, their number says enough.
_DITS = 5


@requires("mandat.repondre")
@require_POST
def mandats_apercu(request: AgentRequest) -> HttpResponse:
    """Show who would follow whom among the boxes checked; nothing is written."""
    waiting = _list_confies(request)
    coches = list_coches(request)
    mandats = [m for pk in coches for m in waiting.values() if m.dossier_id == pk]
    charges = read_charges(request)
    if not mandats or not charges:
        messages.warning(request, _tell_nothing(charges))
        return redirect(read_suite(request))
    saw(dossiers=[m.dossier_id for m in mandats])
    context = {
        "lignes": _list_lignes(request, mandats, charges),
        "charges": charges,
        "total": len(mandats),
        "ecartes": len(coches) - len(mandats),
        "suite": read_suite(request),
    }
    return render(request, "aujourdhui/affecter.html", context)


def _tell_nothing(charges: list[Charge]) -> str:
    if not charges:
        return (
            "Votre équipe n’a personne à qui confier un ménage\N{NO-BREAK SPACE}:"
            " demandez un compte à l’administrateur."
        )
    return (
        "Aucun ménage coché n’attend de réponse ni d’affectation\N{NO-BREAK SPACE}:"
        " cochez ceux qui en attendent une."
    )


def _list_lignes(
    request: AgentRequest, mandats: list[MandatRow], charges: list[Charge]
) -> list[tuple[MandatRow, Agent]]:
    """Return each mandate with the person asked for, or the least loaded."""
    people = {str(c.agent.pk): c.agent for c in charges}
    asked = people.get(request.POST.get("a_qui", ""))
    shared = share([m.id for m in mandats], charges)
    return [(m, asked or shared[m.id]) for m in mandats]


@requires("mandat.repondre")
@require_POST
def mandats_affecter(request: AgentRequest) -> HttpResponse:
    """Accept and assign, each household to its person; what is refused is said row by row."""
    agent, on = get_agent(request), request_day(request)
    people = {str(c.agent.pk): c.agent for c in read_charges(request)}
    waiting = _list_confies(request)
    pairs = zip(request.POST.getlist("mandat"), request.POST.getlist("referent"), strict=False)
    referents = {
        waiting[mandat].id: people[referent]
        for mandat, referent in pairs
        if mandat in waiting and referent in people
    }
    lot = assign_mandats(referents=referents, by=agent, on=on)
    _tell_lot(request, lot, {m.id: m for m in waiting.values()})
    return answer_day(request, read_suite(request))


def _tell_lot(request: AgentRequest, lot: LotAffectation, rows: Mapping[UUID, MandatRow]) -> None:
    saw(dossiers=[rows[pk].dossier_id for pk in (*lot.affectes, *lot.refus)])
    if lot.affectes:
        dit = write_pluriel(
            len(lot.affectes), "dossier accepté et affecté", "dossiers acceptés et affectés"
        )
        keep_annulation(
            request, genre="mandats", ids=[str(pk) for pk in lot.affectes], dit=dit,
            referents=[str(pk) for pk in lot.affectes.values()],
            acceptes=[str(pk) for pk in lot.acceptes],
        )  # fmt: skip
    elif not lot.refus:
        messages.info(request, "Rien n’a été affecté\N{NO-BREAK SPACE}: ces dossiers le sont déjà.")
    for pk, why in list(lot.refus.items())[:_DITS]:
        messages.warning(request, f"Dossier {rows[pk].numero}\N{NO-BREAK SPACE}: {why}")
    if len(lot.refus) > _DITS:
        more = write_pluriel(len(lot.refus) - _DITS, "autre dossier n’a pas été affecté",
                             "autres dossiers n’ont pas été affectés")  # fmt: skip
        messages.warning(request, f"{more}, pour les mêmes raisons.")


def _list_confies(request: AgentRequest) -> dict[str, MandatRow]:
    """Return what waits for an answer or for a person, by its identifier."""
    agent, on = get_agent(request), request_day(request)
    return {
        str(m.id): m
        for etat in ("a_repondre", "a_affecter")
        for m in list_mandats(agent=agent, on=on, etat=etat)
    }
