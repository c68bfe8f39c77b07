"""What the page of the choice of the month shows beside the proposal."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from seuil.accompagnements.models import Mandat, Prescription
from seuil.accompagnements.rules.priorites import PRESCRIPTION_JOURS
from seuil.acteurs.models import Agent, Organisation
from seuil.dossiers.models import Dossier


def count_confies(*, agent: Agent, on: date, operateur: Organisation, annee: int) -> int:
    """Return how many dossiers were entrusted to the operator in the year and not refused."""
    return (
        Mandat.objects.filter(
            dossier__in=Dossier.objects.visible_to(agent, on=on, categorie="accompagnement"),
            operateur=operateur,
            transmis_le__year=annee,
        )
        .exclude(reponse=Mandat.Reponse.REFUSE)
        .count()
    )


def list_prescriptions(*, agent: Agent, on: date) -> Sequence[tuple[Any, ...]]:
    """Return the households proposed by services that still count in the proposal, newest first."""
    return list(
        Prescription.objects.filter(
            dossier__in=Dossier.objects.visible_to(agent, on=on, categorie="accompagnement"),
            propose_le__gte=on - timedelta(days=PRESCRIPTION_JOURS),
        )
        .order_by("-propose_le", "-id")
        .values_list(
            "dossier__numero", "dossier__situation__nom_recherche",
            "dossier__logement__commune__nom", "service", "propose_le", "motif",
        )[:50]
    )  # fmt: skip
