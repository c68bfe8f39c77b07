"""A person opens its secret link and chooses its password."""

from datetime import date, datetime

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.acteurs.operations.agents import record_mot_de_passe
from seuil.connexions.models import FinConnexion, ObjetInvitation
from seuil.connexions.operations.facteurs import delete_facteurs
from seuil.connexions.operations.invitations import record_invitation_utilisee
from seuil.connexions.operations.sessions import end_connexions


@transaction.atomic
def receive_invitation(*, jeton: str, mot_de_passe: str, on: date, at: datetime) -> Agent:
    """Use the link and write the password; open sessions end. Nobody is signed in by it.

    Only a link given for lost factors takes them off: choosing a password never does. Raises
    InvitationPerdue, or Django's ValidationError: the link then still serves.
    """
    invitation = record_invitation_utilisee(jeton=jeton, on=on, at=at)
    agent = invitation.agent
    record_mot_de_passe(agent=agent, mot_de_passe=mot_de_passe, by=agent, on=on)
    end_connexions(agent=agent, motif=FinConnexion.MOT_DE_PASSE, by=agent, on=on, at=at)
    if invitation.objet == ObjetInvitation.FACTEURS:
        delete_facteurs(agent=agent, by=agent, on=on)
    return agent
