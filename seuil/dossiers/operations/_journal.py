"""What every fact of a file does: refuse the future, write the journal's line."""

from datetime import date
from typing import Any

from seuil.audit.operations import Author, record_event
from seuil.dossiers.models import Dossier
from seuil.kernel.refusal import Refusal


class DateAVenir(Refusal):
    message = "Cette date est à venir : indiquez le jour où le fait a été constaté."


def refuse_future(le: date, on: date) -> None:
    if le > on:
        raise DateAVenir


def record_line(
    kind: str, dossier: Dossier, by: Author, on: date, details: dict[str, Any] | None = None
) -> None:
    record_event(
        kind=kind, by=by, on=on, target_type="dossier", target_id=dossier.pk, details=details
    )
