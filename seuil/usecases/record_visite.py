"""A visit: what happened at the door, and the contact it is."""

from datetime import date

from django.db import transaction

from seuil.accompagnements.queries.mandats import get_transmission
from seuil.acteurs.models import Agent
from seuil.contacts import operations as contacts
from seuil.contacts.rules import ContactSaisi
from seuil.dossiers.models import Dossier
from seuil.usecases._habilitation import require_dossier
from seuil.usecases.refresh_dossiers import refresh_dossiers
from seuil.visites import operations as visites
from seuil.visites.models import NoteSociale, Visite
from seuil.visites.rules import VisiteSaisie, why_not_again


@transaction.atomic
def record_visite(
    *,
    dossier: Dossier,
    contact: ContactSaisi,
    visite: VisiteSaisie,
    binome: Agent | None = None,
    by: Agent,
    on: date,
) -> Visite:
    """Record the visit and its contact with the household together.

    Raises HabilitationRefusee, DossierInaccessible, ContactRefuse, VisiteRefusee.
    """
    require_dossier(by=by, on=on, verbe="visite.enregistrer", dossier_id=dossier.pk)
    met = contacts.record_contact(
        dossier=dossier,
        saisie=contact,
        mandat_le=get_transmission(agent=by, dossier=dossier),
        by=by,
        on=on,
    )
    already = Visite.objects.filter(contact=met).first()
    if already is not None:
        reason = why_not_again(garde=_read(already), envoye=visite)
        if reason:
            raise visites.VisiteRefusee(reason)
        return already
    recorded = visites.record_visite(contact=met, saisie=visite, binome=binome, by=by, on=on)
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return recorded


def _read(visite: Visite) -> VisiteSaisie:
    note = NoteSociale.objects.filter(visite=visite).first()
    return VisiteSaisie(visite.duree_minutes, visite.presents, note.texte if note else "")
