"""A visit: what happened at the door, and the contact it is."""

from datetime import date, time
from uuid import UUID

from django.db import transaction

from seuil.accompagnements.queries.mandats import get_transmission
from seuil.acteurs.models import Agent
from seuil.contacts import operations as contacts
from seuil.dossiers.models import Dossier
from seuil.usecases._habilitation import require_dossier
from seuil.usecases.refresh_dossiers import refresh_dossiers
from seuil.visites import operations as visites
from seuil.visites.models import Visite


@transaction.atomic
def record_visite(
    *,
    dossier: Dossier,
    resultat: str,
    survenu_le: date,
    heure: time | None,
    lieu: str,
    canal: str = "domicile",
    binome: Agent | None = None,
    duree_minutes: int | None = None,
    presents: str = "",
    compte_rendu: str = "",
    prochain_le: date | None = None,
    contact_id: UUID | None = None,
    by: Agent,
    on: date,
) -> Visite:
    """Record the visit and its contact with the household together.

    Raises HabilitationRefusee, DossierInaccessible, ContactRefuse, VisiteRefusee.
    """
    require_dossier(by=by, on=on, verbe="visite.enregistrer", dossier_id=dossier.pk)
    contact = contacts.record_contact(
        dossier=dossier,
        avec="menage",
        canal=canal,
        resultat=resultat,
        survenu_le=survenu_le,
        heure=heure,
        lieu=lieu,
        prochain_le=prochain_le,
        contact_id=contact_id,
        mandat_le=get_transmission(agent=by, dossier=dossier),
        by=by,
        on=on,
    )
    already = Visite.objects.filter(contact=contact).first()
    if already is not None:
        return already
    visite = visites.record_visite(
        contact=contact,
        binome=binome,
        duree_minutes=duree_minutes,
        presents=presents,
        compte_rendu=compte_rendu,
        by=by,
        on=on,
    )
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return visite
