"""Write visits."""

from datetime import date

from django.db import transaction

from seuil.acteurs.models import Agent
from seuil.audit.operations import record_event
from seuil.contacts.models import Contact
from seuil.kernel.refusal import Refusal
from seuil.visites import rules
from seuil.visites.models import NoteSociale, Visite
from seuil.visites.rules import VisiteSaisie


class VisiteRefusee(Refusal):
    message = "Cette visite ne peut pas être enregistrée."


@transaction.atomic
def record_visite(
    *,
    contact: Contact,
    saisie: VisiteSaisie,
    binome: Agent | None = None,
    by: Agent,
    on: date,
) -> Visite:
    """Record the visit during which a contact took place, its note apart.

    Raises VisiteRefusee.
    """
    reason = rules.why_not_record(
        canal=contact.canal,
        duree_minutes=saisie.duree_minutes,
        is_binome_self=binome is not None and binome.pk == by.pk,
        is_binome_foreign=binome is not None and binome.organisation_id != by.organisation_id,
    )
    if reason:
        raise VisiteRefusee(reason)
    visite = Visite.objects.create(
        dossier_id=contact.dossier_id,
        contact=contact,
        binome=binome,
        duree_minutes=saisie.duree_minutes,
        presents=saisie.presents,
    )
    if saisie.compte_rendu:
        NoteSociale.objects.create(
            dossier_id=contact.dossier_id,
            visite=visite,
            organisation_id=by.organisation_id,
            texte=saisie.compte_rendu,
        )
    record_event(
        kind="visite.enregistree",
        by=by,
        on=on,
        target_type="dossier",
        target_id=contact.dossier_id,
        details={"visite": str(visite.pk)},
    )
    return visite
