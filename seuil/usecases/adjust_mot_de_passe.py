"""An agent changes its password; its other sessions end."""

from datetime import date, datetime

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.acteurs.operations.agents import record_mot_de_passe
from seuil.connexions.models import Connexion, FinConnexion
from seuil.connexions.operations.sessions import end_connexions
from seuil.kernel.refusal import Refusal


class MemeMotDePasse(Refusal):
    message = "C’est déjà votre mot de passe : il n’a pas été changé. Choisissez-en un autre."


@transaction.atomic
def adjust_mot_de_passe(
    *, agent: Agent, mot_de_passe: str, gardee: Connexion | None, on: date, at: datetime
) -> None:
    """Write the new password and end every session but the one in use.

    Raises MemeMotDePasse, and Django's ValidationError when it is too weak.
    """
    # Read anew: what a session holds of the account may be masked.
    if Agent.objects.get(pk=agent.pk).check_password(mot_de_passe):
        raise MemeMotDePasse
    record_mot_de_passe(agent=agent, mot_de_passe=mot_de_passe, by=agent, on=on)
    end_connexions(
        agent=agent,
        motif=FinConnexion.MOT_DE_PASSE,
        by=agent,
        on=on,
        at=at,
        sauf=gardee.pk if gardee else None,
    )
