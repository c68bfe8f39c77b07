"""Prove again who one is, then come back to what was asked."""

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from seuil.connexions.operations.essais import TropDEssais
from seuil.connexions.operations.sessions import record_preuve
from seuil.kernel import clock
from seuil.kernel.refusal import Refusal
from seuil.web.access import get_agent, prepare_confirmation, read_suite, signed_in
from seuil.web.connexion.preuves import check_cle, check_code, check_mot_de_passe
from seuil.web.session import get_connexion


class PasLeBon(Refusal):
    message = "Ce mot de passe n’est pas le vôtre. Recommencez."


@signed_in
@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
def confirmer(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        context = prepare_confirmation(request, request.GET.get("suite", ""))
        return render(request, "connexion/confirmer.html", context)
    suite = request.POST.get("suite", "")
    try:
        _check(request)
    except Refusal as refusal:
        context = prepare_confirmation(request, suite, str(refusal))
        status = 429 if isinstance(refusal, TropDEssais) else 200
        return render(request, "connexion/confirmer.html", context, status=status)
    record_preuve(connexion=get_connexion(request), at=clock.now())
    return _go_on(request, suite)


@signed_in
@require_safe
def confirme(request: HttpRequest) -> HttpResponseBase:
    """Come back from the provider, which has just vouched for the agent again."""
    return _go_on(request, request.GET.get("suite", ""))


def _go_on(request: HttpRequest, suite: str) -> HttpResponseBase:
    adresse, post = read_suite(request, suite)
    if post is None:
        return redirect(adresse)
    # Sent by the person, not by us: a form with its own token.
    return render(request, "connexion/continuer.html", {"adresse": adresse, "champs": post})


def _check(request: HttpRequest) -> None:
    agent = get_agent(request)
    if request.POST.get("reponse"):
        check_cle(request, request.POST["reponse"], agent)
    elif request.POST.get("code"):
        check_code(request, agent, request.POST["code"][:12])
    else:
        typed = request.POST.get("mot_de_passe", "")[:256]
        if check_mot_de_passe(request, agent.courriel, typed) is None:
            raise PasLeBon
