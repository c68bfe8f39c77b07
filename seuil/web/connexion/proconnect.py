"""Sign in through the identity provider (ProConnect): go there, come back, be recognised.

No account is ever made here: an identity that nobody announced is refused, with what to do.
"""

import hmac
import logging
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from seuil.acteurs.models import Agent
from seuil.acteurs.operations.machine import Machine
from seuil.connexions.models import MoyenConnexion
from seuil.connexions.operations.essais import record_refus
from seuil.connexions.operations.invitations import link_identite, record_identite_presentee
from seuil.connexions.operations.sessions import record_preuve
from seuil.connexions.queries import find_identite, list_agents_proposes
from seuil.engines.oidc import (
    Client,
    Demande,
    Identite,
    ReponseRefusee,
    exchange_code,
    fetch_cles,
    fetch_fournisseur,
    fetch_userinfo,
    make_demande,
    read_id_token,
    read_userinfo,
    write_demande,
    write_sortie,
)
from seuil.kernel import clock
from seuil.kernel.refusal import Refusal
from seuil.web.access import public
from seuil.web.session import get_connexion, keep_poste, open_attente, open_session

_log = logging.getLogger("seuil.proconnect")
_DEMANDE = "demande"
_JETON = "id_token"


class Inconnu(Refusal):
    message = (
        "Votre identité est vérifiée, mais aucun compte Seuil ne lui correspond. Demandez à"
        " l’administrateur de votre organisme de vous inviter avec l’adresse électronique que vous"
        " utilisez ici."
    )


class ReponseDouteuse(Refusal):
    message = (
        "La réponse du fournisseur d’identité n’a pas pu être vérifiée : vous n’êtes pas connecté."
        " Recommencez. Si cela se reproduit, prévenez l’administrateur de Seuil."
    )


class CourrielNonVerifie(Refusal):
    message = (
        "Votre fournisseur d’identité n’a pas vérifié votre adresse électronique. Faites-la"
        " vérifier auprès de lui, ou connectez-vous par votre mot de passe."
    )


@public
@require_safe
def proconnect(request: HttpRequest) -> HttpResponseBase:
    """Go to the provider, with the proofs that the answer will be for this browser."""
    client = _client(request)
    demande = make_demande()
    encore = isinstance(request.user, Agent)
    try:
        address = write_demande(
            demande=demande, fournisseur=fetch_fournisseur(client), client=client, encore=encore
        )
    except ReponseRefusee as error:
        _log.warning("ProConnect : %s", error)
        return _refuse(request, ReponseDouteuse())
    request.session[_DEMANDE] = {
        "etat": demande.etat,
        "nonce": demande.nonce,
        "verifieur": demande.verifieur,
        "suite": request.GET.get("suite", ""),
    }
    return redirect(address)


@public
@transaction.non_atomic_requests
@require_safe
def proconnect_retour(request: HttpRequest) -> HttpResponseBase:
    """Come back: check every claim, then recognise the account, or refuse."""
    client = _client(request)
    kept = request.session.pop(_DEMANDE, None)
    try:
        identite, id_token = _read_identite(request, client, kept)
    except ReponseRefusee as error:
        _log.warning("ProConnect : %s", error)
        _record(None, "fournisseur")
        return _refuse(request, ReponseDouteuse())
    if isinstance(request.user, Agent):
        return _confirm(request, identite, kept["suite"])
    try:
        agent = _recognise(identite)
    except Refusal as refusal:
        _record(None, type(refusal).__name__)
        return _refuse(request, refusal)
    reason = agent.why_not_habilite(on=clock.today(agent.departement_id))
    if reason:
        _record(agent, "habilitation")
        return _refuse(request, Refusal(reason))
    request.session[_JETON] = id_token
    if identite.deux_facteurs:
        open_session(request, agent, MoyenConnexion.FOURNISSEUR)
        return keep_poste(request, redirect("accueil"))
    open_attente(request, agent, moyen="fournisseur", suite="")
    return redirect("second_facteur")


def prepare_sortie(request: HttpRequest) -> str:
    """Return the address that ends the provider's session too, or nothing."""
    id_token = request.session.get(_JETON)
    if not (id_token and settings.SEUIL_OIDC_ISSUER):
        return ""
    try:
        return write_sortie(
            fournisseur=fetch_fournisseur(_client(request)),
            id_token=id_token,
            retour=request.build_absolute_uri(reverse("connexion")),
            etat=make_demande().etat,
        )
    except ReponseRefusee:
        return ""


def _read_identite(
    request: HttpRequest, client: Client, kept: dict[str, str] | None
) -> tuple[Identite, str]:
    if kept is None:
        raise ReponseRefusee("retour sans demande")
    demande = Demande(kept["etat"], kept["nonce"], kept["verifieur"])
    if not hmac.compare_digest(request.GET.get("state", "").encode(), demande.etat.encode()):
        raise ReponseRefusee("retour : state")
    if request.GET.get("iss", client.emetteur) != client.emetteur:
        raise ReponseRefusee("retour : iss")
    code = request.GET.get("code", "")
    if not code:
        raise ReponseRefusee("retour sans code")
    fournisseur = fetch_fournisseur(client)
    id_token, acces = exchange_code(
        fournisseur=fournisseur, client=client, code=code, verifieur=demande.verifieur
    )
    cles, at = fetch_cles(fournisseur), clock.now()
    identite = read_id_token(jeton=id_token, cles=cles, client=client, nonce=demande.nonce, at=at)
    userinfo = fetch_userinfo(fournisseur=fournisseur, acces=acces)
    return (
        read_userinfo(jeton=userinfo, cles=cles, client=client, identite=identite, at=at),
        id_token,
    )


def _recognise(identite: Identite) -> Agent:
    """Return the account: by issuer and subject; the first time, by e-mail and SIRET together."""
    at = clock.now()
    known = find_identite(emetteur=identite.emetteur, sujet=identite.sujet)
    if known:
        record_identite_presentee(identite=known, at=at)
        return known.agent
    verifie = identite.courriel_verifie
    if not (settings.SEUIL_OIDC_COURRIEL_SUR if verifie is None else verifie):
        raise CourrielNonVerifie
    found = list_agents_proposes(courriel=identite.courriel, siret=identite.siret)
    if len(found) != 1:
        raise Inconnu
    agent = found[0]
    on = clock.today(agent.departement_id)
    if agent.why_not_habilite(on=on) is None:
        link_identite(
            agent=agent,
            emetteur=identite.emetteur,
            sujet=identite.sujet,
            by=agent,
            on=on,
            at=at,
        )
    return agent


def _confirm(request: HttpRequest, identite: Identite, suite: str) -> HttpResponseBase:
    """Take the answer as a new proof of the agent who is already signed in, and of no one else."""
    known = find_identite(emetteur=identite.emetteur, sujet=identite.sujet)
    if known is None or known.agent_id != request.user.pk:
        messages.error(request, "Cette identité n’est pas celle du compte ouvert ici.")
        return redirect("accueil")
    record_preuve(connexion=get_connexion(request), at=clock.now())
    return redirect(f"{reverse('confirme')}?{urlencode({'suite': suite})}")


def _client(request: HttpRequest) -> Client:
    client = get_client(request)
    if client is None:
        raise Http404
    return client


def get_client(request: HttpRequest) -> Client | None:
    """Return what the provider knows of this instance; None when no provider is configured."""
    if not settings.SEUIL_OIDC_ISSUER:
        return None
    return Client(
        settings.SEUIL_OIDC_ISSUER,
        settings.SEUIL_OIDC_CLIENT_ID,
        settings.SEUIL_OIDC_CLIENT_SECRET,
        request.build_absolute_uri(reverse("proconnect_retour")),
    )


def _refuse(request: HttpRequest, refusal: Refusal) -> HttpResponseBase:
    return render(request, "connexion/refus.html", {"refus": str(refusal)}, status=403)


def _record(agent: Agent | None, motif: str) -> None:
    departement = agent.departement_id if agent else settings.SEUIL_DEPARTEMENT
    record_refus(
        motif=f"fournisseur {motif}",
        cible=agent,
        by=Machine("connexion", departement),
        on=clock.today(departement),
    )
