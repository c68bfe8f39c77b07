"""Accounts and habilitations: what an administrator reads and does."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
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
from seuil.acteurs.operations.organisations import record_domaines
from seuil.acteurs.queries import list_organismes
from seuil.acteurs.rules import RAPPEL_HABILITATION, is_fin_proche, read_domaines
from seuil.connexions.models import FinConnexion, ObjetInvitation
from seuil.connexions.operations.invitations import create_invitation
from seuil.connexions.operations.sessions import end_connexions
from seuil.connexions.queries import (
    find_compte,
    find_invitation_ouverte,
    get_facteurs,
    list_comptes,
    list_connexions,
    list_courriels,
    list_courriels_en_peine,
    list_organisations_invitables,
    may_see_lien,
)
from seuil.kernel import clock
from seuil.usecases.create_compte import (
    AdresseRefusee,
    DomaineAbsent,
    create_compte,
    list_roles,
)
from seuil.web.access import (
    AgentRequest,
    get_agent,
    may,
    request_day,
    requires,
    requires_recent_sign_in,
)
from seuil.web.comptes.courriels import has_server, send_lien, tell_geste
from seuil.web.comptes.forms import DomainesForm, InvitationForm
from seuil.web.saisie import DejaEnvoye, attempt, press
from seuil.web.session import get_duree, get_inactivite


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
        "gere": may(request, "agents.gerer"),
        "courriels": list_courriels_en_peine(agent=agent) if may(request, "agents.gerer") else (),
    }
    return render(request, "comptes/comptes.html", context)


@requires("agents.gerer", "agents.inviter")
@requires_recent_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def compte_inviter(request: AgentRequest) -> HttpResponse:
    """Create an account, and send its link, or show it once."""
    agent, on = get_agent(request), request_day(request)
    found = list_organisations_invitables(agent=agent)
    # Only what will be accepted is offered.
    offered = [o for o in found if o.domaines and list_roles(organisation=o, by=agent)]
    asked = request.POST.get("organisation") or request.GET.get("organisation", "")
    chosen = next((o for o in found if str(o.pk) == asked), None)
    if chosen is None and len(offered) == 1:
        chosen = offered[0]
    context = {"organismes": offered, "sans_domaine": [o for o in found if not o.domaines]}
    if chosen is None:
        return render(request, "comptes/inviter_ou.html", context)
    form = InvitationForm(
        request.POST if "courriel" in request.POST else None,
        organisation=chosen,
        roles=list_roles(organisation=chosen, by=agent),
    )
    if form.is_valid():
        done = attempt(
            form,
            lambda: create_compte(**form.read(), by=agent, on=on, at=clock.now()),
            champ="role",
            champs=_CHAMPS,
        )
        if done:
            return _hand_over(request, *done, ObjetInvitation.ARRIVEE)
    status = 422 if form.errors else 200
    return render(request, "comptes/inviter.html", context | {"form": form}, status=status)


# Where each refusal of an invitation is said.
_CHAMPS: Mapping[type[Exception], str] = {
    DomaineAbsent: "organisation",
    AdresseRefusee: "courriel",
    CourrielDejaUtilise: "courriel",
    DejaEnvoye: "courriel",
}


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
        "courriels": list_courriels(cible=found),
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
    by, on = get_agent(request), request_day(request)
    if press(request, lambda: do(agent=found, by=by, on=on), fait=done):
        tell_geste(compte=found, geste=_DITS[geste], by=by, titulaire=True, at=clock.now())
    return redirect("compte", agent_id)


@requires("organismes.domaines", "agents.gerer")
@require_safe
def comptes_domaines(request: AgentRequest) -> HttpResponse:
    """List the organisations and the domains of their agents' addresses."""
    context = {
        "organismes": list_organismes(agent=get_agent(request)),
        "ecrit": may(request, "organismes.domaines"),
    }
    return render(request, "comptes/domaines.html", context)


@requires("organismes.domaines")
@requires_recent_sign_in
@require_http_methods(["GET", "HEAD", "POST"])
def comptes_domaine(request: AgentRequest, organisation_id: UUID) -> HttpResponse:
    """Write the domains of one organisation: the officer's to do, never who invites."""
    organisation = get_object_or_404(list_organismes(agent=get_agent(request)), pk=organisation_id)
    initial = {"domaines": ", ".join(organisation.domaines)}
    form = DomainesForm(request.POST if "domaines" in request.POST else None, initial=initial)
    if form.is_valid():
        attempt(
            form,
            lambda: record_domaines(
                organisation=organisation,
                domaines=read_domaines(form.cleaned_data["domaines"]),
                vus=read_domaines(request.POST.get("vus", "")),
                by=get_agent(request),
                on=request_day(request),
            ),
            champ="domaines",
        )
        if not form.errors:
            messages.success(request, f"Domaines écrits pour {organisation.nom}.")
            return redirect("comptes_domaines")
    context = {"form": form, "organisme": organisation, "vus": initial["domaines"]}
    return render(request, "comptes/domaine.html", context, status=422 if form.errors else 200)


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
    return _hand_over(request, found, jeton, objet)


def _hand_over(request: AgentRequest, found: Agent, jeton: str, objet: str) -> HttpResponse:
    """Send the link to its holder, and to nobody else; without a mail server, show it once.

    It is not shown to who would open, by it, more than they read themselves.
    """
    by, at = get_agent(request), clock.now()
    lien = request.build_absolute_uri(reverse("invitation", args=[jeton]))
    if has_server():
        send_lien(compte=found, lien=lien, objet=objet, by=by, at=at)
    context = {
        "compte": found,
        "objet": objet,
        "serveur": has_server(),
        "lien": lien if not has_server() and may_see_lien(agent=by, cible=found) else "",
    }
    tell_geste(compte=found, geste=_DITS[objet], by=by, titulaire=False, at=at)
    return render(request, "comptes/lien.html", context)


_DITS = {
    ObjetInvitation.ARRIVEE: "un lien d’arrivée lui a été donné",
    ObjetInvitation.MOT_DE_PASSE: "un lien pour choisir un autre mot de passe lui a été donné",
    ObjetInvitation.FACTEURS: "un lien pour tout choisir de nouveau, second facteur compris, lui a"
    " été donné",
    "confier": "cette personne peut inviter dans son organisme",
    "retirer": "cette personne ne peut plus inviter dans son organisme",
    "renouveler": "son habilitation est renouvelée pour un an",
    "reveiller": "son compte, suspendu, est réveillé",
    "suspendre": "son compte est suspendu",
    "deconnecter": "ses sessions sont fermées",
    "fermer": "son compte est fermé",
}


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
