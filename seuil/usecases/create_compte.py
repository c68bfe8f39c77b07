"""Open the account of a person and give the link by which it begins."""

from datetime import date, datetime

from django.db import transaction

from seuil.acteurs.models import Agent, Organisation, Role
from seuil.acteurs.operations.agents import create_agent
from seuil.acteurs.rules import AgentSaisi, why_not, why_not_adresse
from seuil.connexions.models import ObjetInvitation
from seuil.connexions.operations.invitations import create_invitation
from seuil.connexions.rules import list_roles_invitables
from seuil.kernel.refusal import Refusal


class InvitationRefusee(Refusal):
    message = "Vous n’invitez que dans votre organisme, avec un rôle qu’il peut donner."


class AdresseRefusee(Refusal):
    """The address is not of the organisation; the text says which are."""


class DomaineAbsent(AdresseRefusee):
    """No address of the organisation is known: nobody may be invited there."""


@transaction.atomic
def create_compte(
    *,
    saisie: AgentSaisi,
    organisation: Organisation,
    by: Agent,
    on: date,
    at: datetime,
) -> tuple[Agent, str]:
    """Create the account, without password, and its invitation; return both, the link's token.

    The habilitation runs from the day of the invitation. Raises InvitationRefusee, AdresseRefusee,
    CourrielDejaUtilise.
    """
    if saisie.role not in list_roles(organisation=organisation, by=by):
        raise InvitationRefusee
    if reason := why_not_adresse(courriel=saisie.courriel, domaines=organisation.domaines):
        raise (AdresseRefusee if organisation.domaines else DomaineAbsent)(reason)
    agent = create_agent(saisie=saisie, organisation=organisation, password=None, by=by, on=on)
    _, jeton = create_invitation(agent=agent, objet=ObjetInvitation.ARRIVEE, by=by, on=on, at=at)
    return agent, jeton


def list_roles(*, organisation: Organisation, by: Agent) -> list[str]:
    """Return the roles that `by` may give in an organisation; none elsewhere than its own.

    The administrator of the département gives them in every organisation of the département.
    """
    departement = why_not(by.profil, "agents.gerer") is None
    if organisation.departement_id != by.departement_id:
        return []
    if not departement and not (
        by.administre_organisation and by.organisation_id == organisation.pk
    ):
        return []
    return list_roles_invitables(
        type_organisation=organisation.type, departement=departement, roles=Role.values, par=by.role
    )
