"""Read visits."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.db.models import F, QuerySet

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.dossiers.queries import readable
from seuil.visites.models import NoteSociale, Visite


def list_visites(*, agent: Agent, on: date, dossier: Dossier) -> QuerySet[Visite]:
    """Return the visits of a dossier the agent may see, newest first."""
    return (
        readable(rows=Visite.objects.all(), agent=agent, on=on, dossier=dossier)
        .select_related("contact", "contact__par", "binome")
        .order_by("-contact__survenu_le", F("contact__heure").desc(nulls_last=True), "-id")
    )


def list_notes(*, agent: Agent, on: date, dossier: Dossier) -> Mapping[UUID, str]:
    """Return the notes of the agent's own service on the visits of a dossier, by visit."""
    notes = readable(rows=NoteSociale.objects.all(), agent=agent, on=on, dossier=dossier)
    return dict(notes.order_by("visite").values_list("visite_id", "texte"))
