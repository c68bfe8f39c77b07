"""Whose session it is, how far it is proved, and what ends it.

Nobody is signed in (in Django's sense) before every factor is proved: until then the session only
remembers, for ten minutes, whom the first factor named.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

from seuil.acteurs.models import Agent
from seuil.acteurs.rules import is_demonstration
from seuil.connexions.models import Connexion, FinConnexion, MoyenConnexion
from seuil.connexions.operations.sessions import end_connexion, open_connexion, record_vue
from seuil.connexions.queries import (
    Facteurs,
    find_connexion,
    find_connexion_ouverte,
    is_poste_connu,
)
from seuil.connexions.rules import (
    ATTENTE_SECOND,
    POSTE_CONNU,
    Lieu,
    Navigateur,
    compute_cle,
    normalise_adresse,
    read_appareil,
    why_session_over,
)
from seuil.engines.facteurs import Site
from seuil.kernel import clock
from seuil.kernel.contexte import acting_for
from seuil.web.brouillons import forget_envoye, gardes_rendus, keep_saisie, note_gardes

_CONNEXION = "connexion"
_ATTENTE = "attente"
_POSTE = "seuil_poste"
_BACKEND = "seuil.web.backend.AgentBackend"
_FINS = {
    "inactivite": "Vous avez été déconnecté après un moment sans activité. Reconnectez-vous : ce"
    " qui était enregistré l’est toujours.",
    "duree": "Votre session a atteint sa durée maximale. Reconnectez-vous pour continuer.",
}


@dataclass(frozen=True, slots=True)
class Attente:
    """Whom the first factor named, and where to go once the second is proved."""

    agent: Agent
    moyen: str
    suite: str


def get_connexion(request: HttpRequest) -> Connexion:
    """Return the open session of the signed-in agent."""
    connexion: Connexion = request.connexion  # type: ignore[attr-defined]
    return connexion


def open_attente(request: HttpRequest, agent: Agent, *, moyen: str, suite: str) -> None:
    """Remember whom the first factor named; nobody is signed in yet."""
    kept = request.session.get("id_token")
    request.session.flush()
    if kept:
        request.session["id_token"] = kept
    request.session[_ATTENTE] = {
        "agent": str(agent.pk),
        "empreinte": agent.get_session_auth_hash(),
        "moyen": moyen,
        "suite": suite,
        "at": clock.now().isoformat(),
    }


def find_attente(request: HttpRequest) -> Attente | None:
    """Return whom the first factor named less than ten minutes ago, if the account is open."""
    kept = request.session.get(_ATTENTE)
    if not kept:
        return None
    at = clock.now()
    if (
        not datetime.fromisoformat(kept["at"])
        <= at
        < (datetime.fromisoformat(kept["at"]) + ATTENTE_SECOND)
    ):
        return None
    agent = Agent.objects.select_related("departement", "organisation").get(pk=kept["agent"])
    same = constant_time_compare(kept["empreinte"], agent.get_session_auth_hash())
    if not same or agent.why_not_habilite(on=clock.today(agent.departement_id)):
        return None
    return Attente(agent, kept["moyen"], kept["suite"])


def may_skip_second(agent: Agent, facteurs: Facteurs) -> bool:
    """Tell whether a demonstration account opens with its password alone.

    Only in an instance of demonstration, never served by HTTPS, and only an account that the
    demonstration made and to which nobody added a factor.
    """
    return (
        settings.SEUIL_DEMO
        and not settings.SECURE_SSL_REDIRECT
        and is_demonstration(agent.courriel)
        and not facteurs.any
    )


def open_session(request: HttpRequest, agent: Agent, moyen: MoyenConnexion | str) -> None:
    """Sign the agent in: every factor is proved. The session gets a new identifier."""
    id_token = request.session.get("id_token")
    request.session.flush()
    on = clock.today(agent.departement_id)
    with acting_for(agent.pk, on=on):
        # The date of the last sign-in is the account's: nobody has signed a context yet.
        login(request, agent, backend=_BACKEND)
    navigateur, appareil = read_appareil(request.headers.get("User-Agent", "")[:500])
    poste = _read_poste(request) or secrets.token_urlsafe(32)
    request.poste = poste  # type: ignore[attr-defined]
    connexion = open_connexion(
        agent=agent,
        moyen=moyen,
        navigateur=Navigateur(navigateur, appareil, _hash_poste(poste)),
        by=agent,
        on=on,
        at=clock.now(),
    )
    request.session[_CONNEXION] = str(connexion.pk)
    note_gardes(request, agent)
    if id_token:
        request.session["id_token"] = id_token
    request.connexion = connexion  # type: ignore[attr-defined]


def close_session(request: HttpRequest, motif: FinConnexion | str) -> None:
    """End the session and forget it."""
    connexion, agent = getattr(request, "connexion", None), request.user
    if connexion is not None and isinstance(agent, Agent):
        end_connexion(
            connexion=connexion,
            motif=motif,
            by=agent,
            on=clock.today(agent.departement_id),
            at=clock.now(),
        )
    request.connexion = None  # type: ignore[attr-defined]
    logout(request)


def keep_poste(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Leave in the browser what makes it known to the account at the next sign-in."""
    poste = getattr(request, "poste", "")
    if poste:
        response.set_signed_cookie(
            _POSTE,
            poste,
            salt=_POSTE,
            max_age=POSTE_CONNU,
            path="/connexion/",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def get_lieu(request: HttpRequest, agent: Agent | None) -> Lieu:
    """Return where the request comes from, seen from an account."""
    poste = _read_poste(request)
    digest = _hash_poste(poste) if poste else ""
    connu = agent is not None and is_poste_connu(agent=agent, poste=digest, at=clock.now())
    return Lieu(get_adresse(request), digest, connu)


def get_site(request: HttpRequest) -> Site:
    """Return the domain and the origin to which a passkey is bound."""
    host = request.get_host()
    return Site(host.rpartition(":")[0] if ":" in host else host, f"{request.scheme}://{host}")


def get_adresse(request: HttpRequest) -> str:
    """Return the network address of whoever asks, as our own proxy says it."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        # The last one is written by our own proxy; those before it, by anyone.
        address = request.headers.get("X-Forwarded-For", address).rpartition(",")[2]
    return normalise_adresse(address)


def _read_poste(request: HttpRequest) -> str:
    try:
        return request.get_signed_cookie(_POSTE, default="", salt=_POSTE, max_age=POSTE_CONNU) or ""
    except BadSignature:
        return ""


def _hash_poste(poste: str) -> str:
    return compute_cle(genre="poste", valeur=poste, secret=settings.SECRET_KEY)


class ConnexionForte:
    """Let through only sessions whose every factor is proved, open, and not idle.

    After Django's own authentication, before any view. What it refuses becomes a visitor.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.connexion = None  # type: ignore[attr-defined]
        over = self._check(request) if isinstance(request.user, Agent) else None
        if not isinstance(request.user, Agent):
            if request.session.get(_CONNEXION):
                self._end(request)
            response = self.get_response(request)
            keep_saisie(request, response, over)
            return response
        agent = request.user
        with gardes_rendus(request, agent):
            response = self.get_response(request)
        if isinstance(request.user, Agent):
            forget_envoye(request, response, agent)
        return response

    def _end(self, request: HttpRequest) -> None:
        """End a session whose account no longer opens: closed, suspended, or another password."""
        connexion = find_connexion_ouverte(connexion_id=request.session[_CONNEXION])
        if connexion is not None:
            agent = connexion.agent
            on = clock.today(agent.departement_id)
            reason = agent.why_not_habilite(on=on)
            motif = FinConnexion.HABILITATION if reason else FinConnexion.MOT_DE_PASSE
            end_connexion(connexion=connexion, motif=motif, by=agent, on=on, at=clock.now())
            messages.error(request, reason or "Le mot de passe a changé. Reconnectez-vous.")
        logout(request)

    def _check(self, request: HttpRequest) -> Agent | None:
        """End a session that is over; return whose it was, when only time ended it."""
        agent: Any = request.user
        key = request.session.get(_CONNEXION)
        if key is None:
            # One factor only: a session from before, or forged by a fault of ours.
            logout(request)
            open_attente(request, agent, moyen="mot_de_passe", suite="")
            return None
        connexion = find_connexion(connexion_id=key, agent_id=agent.pk)
        if connexion is None:
            logout(request)
            messages.warning(request, "Cette session a été fermée. Reconnectez-vous.")
            return None
        request.connexion = connexion  # type: ignore[attr-defined]
        at = clock.now()
        over = why_session_over(
            debut=connexion.ouverte_at,
            vue=connexion.vue_at,
            at=at,
            inactivite=get_inactivite(),
            duree=get_duree(),
        )
        if over:
            close_session(request, over)
            messages.warning(request, _FINS[over])
            return cast("Agent", agent)
        if connexion.vue_at + timedelta(minutes=1) < at:
            record_vue(connexion=connexion, at=at)
        return None


def get_inactivite() -> timedelta:
    """Return after how long without a page a session ends."""
    return timedelta(minutes=settings.SEUIL_INACTIVITE)


def get_duree() -> timedelta:
    """Return after how long a session ends, whatever is done."""
    return timedelta(seconds=settings.SESSION_COOKIE_AGE)
