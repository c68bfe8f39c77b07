"""An attempt to reach the household or the landlord, and its result."""

from datetime import date

from django.db import transaction

from seuil.accompagnements.queries.mandats import get_transmission
from seuil.acteurs.models import Agent
from seuil.contacts import operations
from seuil.contacts.models import Contact
from seuil.contacts.rules import ContactSaisi
from seuil.dossiers.models import Dossier
from seuil.usecases._habilitation import require_dossier
from seuil.usecases.refresh_dossiers import refresh_dossiers


@transaction.atomic
def record_contact(*, dossier: Dossier, saisie: ContactSaisi, by: Agent, on: date) -> Contact:
    """Record the attempt; an exchange with the household restarts its timers.

    Raises HabilitationRefusee, DossierInaccessible, ContactRefuse.
    """
    require_dossier(by=by, on=on, verbe="contact.enregistrer", dossier_id=dossier.pk)
    contact = operations.record_contact(
        dossier=dossier,
        saisie=saisie,
        mandat_le=get_transmission(agent=by, dossier=dossier),
        by=by,
        on=on,
    )
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return contact
