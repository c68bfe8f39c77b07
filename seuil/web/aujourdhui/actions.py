"""What is done from the list without leaving it: asked, noted, filed, undone."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
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
from seuil.usecases.request_dsf_en_lot import LONGUEUR, LotDemande, request_dsf_en_lot
from seuil.usecases.withdraw_classements import withdraw_classements
from seuil.usecases.withdraw_demandes_dsf import withdraw_demandes_dsf
from seuil.web.access import AgentRequest, find_dossier, get_agent, request_day, requires
from seuil.web.aujourdhui.annulations import ANNULABLE, keep_annulation, take_annulation
from seuil.web.aujourdhui.forms import JourForm
from seuil.web.aujourdhui.queries import name_services
from seuil.web.aujourdhui.views import answer_day
from seuil.web.journal import saw
from seuil.web.saisie import next_address, press
from seuil.web.terrain.views import DSF_ORGANISMES

# Refusals written one by one; beyond, their number says enough.
_DITS = 5
_ENREGISTREES = ("demande de diagnostic enregistrée", "demandes de diagnostic enregistrées")


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
    return _show_apercu(request, groupes, ecartes=len(coches) - len(dossiers))


def _show_apercu(
    request: AgentRequest,
    groupes: Mapping[str, Sequence[tuple[str, str]]],
    *,
    ecartes: int = 0,
    inconnus: Collection[str] = (),
) -> HttpResponse:
    """Show what would be asked of each body; `inconnus` are not in the directory, which is said."""
    known = list_organisations(agent=get_agent(request))
    context = {
        "groupes": sorted(groupes.items()),
        "total": sum(len(menages) for menages in groupes.values()),
        "ecartes": ecartes,
        "inconnus": inconnus,
        "organismes": [o["nom"] for o in known if o["type"] in DSF_ORGANISMES],
        "suite": read_suite(request),
    }
    return render(request, "aujourdhui/apercu.html", context)


@requires("dsf.demander")
@require_POST
def dsf_demander_lot(request: AgentRequest) -> HttpResponse:
    """Record the requests, each household to its service; what is refused is said row by row."""
    wanted = _read_wanted(request)
    dossiers = _find_menages(request, list(wanted))
    numeros = {pk: numero for pk, (numero, _) in dossiers.items()}
    inconnus = _list_inconnus(request, {wanted[numero] for numero in numeros.values()})
    if inconnus:
        saw(dossiers=list(dossiers))
        return _tell_inconnus(request, wanted, [*dossiers.values()], inconnus)
    lot = request_dsf_en_lot(
        organismes={pk: wanted[numero] for pk, numero in numeros.items()},
        by=get_agent(request),
        on=request_day(request),
    )
    _tell_lot(request, lot, numeros)
    return answer_day(request, read_suite(request))


def _read_wanted(request: AgentRequest) -> dict[str, str]:
    """Return the body asked for each household, by its number."""
    wanted: dict[str, str] = {}
    for numeros, organisme in zip(
        request.POST.getlist("dossiers"), request.POST.getlist("organisme"), strict=False
    ):
        wanted |= dict.fromkeys(numeros.split(), organisme.strip())
    return wanted


def _list_inconnus(request: AgentRequest, noms: Collection[str]) -> set[str]:
    """Return the bodies that the directory does not know, and of which that was not said yet."""
    known = {o["nom"] for o in list_organisations(agent=get_agent(request))}
    told = set(request.POST.getlist("hors_annuaire"))
    # One too long is refused with its own words.
    return {nom for nom in noms if 0 < len(nom) <= LONGUEUR} - known - told


def _tell_inconnus(
    request: AgentRequest,
    wanted: Mapping[str, str],
    menages: Sequence[tuple[str, str]],
    inconnus: Collection[str],
) -> HttpResponse:
    """Show the preview again, those bodies told; a row, whose body left the directory, has none."""
    if request.headers.get("HX-Request"):
        for nom in sorted(inconnus):
            messages.warning(
                request,
                f"« {nom} » n’est plus dans l’annuaire : rien n’est enregistré."
                " Faites la demande depuis le dossier.",
            )
        return answer_day(request, read_suite(request))
    groupes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for numero, nom in menages:
        groupes[wanted[numero]].append((numero, nom))
    return _show_apercu(request, groupes, inconnus=inconnus)


def _tell_lot(request: AgentRequest, lot: LotDemande, numeros: Mapping[UUID, str]) -> None:
    # Sent twice, what may still be undone is offered as it was.
    for demandes in (lot.demandes, [d for d in lot.deja if d.created_at >= _since()]):
        if demandes:
            dit = write_pluriel(len(demandes), *_ENREGISTREES)
            keep_annulation(request, genre="dsf", ids=[str(d.pk) for d in demandes], dit=dit)
    if lot.deja:
        told = write_pluriel(len(lot.deja), *_ENREGISTREES)
        messages.info(request, f"C’était déjà enregistré : {told}.")
    saw(dossiers=[*(d.dossier_id for d in lot.deja), *lot.refus])
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
    kept = take_annulation(request, request.POST.get("lot", ""))
    if kept is None:
        messages.info(
            request,
            "Il n’y a plus rien à annuler ici : c’est déjà annulé, les dix minutes sont passées,"
            " ou votre session n’est plus la même.",
        )
    else:
        _tell_undone(request, len(_UNDO[kept["genre"]](kept, by=agent, on=on)))
    return answer_day(request, read_suite(request))


def _tell_undone(request: AgentRequest, n: int) -> None:
    if n:
        told = write_pluriel(
            n, "ménage est revenu dans la liste", "ménages sont revenus dans la liste"
        )
        messages.success(request, f"C’est annulé : {told}.")
    else:
        messages.warning(
            request,
            "Rien n’a été annulé : ce qui avait été enregistré a changé depuis,"
            " ou les dix minutes sont passées.",
        )


def _undo_dsf(kept: Mapping[str, Any], **key: Any) -> Sequence[UUID]:
    return withdraw_demandes_dsf(dsf_ids=_read_ids(kept, "ids"), depuis=_since(), **key)


def _undo_classer(kept: Mapping[str, Any], **key: Any) -> Sequence[UUID]:
    return withdraw_classements(diligence_ids=_read_ids(kept, "ids"), depuis=_since(), **key)


def _undo_mandats(kept: Mapping[str, Any], **key: Any) -> Sequence[UUID]:
    # A mandate bears the day of its answer only: the session says what may still be undone.
    affectes = dict(zip(_read_ids(kept, "ids"), _read_ids(kept, "referents"), strict=True))
    return withdraw_affectations(affectes=affectes, acceptes=_read_ids(kept, "acceptes"), **key)


def _since() -> datetime:
    return clock.now() - ANNULABLE


def _read_ids(kept: Mapping[str, Any], name: str) -> list[UUID]:
    return [UUID(pk) for pk in kept[name]]


_UNDO = {"dsf": _undo_dsf, "classer": _undo_classer, "mandats": _undo_mandats}


def read_suite(request: AgentRequest) -> str:
    return next_address(request, reverse("a_faire"))


def list_coches(request: AgentRequest) -> dict[UUID, tuple[str, str]]:
    """Return the households checked, or all those of the list when it is asked: number and name."""
    agent, on = get_agent(request), request_day(request)
    if not request.POST.get("tout"):
        return _find_menages(request, request.POST.getlist("dossier"))
    form = JourForm(request.POST, agent=agent)
    lignes = list_lignes(agent=agent, on=on, filtres=form.read_filtres())
    return _name(
        Dossier.objects.visible_to(agent, on=on).filter(pk__in=[x.dossier_id for x in lignes])
    )


def _find_menages(request: AgentRequest, numeros: Sequence[str]) -> dict[UUID, tuple[str, str]]:
    agent, on = get_agent(request), request_day(request)
    return _name(Dossier.objects.visible_to(agent, on=on).filter(numero__in=numeros))


def _name(rows: QuerySet[Dossier]) -> dict[UUID, tuple[str, str]]:
    """Return the number and the name of households, in the order of names."""
    return {
        pk: (numero, nom or "")
        for pk, numero, nom in rows.order_by("situation__nom_recherche", "numero").values_list(
            "pk", "numero", "situation__nom_affiche"
        )
    }
