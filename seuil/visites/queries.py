"""Read the notes of visits."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.dossiers.queries import readable
from seuil.visites.models import NoteSociale


def list_notes(*, agent: Agent, on: date, dossier: Dossier) -> Mapping[UUID, str]:
    """Return the notes of the agent's own service on the visits of a dossier, by visit."""
    notes = readable(rows=NoteSociale.objects.all(), agent=agent, on=on, dossier=dossier)
    return dict(notes.order_by("visite").values_list("visite_id", "texte"))
