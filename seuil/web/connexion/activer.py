"""Enrol the first second factor: nothing else opens before."""

import json
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from seuil.acteurs.models import Agent
from seuil.connexions.models import MoyenConnexion
from seuil.connexions.operations.facteurs import (
    create_cle,
    create_codes_secours,
    create_facteur_code,
)
from seuil.connexions.queries import get_facteurs
from seuil.connexions.rules import SecretPresente
from seuil.engines.facteurs import (
    CleRefusee,
    hide,
    make_secret,
    prepare_enregistrement,
    read_enregistrement,
    render_qr,
    reveal,
    write_adresse,
)
from seuil.kernel import clock
from seuil.kernel.refusal import Refusal
from seuil.web.access import public
from seuil.web.connexion.forms import CleForm, CodeForm
from seuil.web.saisie import attempt, press
from seuil.web.session import Attente, find_attente, get_site, keep_poste, open_session

_SECRET = "secret"  # noqa: S105 - a key of the session, not a secret
_DEFI = "defi_enregistrement"


@public
@never_cache
@transaction.non_atomic_requests
@require_http_methods(["GET", "HEAD", "POST"])
def activer(request: HttpRequest) -> HttpResponseBase:
    """Tie an application of codes, the session being half open, and open it."""
    attente = find_attente(request)
    if attente is None or get_facteurs(agent=attente.agent).any:
        return redirect("connexion")
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        code = form.cleaned_data["code"]
        attempt(form, lambda: create_code(request, attente.agent, code), champ="code")
        if not form.errors:
            return _open_and_give_codes(request, attente, MoyenConnexion.CODE)
    context = {"form": form, "cle": CleForm(), **show_secret(request, attente.agent)}
    return render(request, "connexion/activer.html", context)


@public
@never_cache
@transaction.non_atomic_requests
@require_POST
def activer_cle(request: HttpRequest) -> HttpResponseBase:
    """Tie a passkey, the session being half open, and open it."""
    attente = find_attente(request)
    if attente is None or get_facteurs(agent=attente.agent).any:
        return redirect("connexion")
    if not press(request, lambda: add_cle(request, attente.agent)):
        return redirect("activer")
    return _open_and_give_codes(request, attente, MoyenConnexion.CLE)


@public
@never_cache
@require_POST
def cle_creer_defi(request: HttpRequest) -> HttpResponseBase:
    """Return what the browser must ask to make a passkey for whom the first factor named."""
    attente = find_attente(request)
    if attente is None or get_facteurs(agent=attente.agent).any:
        return JsonResponse({}, status=403)
    return JsonResponse(prepare_cle(request, attente.agent))


def _open_and_give_codes(
    request: HttpRequest, attente: Attente, moyen: MoyenConnexion
) -> HttpResponseBase:
    agent = attente.agent
    request.session.pop(_SECRET, None)
    codes = create_codes_secours(
        agent=agent, cle=settings.SECRET_KEY, by=agent, on=clock.today(agent.departement_id)
    )
    open_session(request, agent, moyen)
    request.user = agent
    context = {"codes": codes, "suite": attente.suite or "/"}
    return keep_poste(request, render(request, "connexion/secours.html", context))


def show_secret(request: HttpRequest, agent: Agent) -> dict[str, str]:
    """Return the secret of an enrolment under way as a QR code and in text; it lasts a session."""
    hidden = request.session.get(_SECRET)
    if hidden is None:
        hidden = request.session[_SECRET] = hide(make_secret(), cle=settings.SECRET_KEY)
    secret = reveal(hidden, cle=settings.SECRET_KEY)
    groups = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    adresse = write_adresse(secret=secret, compte=agent.courriel, site="Seuil")
    return {"secret": groups, "qr": render_qr(adresse)}


def create_code(request: HttpRequest, agent: Agent, code: str) -> None:
    """Tie the application that shows this code for the secret of the session.

    Raises CodeRefuse, HorlogeDecalee.
    """
    hidden = request.session.get(_SECRET)
    if hidden is None:
        raise SecretPerdu
    create_facteur_code(
        agent=agent,
        presente=SecretPresente(reveal(hidden, cle=settings.SECRET_KEY), code),
        cle=settings.SECRET_KEY,
        by=agent,
        on=clock.today(agent.departement_id),
        at=clock.now(),
    )
    request.session.pop(_SECRET, None)


class SecretPerdu(Refusal):
    message = "La page était trop ancienne. Scannez le nouveau dessin, puis saisissez le code."


class CleNonFaite(Refusal):
    message = "La clé d’accès n’a pas été enregistrée. Recommencez, ou choisissez l’application."


def prepare_cle(request: HttpRequest, agent: Agent) -> Any:
    """Return the options of a new passkey and keep their challenge: it serves once."""
    options, defi = prepare_enregistrement(
        site=get_site(request),
        agent_id=agent.pk.bytes,
        compte=agent.courriel,
        nom=str(agent),
        connues=get_facteurs(agent=agent).cles,
    )
    request.session[_DEFI] = defi
    return json.loads(options)


def add_cle(request: HttpRequest, agent: Agent) -> None:
    """Tie the passkey that the browser has just made. Raises CleNonFaite, CleDejaConnue."""
    form = CleForm(request.POST)
    defi = request.session.pop(_DEFI, "")
    if not form.is_valid() or not defi:
        raise CleNonFaite
    try:
        verifiee = read_enregistrement(
            reponse=form.cleaned_data["reponse"], defi=defi, site=get_site(request)
        )
    except CleRefusee:
        raise CleNonFaite from None
    create_cle(
        agent=agent,
        nom=form.cleaned_data["nom"],
        verifiee=verifiee,
        by=agent,
        on=clock.today(agent.departement_id),
        at=clock.now(),
    )
