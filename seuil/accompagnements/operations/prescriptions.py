"""A service proposes a household."""

from datetime import date

from django.db import transaction

from seuil.accompagnements.models import Prescription
from seuil.accompagnements.operations._journal import record
from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.kernel.refusal import Refusal


class PrescriptionRefusee(Refusal):
    message = "Cette proposition ne peut pas être enregistrée."


@transaction.atomic
def record_prescription(
    *, dossier: Dossier, service: str, motif: str, propose_le: date, by: Agent, on: date
) -> Prescription:
    """Record that a service proposes the household. Raises PrescriptionRefusee."""
    if propose_le > on:
        raise PrescriptionRefusee("La date de la proposition est à venir.")
    if not service.strip() or not motif.strip():
        raise PrescriptionRefusee("Indiquez le service qui propose le ménage, et pourquoi.")
    prescription, created = Prescription.objects.get_or_create(
        dossier=dossier,
        service=service.strip(),
        propose_le=propose_le,
        defaults={"motif": motif.strip(), "par": by},
    )
    if not created:
        raise PrescriptionRefusee("Ce service a déjà proposé ce ménage ce jour-là.")
    record("prescription.enregistree", by, on, "dossier", dossier.pk)
    return prescription
