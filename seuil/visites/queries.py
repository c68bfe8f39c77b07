"""Read visits."""

from datetime import date

from django.db.models import F, QuerySet

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.visites.models import Visite


def list_visites(*, agent: Agent, on: date, dossier: Dossier) -> QuerySet[Visite]:
    """Return the visits of a dossier the agent may see, newest first."""
    return (
        Visite.objects.filter(
            dossier__in=Dossier.objects.visible_to(agent, on=on).filter(pk=dossier.pk)
        )
        .select_related("contact", "contact__par", "binome")
        .order_by("-contact__survenu_le", F("contact__heure").desc(nulls_last=True), "-id")
    )
