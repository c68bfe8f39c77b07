"""Accounts and habilitations: what an administrator reads and does."""

import logging
from collections.abc import Mapping
from datetime import date
from smtplib import SMTPException
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.mail import send_mail
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from seuil.acteurs.models import Agent, Role
from seuil.acteurs.operations.agents import (
    CourrielDejaUtilise,
    assign_administration,
    close_agent,
    renew_habilitation,
    suspend_agent,
    wake_agent,
)
from seuil.acteurs.rules import RAPPEL_HABILITATION, is_fin_proche
from seuil.connexions.models import FinConnexion, ObjetInvitation
from seuil.connexions.operations.invitations import create_invitation
from seuil.connexions.operations.sessions import end_connexions
from seuil.connexions.queries import (
    find_compte,
    find_invitation_ouverte,
    get_facteurs,
    list_comptes,
    list_connexions,
    list_organisations_invitables,
)
from seuil.kernel import clock
from seuil.kernel.refusal import Refusal
from seuil.usecases.create_compte import create_compte, list_roles
from seuil.web.access import (
    AgentRequest,
    get_agent,
    may,
    request_day,
    requires,
    requires_recent_sign_in,
)
from seuil.web.comptes.forms import InvitationForm
from seuil.web.session import get_duree, get_inactivite

_log = logging.getLogger("seuil.comptes")


@requires("agents.gerer", "agents.inviter")
@require_safe
def comptes(request: AgentRequest) -> HttpResponse:
    """List the accounts, and those whose habilitation ends soon."""
    agent, on = get_agent(request), request_day(request)
    found = [
        {**c, "etat": _etat(c, on), "proche": is_fin_proche(fin=c["habilite_jusqu_au"], on=on)}
        for c in list_comptes(agent=agent)
    ]
    context = {
        "comptes": found,
        "proches": sum(c["proche"] and c["pk"] != agent.pk for c in found),
        "jours": RAPPEL_HABILITATION.days,
        "libelles": dict(Role.choices),
        "moi": agent.pk,
    }
    return render(request, "comptes/comptes.html", context)


@requires("agents.gerer", "agents.inviter")
@requires_recent_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def compte_inviter(request: AgentRequest) -> HttpResponse:
    """Create an account, and show its link once."""
    agent, on = get_agent(request), request_day(request)
    organisations = list_organisations_invitables(agent=agent)
    roles = {r for o in organisations for r in list_roles(organisation=o, by=agent)}
    form = InvitationForm(
        request.POST if "courriel" in request.POST else None,
        organisations=organisations,
        roles=[r for r in Role.values if r in roles],
    )
    if form.is_valid():
        try:
            invited, jeton = create_compte(**form.read(), by=agent, on=on, at=clock.now())
        except CourrielDejaUtilise as refusal:
            form.add_error("courriel", str(refusal))
        except Refusal as refusal:
            form.add_error("role", str(refusal))
        else:
            return _show_link(request, invited, jeton, ObjetInvitation.ARRIVEE)
    status = 422 if form.errors else 200
    return render(request, "comptes/inviter.html", {"form": form}, status=status)


@requires("agents.gerer", "agents.inviter")
@require_safe
def compte(request: AgentRequest, agent_id: UUID) -> HttpResponse:
    """Show an account: its state, its factors, its sessions."""
    on, at = request_day(request), clock.now()
    found = _find(request, agent_id)
    context = {
        "compte": found,
        "etat": found.why_not_habilite(on=on),
        "proche": is_fin_proche(fin=found.habilite_jusqu_au, on=on),
        "facteurs": get_facteurs(agent=found),
        "ouvertes": list_connexions(
            agent=found, at=at, inactivite=get_inactivite(), duree=get_duree()
        ),
        "invitation": find_invitation_ouverte(cible=found, at=at),
        "gere": may(request, "agents.gerer"),
        # Whoever comes by the provider has no password here.
        "arrive": found.has_usable_password() or found.last_login is not None,
        "mot_de_passe": found.has_usable_password(),
    }
    return render(request, "comptes/compte.html", context)


@requires("agents.gerer", "agents.inviter")
@requires_recent_sign_in
@require_POST
def compte_geste(request: AgentRequest, agent_id: UUID, geste: str) -> HttpResponse:
    """Do one of the gestures of an account's page; the département's are its administrator's."""
    found = _find(request, agent_id)
    if geste in _LIENS:
        return _give_link(request, found, _LIENS[geste])
    if geste not in _GESTES or (geste in _DU_DEPARTEMENT and not may(request, "agents.gerer")):
        raise Http404
    do, done = _GESTES[geste]
    try:
        do(agent=found, by=get_agent(request), on=request_day(request))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("compte", agent_id)


def _end_sessions(*, agent: Agent, by: Agent, on: date) -> None:
    end_connexions(agent=agent, motif=FinConnexion.ADMINISTRATEUR, by=by, on=on, at=clock.now())


def _give_administration(*, agent: Agent, by: Agent, on: date) -> None:
    assign_administration(agent=agent, donnee=True, by=by, on=on)


def _take_administration(*, agent: Agent, by: Agent, on: date) -> None:
    assign_administration(agent=agent, donnee=False, by=by, on=on)


_GESTES = {
    "renouveler": (renew_habilitation, "Habilitation renouvelée pour un an."),
    "suspendre": (suspend_agent, "Compte suspendu : il ne s’ouvre plus dès maintenant."),
    "reveiller": (wake_agent, "Compte réveillé : la personne peut se connecter."),
    "deconnecter": (_end_sessions, "Sessions fermées."),
    "fermer": (close_agent, "Compte fermé."),
    "confier": (_give_administration, "Cette personne peut inviter dans son organisme."),
    "retirer": (_take_administration, "Cette personne ne peut plus inviter."),
}
_DU_DEPARTEMENT = {"confier", "retirer", "fermer"}
_LIENS = {
    "lien-mot-de-passe": ObjetInvitation.MOT_DE_PASSE,
    "lien-facteurs": ObjetInvitation.FACTEURS,
    "lien-arrivee": ObjetInvitation.ARRIVEE,
}


def _give_link(request: AgentRequest, found: Agent, objet: str) -> HttpResponse:
    if found.has_usable_password() == (objet == ObjetInvitation.ARRIVEE):
        raise Http404
    reason = found.why_not_habilite(on=request_day(request))
    if reason:
        messages.error(request, "Réveillez ou renouvelez d’abord ce compte.")
        return redirect("compte", found.pk)
    _, jeton = create_invitation(
        agent=found, objet=objet, by=get_agent(request), on=request_day(request), at=clock.now()
    )
    return _show_link(request, found, jeton, objet)


def _show_link(request: AgentRequest, found: Agent, jeton: str, objet: str) -> HttpResponse:
    """Show the link once, and send it when a mail server is configured."""
    lien = request.build_absolute_uri(reverse("invitation", args=[jeton]))
    context = {
        "compte": found,
        "lien": lien,
        "objet": objet,
        "envoye": settings.SEUIL_COURRIEL != "" and _send(found, lien),
        "serveur": settings.SEUIL_COURRIEL != "",
    }
    return render(request, "comptes/lien.html", context)


def _send(found: Agent, lien: str) -> bool:
    text = render_to_string("comptes/lien.txt", {"compte": found, "lien": lien})
    try:
        send_mail("Votre compte Seuil", text, None, [found.courriel])
    except (SMTPException, OSError) as error:
        _log.warning("Courriel non parti (%s)", type(error).__name__)
        return False
    return True


def _find(request: AgentRequest, agent_id: UUID) -> Agent:
    found = find_compte(agent=get_agent(request), cible=agent_id)
    if found is None:
        raise Http404
    return found


def _etat(row: Mapping[str, Any], on: date) -> tuple[str, str]:
    """Return the word of an account's state, and its tone."""
    if not row["is_active"]:
        return ("Fermé", "")
    if row["suspendu_motif"]:
        return ("Endormi" if row["suspendu_motif"] == "sommeil" else "Suspendu", "warning")
    if row["habilite_jusqu_au"] < on:
        return ("Habilitation finie", "error")
    if row["invitation"] and not row["last_login"]:
        return ("Invité", "info")
    return ("Actif", "success")
