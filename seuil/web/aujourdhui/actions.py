"""What is done from the list without leaving it: asked, noted, filed, undone."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from seuil.acteurs.queries import list_organisations
from seuil.diagnostics.models import Dsf
from seuil.diagnostics.rules import FinDsfSaisie
from seuil.dossiers.models import Dossier
from seuil.kernel import clock
from seuil.kernel.accord import write_pluriel
from seuil.travail.queries import Filtres, list_lignes
from seuil.usecases.assign_mandats import withdraw_affectations
from seuil.usecases.close_taches import close_taches
from seuil.usecases.record_dsf import record_dsf
from seuil.usecases.request_dsf_en_lot import LotDemande, request_dsf_en_lot
from seuil.usecases.withdraw_classements import withdraw_classements
from seuil.usecases.withdraw_demandes_dsf import withdraw_demandes_dsf
from seuil.web.access import AgentRequest, find_dossier, get_agent, request_day, requires
from seuil.web.aujourdhui.forms import JourForm
from seuil.web.aujourdhui.queries import name_services
from seuil.web.aujourdhui.views import ANNULABLE, ANNULATION, answer_day, keep_annulation
from seuil.web.journal import saw
from seuil.web.saisie import next_address, press
from seuil.web.terrain.views import DSF_ORGANISMES

# Refusals written one by one; beyond, their number says enough.
_DITS = 5


@requires("dsf.demander")
@require_POST
def dsf_apercu(request: AgentRequest) -> HttpResponse:
    """Show, service by service, what the boxes checked would ask; nothing is written."""
    agent, on = get_agent(request), request_day(request)
    coches = list_coches(request)
    waiting = list_lignes(agent=agent, on=on, filtres=Filtres(genre="dsf_a_obtenir"))
    asked = {ligne.dossier_id for ligne in waiting}
    dossiers = {pk: words for pk, words in coches.items() if pk in asked}
    if not dossiers:
        messages.warning(
            request,
            "Aucun ménage coché n’attend de demande de diagnostic :"
            " cochez ceux qui en attendent une.",
        )
        return redirect(read_suite(request))
    services = name_services(agent=agent, on=on, ids=list(dossiers))
    groupes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for pk, menage in dossiers.items():
        groupes[services.get(pk, "")].append(menage)
    saw(dossiers=list(dossiers))
    organismes = [o["nom"] for o in list_organisations(agent=agent) if o["type"] in DSF_ORGANISMES]
    context = {
        "groupes": sorted(groupes.items()),
        "total": len(dossiers),
        "ecartes": len(coches) - len(dossiers),
        "organismes": organismes,
        "suite": read_suite(request),
    }
    return render(request, "aujourdhui/apercu.html", context)


@requires("dsf.demander")
@require_POST
def dsf_demander_lot(request: AgentRequest) -> HttpResponse:
    """Record the requests, each household to its service; what is refused is said row by row."""
    agent, on = get_agent(request), request_day(request)
    wanted: dict[str, str] = {}
    for numeros, organisme in zip(
        request.POST.getlist("dossiers"), request.POST.getlist("organisme"), strict=False
    ):
        wanted |= dict.fromkeys(numeros.split(), organisme.strip()[:150])
    ids = {pk: numero for numero, pk in _find_ids(request, list(wanted)).items()}
    lot = request_dsf_en_lot(
        organismes={pk: wanted[numero] for pk, numero in ids.items()}, by=agent, on=on
    )
    _tell_lot(request, lot, ids)
    return answer_day(request, read_suite(request))


def _tell_lot(request: AgentRequest, lot: LotDemande, numeros: Mapping[UUID, str]) -> None:
    if lot.demandes:
        dit = write_pluriel(
            len(lot.demandes), "demande de diagnostic enregistrée",
            "demandes de diagnostic enregistrées",
        )  # fmt: skip
        keep_annulation(request, genre="dsf", ids=[str(d.pk) for d in lot.demandes], dit=dit)
    saw(dossiers=list(lot.refus))
    for pk, why in list(lot.refus.items())[:_DITS]:
        messages.warning(request, f"Dossier {numeros[pk]} : {why}")
    if len(lot.refus) > _DITS:
        more = write_pluriel(len(lot.refus) - _DITS, "autre demande n’a pas été enregistrée",
                             "autres demandes n’ont pas été enregistrées")  # fmt: skip
        messages.warning(request, f"{more}, pour les mêmes raisons.")


@requires("dsf.enregistrer")
@require_POST
def dsf_noter_ligne(request: AgentRequest) -> HttpResponse:
    """Note from the row that the diagnosis came today, or that there is none to be had."""
    agent, on = get_agent(request), request_day(request)
    dossier = find_dossier(request, request.POST.get("dossier", ""), ecrit="dsf")
    fin = request.POST.get("fin", "")
    saisie = FinDsfSaisie(
        fin=fin if fin in Dsf.Fin.values else "",
        termine_le=on,
        transmis_ccapex_le=None if fin == Dsf.Fin.CARENCE else on,
    )
    press(
        request,
        lambda: record_dsf(dossier=dossier, saisie=saisie, by=agent, on=on),
        fait=f"Dossier {dossier.numero} : le diagnostic est noté.",
    )
    return answer_day(request, read_suite(request))


@requires("devoir.rendre")
@require_POST
def classer(request: AgentRequest) -> HttpResponse:
    """File the households checked whose tasks have no object any more."""
    agent, on = get_agent(request), request_day(request)
    filed = close_taches(dossier_ids=list_coches(request), by=agent, on=on)
    if filed:
        dit = write_pluriel(len(filed), "tâche classée", "tâches classées")
        keep_annulation(request, genre="classer", ids=[str(d.pk) for d in filed], dit=dit)
    else:
        messages.info(request, "Rien n’était à classer dans ce qui est coché.")
    return answer_day(request, read_suite(request))


@requires("a_faire.lire")
@require_POST
def annuler(request: AgentRequest) -> HttpResponse:
    """Undo what was just done, while it may be."""
    agent, on = get_agent(request), request_day(request)
    kept = request.session.pop(ANNULATION, None) or {}
    undo = _UNDO.get(kept.get("genre", ""))
    if undo is None:
        messages.info(request, "Il n’y a plus rien à annuler.")
    else:
        n = len(undo(kept, by=agent, on=on, depuis=clock.now() - ANNULABLE))
        if n:
            told = write_pluriel(
                n, "ménage est revenu dans la liste", "ménages sont revenus dans la liste"
            )
            messages.success(request, f"C’est annulé : {told}.")
        else:
            messages.warning(request, "Les dix minutes sont passées : rien n’a été annulé.")
    return answer_day(request, read_suite(request))


def _undo_dsf(kept: Mapping[str, Any], **key: Any) -> Sequence[UUID]:
    return withdraw_demandes_dsf(dsf_ids=_read_ids(kept, "ids"), **key)


def _undo_classer(kept: Mapping[str, Any], **key: Any) -> Sequence[UUID]:
    return withdraw_classements(diligence_ids=_read_ids(kept, "ids"), **key)


def _undo_mandats(kept: Mapping[str, Any], *, depuis: datetime, **key: Any) -> Sequence[UUID]:
    # A mandate bears the day of its answer only: the instant is the session's.
    if datetime.fromisoformat(kept["at"]) < depuis:
        return []
    affectes = dict(zip(_read_ids(kept, "ids"), _read_ids(kept, "referents"), strict=True))
    return withdraw_affectations(affectes=affectes, acceptes=_read_ids(kept, "acceptes"), **key)


def _read_ids(kept: Mapping[str, Any], name: str) -> list[UUID]:
    return [UUID(pk) for pk in kept[name]]


_UNDO = {"dsf": _undo_dsf, "classer": _undo_classer, "mandats": _undo_mandats}


def read_suite(request: AgentRequest) -> str:
    return next_address(request, reverse("a_faire"))


def list_coches(request: AgentRequest) -> dict[UUID, tuple[str, str]]:
    """Return the households checked, or all those of the list when it is asked: number and name."""
    agent, on = get_agent(request), request_day(request)
    if request.POST.get("tout"):
        form = JourForm(request.POST, agent=agent)
        ids = [x.dossier_id for x in list_lignes(agent=agent, on=on, filtres=form.read_filtres())]
        rows = Dossier.objects.visible_to(agent, on=on).filter(pk__in=ids)
    else:
        numeros = request.POST.getlist("dossier")
        rows = Dossier.objects.visible_to(agent, on=on).filter(numero__in=numeros)
    return {
        pk: (numero, nom or "")
        for pk, numero, nom in rows.order_by("situation__nom_recherche", "numero").values_list(
            "pk", "numero", "situation__nom_affiche"
        )
    }


def _find_ids(request: AgentRequest, numeros: Sequence[str]) -> dict[str, UUID]:
    agent, on = get_agent(request), request_day(request)
    rows = Dossier.objects.visible_to(agent, on=on).filter(numero__in=numeros)
    return dict(rows.values_list("numero", "pk"))
