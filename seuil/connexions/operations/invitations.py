"""Invitations and identities of a provider."""

import secrets
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from seuil.acteurs.models import Agent
from seuil.audit.operations import Author, record_event
from seuil.connexions.models import IdentiteExterne, Invitation
from seuil.connexions.operations._journal import record_line
from seuil.connexions.rules import DUREE_INVITATION, compute_empreinte
from seuil.kernel.contexte import acting_as_machine, acting_for, reading_compte
from seuil.kernel.refusal import Refusal


class InvitationPerdue(Refusal):
    message = "Ce lien a déjà servi, a expiré, ou n’est pas complet."


class IdentiteDejaLiee(Refusal):
    message = "Ce compte est déjà lié à une autre identité de ce fournisseur."


@transaction.atomic
def create_invitation(
    *, agent: Agent, objet: str, by: Author, on: date, at: datetime
) -> tuple[Invitation, str]:
    """Give a secret link for an account; the one before stops at once.

    Return the invitation and its token, which is kept nowhere: show it now or never.
    """
    jeton = secrets.token_urlsafe(32)
    with acting_as_machine("comptes", on=on):
        Agent.objects.select_for_update().get(pk=agent.pk)
        open_ones = Invitation.objects.filter(agent=agent.pk, utilise_at=None, annule_at=None)
        open_ones.update(annule_at=at)
        invitation = Invitation.objects.create(
            agent=agent,
            objet=objet,
            empreinte=compute_empreinte(jeton),
            expire_at=at + DUREE_INVITATION,
            invite_par=by if isinstance(by, Agent) else None,
        )
    record_event(
        kind="invitation.creee",
        by=by,
        on=on,
        target_type="agent",
        target_id=agent.pk,
        details={"objet": objet},
    )
    return invitation, jeton


@transaction.atomic
def record_invitation_utilisee(*, jeton: str, on: date, at: datetime) -> Invitation:
    """Use the link, once, and return its invitation with the account.

    Raises InvitationPerdue when it was used, cancelled, expired, or never existed.
    """
    with reading_compte():
        invitation = (
            Invitation.objects.select_for_update(of=("self",))
            .select_related("agent__departement", "agent__organisation")
            .filter(empreinte=compute_empreinte(jeton), utilise_at=None, annule_at=None)
            .filter(expire_at__gt=at)
            .first()
        )
    if invitation is None:
        raise InvitationPerdue
    invitation.utilise_at = at
    with acting_as_machine("comptes", on=on):
        invitation.save(update_fields=["utilise_at"])
    record_line("invitation.utilisee", invitation.agent, invitation.agent, on)
    return invitation


@transaction.atomic
def link_identite(
    *, agent: Agent, emetteur: str, sujet: str, by: Author, on: date, at: datetime
) -> IdentiteExterne:
    """Tie an account to the identity of a provider. Raises IdentiteDejaLiee."""
    Agent.objects.select_for_update().get(pk=agent.pk)
    same = Q(agent=agent.pk, emetteur=emetteur) | Q(emetteur=emetteur, sujet=sujet)
    # On any account.
    with reading_compte():
        known = IdentiteExterne.objects.filter(same).exists()
    if known:
        raise IdentiteDejaLiee
    with acting_for(agent.pk, on=on):
        identite = IdentiteExterne.objects.create(
            agent=agent, emetteur=emetteur, sujet=sujet, utilise_at=at
        )
    record_line("identite.liee", agent, by, on)
    return identite


@transaction.atomic
def record_identite_presentee(*, identite: IdentiteExterne, at: datetime) -> None:
    """Note that the provider vouched for the identity again."""
    identite.utilise_at = at
    with acting_for(identite.agent_id, on=at.date()):
        identite.save(update_fields=["utilise_at"])
