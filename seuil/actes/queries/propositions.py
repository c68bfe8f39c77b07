"""Read what partners propose: each its own, the secretariat all."""

from uuid import UUID

from django.db.models import Q, QuerySet

from seuil.actes.models import Proposition
from seuil.acteurs.models import Agent
from seuil.acteurs.rules import why_not


def list_propositions(*, agent: Agent) -> QuerySet[Proposition]:
    """Return the proposals that the agent may read, those to answer first, then the newest."""
    rows = Proposition.objects.filter(departement=agent.departement_id)
    if why_not(agent.profil, "dossier.creer"):
        if why_not(agent.profil, "dossier.proposer"):
            return rows.none()
        rows = rows.filter(organisation=agent.organisation_id)
    waiting = Q(decision="")
    return (
        rows.select_related("organisation", "par", "decidee_par", "dossier")
        .annotate(attend=waiting)
        .order_by("-attend", "-recue_le", "-created_at", "id")
    )


def find_proposition(*, agent: Agent, proposition_id: UUID) -> Proposition | None:
    """Return a proposal that the agent may read, None otherwise."""
    return list_propositions(agent=agent).filter(pk=proposition_id).first()


def count_propositions(*, agent: Agent) -> int:
    """Return how many proposals the secretariat has to answer."""
    if why_not(agent.profil, "dossier.creer"):
        return 0
    return Proposition.objects.filter(departement=agent.departement_id, decision="").count()
