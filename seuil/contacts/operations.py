"""Write attempts and exchanges."""

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from seuil.acteurs.models import Agent
from seuil.audit.operations import record_event
from seuil.contacts import rules
from seuil.contacts.models import Contact
from seuil.contacts.rules import ContactSaisi
from seuil.dossiers.models import Dossier
from seuil.kernel.models import new_id
from seuil.kernel.refusal import Refusal


class ContactRefuse(Refusal):
    message = "Ce contact ne peut pas être enregistré."


@transaction.atomic
def record_contact(
    *,
    dossier: Dossier,
    saisie: ContactSaisi,
    mandat_le: date | None = None,
    by: Agent,
    on: date,
) -> Contact:
    """Record one attempt and its result, once. Raises ContactRefuse."""
    reason = rules.why_not_record(
        survenu_le=saisie.survenu_le,
        prochain_le=saisie.prochain_le,
        on=on,
        mandat_le=mandat_le,
    )
    if reason:
        raise ContactRefuse(reason)
    try:
        contact, created = _find_or_create(dossier, saisie, by)
    except IntegrityError as error:
        # The same form, sent from another dossier or by somebody else.
        raise ContactRefuse("Ce formulaire a déjà servi : rouvrez-le, puis recommencez.") from error
    if not created:
        again = rules.why_not_again(
            garde=_show(contact), envoye=_show(Contact(**_list_fields(saisie, by)))
        )
        if again:
            raise ContactRefuse(again)
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


def _find_or_create(dossier: Dossier, saisie: ContactSaisi, by: Agent) -> tuple[Contact, bool]:
    return Contact.objects.get_or_create(
        pk=saisie.contact_id or new_id(), dossier=dossier, par=by, defaults=_list_fields(saisie, by)
    )


def _list_fields(saisie: ContactSaisi, by: Agent) -> dict[str, Any]:
    return {
        "avec": Contact.Avec(saisie.avec),
        "canal": Contact.Canal(saisie.canal),
        "resultat": Contact.Resultat(saisie.resultat),
        "survenu_le": saisie.survenu_le,
        "heure": saisie.heure,
        "lieu": saisie.lieu,
        "prochain_le": saisie.prochain_le,
        "note": saisie.note,
        "organisation_id": by.organisation_id,
    }


def _show(contact: Contact) -> dict[str, str]:
    """Return what is shown of each field that a form says, by its label."""
    return {
        "avec": str(contact.get_avec_display()),
        "canal": str(contact.get_canal_display()),
        "résultat": str(contact.get_resultat_display()),
        "le": f"{contact.survenu_le:%d/%m/%Y}",
        "heure": f"{contact.heure:%H:%M}" if contact.heure else "",
        "lieu": contact.lieu,
        "prochain contact": f"{contact.prochain_le:%d/%m/%Y}" if contact.prochain_le else "",
        "précision": contact.note,
    }
