"""Choose the month's dossiers: read the proposal, adjust it, sign it, print it."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from seuil.accompagnements.models import Mandat
from seuil.accompagnements.queries.choix import (
    ObjectifAbsent,
    find_proposition,
    get_choix,
    get_objectif,
    get_proposition,
)
from seuil.acteurs.models import Organisation
from seuil.echeances.queries.dossiers import DossierRow, Filtres, list_dossiers, list_rows
from seuil.kernel.accord import write_a, write_pluriel
from seuil.usecases.adjust_choix import adjust_choix
from seuil.usecases.prepare_choix import prepare_choix
from seuil.usecases.record_prescription import record_prescription
from seuil.usecases.sign_choix import sign_choix
from seuil.web.access import AgentRequest, find_dossier, get_agent, request_day, requires
from seuil.web.choix.forms import PrescriptionForm
from seuil.web.choix.presentation import write_lignes
from seuil.web.choix.queries import count_confies, list_prescriptions
from seuil.web.equipe.mois import Mois, find_operateur, get_mois, list_operateurs, read_mois
from seuil.web.equipe.queries import list_fiches
from seuil.web.journal import saw
from seuil.web.saisie import Page, answer, press

# Dossiers shown by the search.
TROUVES = 10
# Next candidates shown under the retained dossiers.
SUIVANTS = 15


@requires("choix.preparer")
@require_safe
def choix(request: AgentRequest) -> HttpResponse:
    """The month's choice: target, shares, proposed dossiers and why, next candidates."""
    mois = read_mois(request, on=request_day(request))
    operateurs = list_operateurs(request)
    operateur = find_operateur(request, request.GET, operateurs=operateurs)
    if operateur is None:
        return render(request, "choix/indisponible.html", {"mois": mois, "refus": ""})
    try:
        context = _context(request, operateur, mois)
    except ObjectifAbsent as refusal:
        context = {"mois": mois, "refus": str(refusal)}
        return render(request, "choix/indisponible.html", context)
    return render(request, "choix/choix.html", context | {"operateurs": operateurs})


@requires("choix.preparer")
@require_POST
def choix_ligne(request: AgentRequest) -> HttpResponse:
    """Keep or remove one dossier; the fragment equals the page reloaded."""
    agent, on = get_agent(request), request_day(request)
    mois = get_mois(request.POST, on=on)
    operateur = _operateur(request)
    dossier = find_dossier(request, request.POST.get("dossier", "").strip())
    retenu = request.POST.get("retenu") == "oui"

    def adjust() -> None:
        choix = prepare_choix(operateur=operateur, mois=mois.le, by=agent, on=on)
        adjust_choix(choix=choix, dossier=dossier, retenu=retenu, by=agent, on=on)

    if not press(request, adjust):
        if request.headers.get("HX-Request"):
            # The reason is said by the page, not by a fragment of it.
            return HttpResponse(headers={"HX-Refresh": "true"})
        return redirect(_address("choix", request, operateur, mois))
    if request.headers.get("HX-Request"):
        return render(request, "choix/_choix.html", _context(request, operateur, mois))
    fait = "ajouté au choix" if retenu else "retiré du choix"
    messages.success(request, f"Dossier {dossier.numero} {fait}.")
    return redirect(_address("choix", request, operateur, mois))


@requires("choix.preparer")
@require_http_methods(["GET", "HEAD", "POST"])
def choix_signer(request: AgentRequest) -> HttpResponse:
    """Say what signing does, then sign."""
    on = request_day(request)
    data = request.POST if request.method == "POST" else request.GET
    posted = request.method == "POST"
    mois = get_mois(data, on=on) if posted else read_mois(request, on=on)
    operateur = _operateur(request)
    if posted:
        if (data.get("mois"), data.get("operateur")) != (mois.code, str(operateur.pk)):
            # Another month, another operator than those of the page: nothing is guessed to sign.
            raise BadRequest
        _sign(request, operateur, mois)
        return redirect(_address("choix", request, operateur, mois))
    if not _has_objectif(request, operateur, mois):
        return redirect(_address("choix", request, operateur, mois))
    context = _context(request, operateur, mois)
    if context["choix"] and context["choix"].signe_le:
        return redirect(_address("choix", request, operateur, mois))
    return render(request, "choix/signature.html", context)


def _sign(request: AgentRequest, operateur: Organisation, mois: Mois) -> None:
    agent, on, vus = get_agent(request), request_day(request), request.POST.getlist("vu")
    transmis: list[Mandat] = []

    def sign() -> None:
        choix = prepare_choix(operateur=operateur, mois=mois.le, by=agent, on=on)
        transmis.extend(sign_choix(choix=choix, vus=vus, by=agent, on=on))

    if press(request, sign):
        told = write_pluriel(len(transmis), "dossier est transmis", "dossiers sont transmis")
        messages.success(
            request, f"Le choix {mois.de_libelle} est signé : {told} {write_a(operateur.nom)}."
        )


@requires("choix.preparer")
@require_safe
def choix_fiches(request: AgentRequest) -> HttpResponse:
    """The retained dossiers of the month, one short printable fiche each."""
    mois = read_mois(request, on=request_day(request))
    agent, on, operateur = get_agent(request), request_day(request), _operateur(request)
    if not _has_objectif(request, operateur, mois):
        return redirect(_address("choix", request, operateur, mois))
    proposition = get_proposition(agent=agent, on=on, operateur=operateur, mois=mois.le)
    saw(dossiers=[ligne.candidat.dossier_id for ligne in proposition.retenus])
    context = {
        "on": on,
        "mois": mois,
        "operateur": operateur,
        "choix": get_choix(agent=agent, operateur=operateur, mois=mois.le),
        "fiches": list_fiches(
            agent=agent,
            on=on,
            dossier_ids=[ligne.candidat.dossier_id for ligne in proposition.retenus],
        ),
    }
    return render(request, "choix/fiches.html", context)


@requires("prescription.enregistrer")
@require_http_methods(["GET", "HEAD", "POST"])
def prescription_enregistrer(request: AgentRequest, numero: str) -> HttpResponse:
    """Record that a service proposes the household to the équipe mobile."""
    dossier = find_dossier(request, numero)
    form = PrescriptionForm(request.POST or None, initial={"propose_le": request_day(request)})
    page = Page(
        dossier=dossier,
        template="choix/prescription.html",
        fait="La proposition est enregistrée : le dossier compte dans le prochain choix du mois.",
    )
    return answer(request, form, partial(record_prescription, dossier=dossier), page)


def _search(request: AgentRequest, texte: str) -> list[DossierRow]:
    if not texte:
        return []
    agent, on = get_agent(request), request_day(request)
    found = list_dossiers(agent=agent, on=on, filtres=Filtres(texte=texte, tri="nom"))
    return list_rows(agent=agent, on=on, situations=found[:TROUVES])


def _operateur(request: AgentRequest) -> Organisation:
    data = request.POST if request.method == "POST" else request.GET
    operateur = find_operateur(request, data)
    if operateur is None:
        raise Http404
    return operateur


def _has_objectif(request: AgentRequest, operateur: Organisation, mois: Mois) -> bool:
    agent = get_agent(request)
    return get_objectif(agent=agent, operateur=operateur, mois=mois.le) is not None


def _address(name: str, request: AgentRequest, operateur: Organisation, mois: Mois) -> str:
    query = {"mois": mois.code, "operateur": str(operateur.pk), "q": _recherche(request)}
    return f"{reverse(name)}?{urlencode({k: v for k, v in query.items() if v})}"


def _recherche(request: AgentRequest) -> str:
    return (request.POST.get("q") or request.GET.get("q", "")).strip()[:100]


def _context(request: AgentRequest, operateur: Organisation, mois: Mois) -> dict[str, Any]:
    agent, on = get_agent(request), request_day(request)
    recherche = _recherche(request)
    objectif = get_objectif(agent=agent, operateur=operateur, mois=mois.le)
    if objectif is None:
        raise ObjectifAbsent(operateur, mois.le.year)
    choix = get_choix(agent=agent, operateur=operateur, mois=mois.le)
    proposition = find_proposition(agent=agent, on=on, objectif=objectif, choix=choix)
    prescriptions, trouves = list_prescriptions(agent=agent, on=on), _search(request, recherche)
    lignes = (*proposition.retenus, *proposition.retires, *proposition.reserve[:SUIVANTS])
    saw(
        dossiers=[
            *(ligne.candidat.dossier_id for ligne in lignes),
            *(row.dossier_id for row in trouves),
        ],
        numeros=[numero for numero, *_ in prescriptions],
    )
    return {
        "on": on,
        "mois": mois,
        "operateur": operateur,
        "objectif": objectif,
        "confies": count_confies(agent=agent, on=on, operateur=operateur, annee=mois.le.year),
        "choix": choix,
        "modifiable": choix is None or choix.signe_le is None,
        "proposition": proposition,
        "lignes_retenues": write_lignes(proposition.retenus, on=on),
        "lignes_retirees": write_lignes(proposition.retires, on=on),
        "lignes_suivantes": write_lignes(proposition.reserve[:SUIVANTS], on=on),
        "formulaire": render_to_string(
            "choix/_formulaire.html",
            {"mois": mois, "operateur": operateur, "recherche": recherche},
            request,
        ),
        "prescriptions": prescriptions,
        "recherche": recherche,
        "trouves": trouves,
        "retenus": {ligne.candidat.numero for ligne in proposition.retenus},
    }
