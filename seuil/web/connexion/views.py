"""Sign in, prove a second factor, sign out."""

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from seuil.acteurs.models import Agent
from seuil.acteurs.queries import list_comptes_demo
from seuil.connexions.models import FinConnexion, MoyenConnexion
from seuil.connexions.operations.essais import TropDEssais
from seuil.connexions.queries import get_facteurs
from seuil.kernel import clock
from seuil.kernel.refusal import Refusal
from seuil.web.access import public
from seuil.web.addresses import read_address
from seuil.web.connexion.forms import REFUS, CodeForm, ConnexionForm, SecoursForm
from seuil.web.connexion.preuves import (
    check_cle,
    check_code,
    check_mot_de_passe,
    check_secours,
    prepare_defi,
)
from seuil.web.connexion.proconnect import prepare_sortie
from seuil.web.session import (
    Attente,
    close_session,
    find_attente,
    keep_poste,
    may_skip_second,
    open_attente,
    open_session,
)

_PERDUE = "Le temps pour la seconde étape est passé. Recommencez par votre mot de passe."


@public
@never_cache
@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
def connexion(request: HttpRequest) -> HttpResponse:
    """Ask for the first factor."""
    suite = _read_suite(request)
    if isinstance(request.user, Agent):
        return redirect(suite or "accueil")
    if request.method != "POST":
        if find_attente(request):
            return redirect("second_facteur")
        return _page(request, ConnexionForm(), suite)
    form = ConnexionForm(request.POST)
    return _sign_in(request, form, suite) if form.is_valid() else _page(request, form, suite)


def _sign_in(request: HttpRequest, form: ConnexionForm, suite: str) -> HttpResponse:
    try:
        agent = check_mot_de_passe(
            request, form.cleaned_data["username"], form.cleaned_data["password"]
        )
    except TropDEssais as refusal:
        form.add_error(None, str(refusal))
        return _page(request, form, suite, status=429)
    # Only whoever knows the password learns that the account exists and is closed.
    reason = agent.why_not_habilite(on=clock.today(agent.departement_id)) if agent else REFUS
    if agent is None or reason:
        form.add_error(None, reason or REFUS)
        return _page(request, form, suite)
    if may_skip_second(agent, get_facteurs(agent=agent)):
        return finish(request, agent, MoyenConnexion.DEMONSTRATION, suite)
    open_attente(request, agent, moyen="mot_de_passe", suite=suite)
    return redirect("second_facteur")


@public
@never_cache
@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
def second_facteur(request: HttpRequest) -> HttpResponse:
    """Ask for the second factor of whoever proved the first."""
    attente = find_attente(request)
    if attente is None:
        messages.warning(request, _PERDUE)
        return redirect("connexion")
    facteurs = get_facteurs(agent=attente.agent)
    if not facteurs.any:
        return redirect("activer")
    form, secours = CodeForm(), SecoursForm()
    status = 200
    if request.method == "POST":
        typed = "secours" if "secours" in request.POST else "code"
        form = CodeForm(request.POST) if typed == "code" else form
        secours = SecoursForm(request.POST) if typed == "secours" else secours
        sent = secours if typed == "secours" else form
        if sent.is_valid():
            try:
                return _finish_second(request, attente, typed, sent.cleaned_data[typed])
            except Refusal as refusal:
                sent.add_error(typed, str(refusal))
                status = 429 if isinstance(refusal, TropDEssais) else 200
    context = {"form": form, "secours": secours, "facteurs": facteurs, "qui": attente.agent}
    return render(request, "connexion/second_facteur.html", context, status=status)


def _finish_second(request: HttpRequest, attente: Attente, typed: str, value: str) -> HttpResponse:
    if typed == "code":
        check_code(request, attente.agent, value)
        moyen = MoyenConnexion.CODE
    else:
        left = check_secours(request, attente.agent, value)
        moyen = MoyenConnexion.SECOURS
        messages.warning(
            request,
            f"Codes de secours qui restent : {left}. Téléphone perdu ? Enregistrez une autre"
            " application ou une clé d’accès dans « Mes connexions ».",
        )
    if attente.moyen == "fournisseur" and typed == "code":
        moyen = MoyenConnexion.FOURNISSEUR
    return finish(request, attente.agent, moyen, attente.suite)


@public
@never_cache
@require_POST
def cle_defi(request: HttpRequest) -> HttpResponse:
    """Return what the browser must ask of a passkey; whoever signs in need not say who it is."""
    attente = find_attente(request)
    if isinstance(request.user, Agent):
        return JsonResponse(prepare_defi(request, request.user))
    return JsonResponse(prepare_defi(request, attente.agent if attente else None))


@public
@transaction.non_atomic_requests
@require_POST
def cle_entrer(request: HttpRequest) -> HttpResponse:
    """Sign in with a passkey: the device and the gesture that unlocks it are two factors."""
    attente = find_attente(request)
    try:
        cle = check_cle(
            request, request.POST.get("reponse", ""), attente.agent if attente else None
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("second_facteur" if attente else "connexion")
    reason = cle.agent.why_not_habilite(on=clock.today(cle.agent.departement_id))
    if reason:
        messages.error(request, reason)
        return redirect("connexion")
    suite = attente.suite if attente else _read_suite(request)
    return finish(request, cle.agent, MoyenConnexion.CLE, suite)


@public
@require_POST
def deconnexion(request: HttpRequest) -> HttpResponse:
    """Close the session, and the provider’s when it opened it."""
    sortie = prepare_sortie(request)
    close_session(request, FinConnexion.DEPART)
    if sortie:
        return render(request, "connexion/depart.html", {"sortie": sortie})
    return redirect("connexion")


def finish(request: HttpRequest, agent: Agent, moyen: MoyenConnexion, suite: str) -> HttpResponse:
    """Open the session, every factor being proved, and go where the agent was going."""
    open_session(request, agent, moyen)
    return keep_poste(request, redirect(suite or "accueil"))


def _page(request: HttpRequest, form: ConnexionForm, suite: str, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "next": suite,
        "comptes": list_comptes_demo() if settings.SEUIL_DEMO else [],
        "fournisseur": settings.SEUIL_OIDC_NOM if settings.SEUIL_OIDC_ISSUER else "",
    }
    return render(request, "connexion/connexion.html", context, status=status)


def _read_suite(request: HttpRequest) -> str:
    suite = read_address(request, "next")
    return suite if suite != reverse("deconnexion") else ""
