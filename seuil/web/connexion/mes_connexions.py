"""What an agent holds to sign in: open sessions, factors, password."""

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from seuil.connexions.models import FinConnexion
from seuil.connexions.operations.facteurs import (
    create_codes_secours,
    delete_cle,
    delete_facteur_code,
)
from seuil.connexions.operations.sessions import end_connexion, end_connexions
from seuil.connexions.queries import (
    get_facteurs,
    list_cles,
    list_connexions,
    list_connexions_passees,
)
from seuil.kernel import clock
from seuil.usecases.adjust_mot_de_passe import adjust_mot_de_passe
from seuil.web.access import get_agent, request_day, requires_recent_sign_in, signed_in
from seuil.web.connexion.activer import add_cle, create_code, prepare_cle, show_secret
from seuil.web.connexion.forms import CleForm, CodeForm, NouveauMotDePasseForm
from seuil.web.saisie import attempt, press
from seuil.web.session import get_connexion, get_duree, get_inactivite


@signed_in
@require_safe
def mes_connexions(request: HttpRequest) -> HttpResponseBase:
    agent = get_agent(request)
    context = {
        "ouvertes": list_connexions(
            agent=agent,
            at=clock.now(),
            inactivite=get_inactivite(),
            duree=get_duree(),
        ),
        "passees": list_connexions_passees(agent=agent),
        "courante": get_connexion(request),
        "facteurs": get_facteurs(agent=agent),
        "cles": list_cles(agent=agent),
        "cle": CleForm(),
        "mot_de_passe": agent.has_usable_password(),
    }
    return render(request, "connexion/mes_connexions.html", context)


@signed_in
@require_POST
def connexions_fermer(request: HttpRequest) -> HttpResponseBase:
    """End one session of one's own, or all the others."""
    agent = get_agent(request)
    which = request.POST.get("connexion", "")
    known = {str(c.pk): c for c in agent.connexions.filter(fin_at=None)}
    if which != "autres" and which not in known:
        messages.warning(request, "Cette session était déjà fermée.")
        return redirect("mes_connexions")
    on, at, motif = request_day(request), clock.now(), FinConnexion.AGENT
    if which == "autres":
        sauf = get_connexion(request).pk
        end_connexions(agent=agent, motif=motif, by=agent, on=on, at=at, sauf=sauf)
    else:
        end_connexion(connexion=known[which], motif=motif, by=agent, on=on, at=at)
    messages.success(
        request, "Autres sessions fermées." if which == "autres" else "Session fermée."
    )
    return redirect("mes_connexions")


@signed_in
@requires_recent_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def mot_de_passe(request: HttpRequest) -> HttpResponseBase:
    agent = get_agent(request)
    form = NouveauMotDePasseForm(request.POST if "nouveau" in request.POST else None, agent=agent)
    if form.is_valid():
        change = partial(
            adjust_mot_de_passe,
            agent=agent,
            mot_de_passe=form.cleaned_data["nouveau"],
            gardee=get_connexion(request),
            on=request_day(request),
            at=clock.now(),
        )
        attempt(form, change, champ="nouveau")
    if form.is_bound and not form.errors:
        update_session_auth_hash(request, agent)
        messages.success(request, "Mot de passe changé. Vos autres sessions sont fermées.")
        return redirect("mes_connexions")
    return render(request, "connexion/mot_de_passe.html", {"form": form})


@signed_in
@requires_recent_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def application(request: HttpRequest) -> HttpResponseBase:
    """Tie an application of codes, or replace it."""
    agent = get_agent(request)
    form = CodeForm(request.POST if "code" in request.POST else None)
    if form.is_valid():
        code = form.cleaned_data["code"]
        attempt(form, lambda: create_code(request, agent, code), champ="code")
        if not form.errors:
            messages.success(request, "Application enregistrée.")
            return redirect("mes_connexions")
    context = {"form": form, **show_secret(request, agent)}
    return render(request, "connexion/application.html", context)


@signed_in
@requires_recent_sign_in
@require_POST
def application_retirer(request: HttpRequest) -> HttpResponseBase:
    return _delete(request, delete_facteur_code, "Application retirée.")


@signed_in
@requires_recent_sign_in
@require_POST
def cle_ajouter(request: HttpRequest) -> HttpResponseBase:
    press(request, lambda: add_cle(request, get_agent(request)), fait="Clé d’accès enregistrée.")
    return redirect("mes_connexions")


@signed_in
@require_POST
def cle_ajouter_defi(request: HttpRequest) -> HttpResponseBase:
    return JsonResponse(prepare_cle(request, get_agent(request)))


@signed_in
@requires_recent_sign_in
@require_POST
def cle_retirer(request: HttpRequest) -> HttpResponseBase:
    cles = {str(c.pk): c.pk for c in list_cles(agent=get_agent(request))}
    cle_id = cles.get(request.POST.get("cle", ""))
    if cle_id is None:
        return redirect("mes_connexions")
    return _delete(request, delete_cle, "Clé d’accès retirée.", cle_id=cle_id)


@signed_in
@requires_recent_sign_in
@require_POST
def codes_secours(request: HttpRequest) -> HttpResponseBase:
    """Give new codes; those before stop at once."""
    agent = get_agent(request)
    codes = create_codes_secours(
        agent=agent, cle=settings.SECRET_KEY, by=agent, on=request_day(request)
    )
    context = {"codes": codes, "suite": "/mes-connexions/"}
    return render(request, "connexion/secours.html", context)


def _delete(
    request: HttpRequest, operation: Callable[..., None], done: str, **what: object
) -> HttpResponseBase:
    agent = get_agent(request)
    on = request_day(request)
    press(request, lambda: operation(agent=agent, by=agent, on=on, **what), fait=done)
    return redirect("mes_connexions")
