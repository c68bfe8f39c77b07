"""Read attempts and exchanges."""

from datetime import date

from django.db.models import F, QuerySet

from seuil.acteurs.models import Agent
from seuil.contacts.models import Contact
from seuil.dossiers.models import Dossier
from seuil.dossiers.queries import readable


def list_rendez_vous(*, agent: Agent, on: date, dossier: Dossier) -> list[Contact]:
    """Return the contacts that fixed a next one, to come, with the household or the landlord."""
    rows = readable(rows=Contact.objects.all(), agent=agent, on=on, dossier=dossier)
    return list(rows.filter(prochain_le__gte=on).order_by("prochain_le", "id"))


def list_contacts(*, agent: Agent, on: date, dossier: Dossier) -> QuerySet[Contact]:
    """Return the contacts of a dossier the agent may see, newest first, with visit and author."""
    return (
        readable(rows=Contact.objects.all(), agent=agent, on=on, dossier=dossier)
        .select_related("par", "organisation", "visite", "visite__binome")
        .order_by("-survenu_le", F("heure").desc(nulls_last=True), "-id")
    )
