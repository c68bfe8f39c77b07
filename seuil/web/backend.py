"""Whose session it is."""

from typing import Any

from django.contrib.auth.backends import ModelBackend

from seuil.acteurs.models import Agent
from seuil.kernel import clock


class AgentBackend(ModelBackend):
    """Django's own, which also reads what every page and every line of the journal name.

    An account that is closed, suspended or no longer habilitated has no session at the next
    request.
    """

    def get_user(self, user_id: Any) -> Agent | None:
        agent = (
            Agent.objects.select_related("departement", "organisation").filter(pk=user_id).first()
        )
        return agent if agent is not None and self.user_can_authenticate(agent) else None

    def user_can_authenticate(self, user: Any) -> bool:
        return user.why_not_habilite(on=clock.today(user.departement_id)) is None
