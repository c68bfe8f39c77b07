"""Write attempts and exchanges."""

from datetime import date, time
from uuid import UUID

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.audit.operations import record_event
from seuil.contacts import rules
from seuil.contacts.models import Contact
from seuil.dossiers.models import Dossier
from seuil.kernel.models import new_id
from seuil.kernel.refusal import Refusal


class ContactRefuse(Refusal):
    message = "Ce contact ne peut pas être enregistré."


@transaction.atomic
def record_contact(
    *,
    dossier: Dossier,
    avec: str,
    canal: str,
    resultat: str,
    survenu_le: date,
    heure: time | None = None,
    lieu: str = "",
    prochain_le: date | None = None,
    note: str = "",
    mandat_le: date | None = None,
    contact_id: UUID | None = None,
    by: Agent,
    on: date,
) -> Contact:
    """Record one attempt and its result; the same `contact_id` sent twice records it once.

    Raises ContactRefuse.
    """
    reason = rules.why_not_record(
        survenu_le=survenu_le, prochain_le=prochain_le, on=on, mandat_le=mandat_le
    )
    if reason:
        raise ContactRefuse(reason)
    contact, created = Contact.objects.get_or_create(
        pk=contact_id or new_id(),
        dossier=dossier,
        par=by,
        defaults={
            "avec": Contact.Avec(avec),
            "canal": Contact.Canal(canal),
            "resultat": Contact.Resultat(resultat),
            "survenu_le": survenu_le,
            "heure": heure,
            "lieu": lieu,
            "prochain_le": prochain_le,
            "note": note,
            "organisation_id": by.organisation_id,
        },
    )
    if not created:
        return contact
    record_event(
        kind="contact.enregistre",
        by=by,
        on=on,
        target_type="dossier",
        target_id=dossier.pk,
        details={"contact": str(contact.pk)},
    )
    return contact
