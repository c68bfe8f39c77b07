"""Take a proof: count the try first, then compare. One place for every page that asks for one."""

import json

from django.conf import settings
from django.http import HttpRequest

from seuil.acteurs.models import Agent
from seuil.acteurs.operations.machine import Machine
from seuil.acteurs.rules import fold_courriel
from seuil.connexions.models import CleAcces, Essai, GenreEssai
from seuil.connexions.operations.essais import open_essai, record_refus, record_reussite
from seuil.connexions.operations.facteurs import receive_code, receive_secours, record_cle_presentee
from seuil.connexions.queries import find_agent, find_cle, get_facteurs
from seuil.engines.facteurs import (
    CleRefusee,
    find_identifiant,
    prepare_presentation,
    read_presentation,
)
from seuil.kernel import clock
from seuil.kernel.contexte import acting_for
from seuil.kernel.refusal import Refusal
from seuil.web.session import get_lieu, get_site

_DEFI = "defi"


class CleInconnue(Refusal):
    message = (
        "Cette clé d’accès n’est pas reconnue. Connectez-vous par votre mot de passe, ou avec la"
        " clé enregistrée sur ce site."
    )


def check_mot_de_passe(request: HttpRequest, courriel: str, mot_de_passe: str) -> Agent | None:
    """Return the account whose password this is, or None; the same work is done either way.

    Raises TropDEssais.
    """
    agent = find_agent(courriel=courriel)
    # The same folding finds the account and counts the tries: no spelling has counters of its own.
    essai = _open(request, GenreEssai.MOT_DE_PASSE, fold_courriel(courriel), agent)
    if agent is None:
        # The hasher works for nobody: its time says nothing of who has an account.
        Agent().set_password(mot_de_passe)
    elif _is_mot_de_passe(agent, mot_de_passe):
        record_reussite(essai=essai)
        return agent
    _record(agent, "mot_de_passe")
    return None


def _is_mot_de_passe(agent: Agent, mot_de_passe: str) -> bool:
    # Comparing may also write the password again, by the hasher of the day.
    with acting_for(agent.pk, on=clock.today(agent.departement_id)):
        # Nobody had signed a context when the account was looked for: it came masked.
        agent.refresh_from_db(fields=["password"])
        return agent.check_password(mot_de_passe)


def check_code(request: HttpRequest, agent: Agent, code: str) -> None:
    """Accept a code of the application. Raises a Refusal that says what to do, or TropDEssais."""
    essai = _open(request, GenreEssai.CODE, str(agent.pk), agent)
    try:
        receive_code(agent=agent, code=code, cle=settings.SECRET_KEY, at=clock.now())
    except Refusal:
        _record(agent, "code")
        raise
    record_reussite(essai=essai)


def check_secours(request: HttpRequest, agent: Agent, code: str) -> int:
    """Accept a code of the paper; return how many are left. Raises a Refusal, or TropDEssais."""
    essai = _open(request, GenreEssai.CODE, str(agent.pk), agent)
    try:
        left = receive_secours(
            agent=agent,
            code=code,
            cle=settings.SECRET_KEY,
            by=agent,
            on=clock.today(agent.departement_id),
            at=clock.now(),
        )
    except Refusal:
        _record(agent, "secours")
        raise
    record_reussite(essai=essai)
    return left


def prepare_defi(request: HttpRequest, agent: Agent | None) -> dict[str, object]:
    """Return the options of a passkey and keep their challenge: it serves once."""
    connues = get_facteurs(agent=agent).cles if agent else ()
    options, defi = prepare_presentation(site=get_site(request), connues=connues)
    request.session[_DEFI] = defi
    found: dict[str, object] = json.loads(options)
    return found


def check_cle(request: HttpRequest, reponse: str, agent: Agent | None = None) -> CleAcces:
    """Return the passkey that is presented, of this agent when one is named. Raises CleInconnue."""
    defi = request.session.pop(_DEFI, "")
    cle = find_cle(identifiant=find_identifiant(reponse))
    if cle is None or not defi or (agent is not None and cle.agent_id != agent.pk):
        raise CleInconnue
    try:
        verifiee = read_presentation(
            reponse=reponse,
            defi=defi,
            site=get_site(request),
            cle_publique=bytes(cle.cle_publique),
            compteur=cle.compteur,
        )
    except CleRefusee:
        _record(cle.agent, "cle")
        raise CleInconnue from None
    record_cle_presentee(cle=cle, compteur=verifiee.compteur, at=clock.now())
    return cle


def _open(request: HttpRequest, genre: str, compte: str, agent: Agent | None) -> Essai:
    return open_essai(
        genre=genre,
        compte=compte,
        depuis=get_lieu(request, agent),
        secret=settings.SECRET_KEY,
        at=clock.now(),
    )


def _record(agent: Agent | None, motif: str) -> None:
    departement = agent.departement_id if agent else settings.SEUIL_DEPARTEMENT
    record_refus(
        motif=motif,
        cible=agent,
        by=Machine("connexion", departement),
        on=clock.today(departement),
    )
