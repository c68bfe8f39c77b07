"""The line of the journal of an operation."""

from datetime import date

from seuil.audit.operations import Author, record_event


def record(
    kind: str, by: Author, on: date, target_type: str, target_id: object, **details: str | int
) -> None:
    """Write what was done, of what, and its details."""
    record_event(
        kind=kind, by=by, on=on, target_type=target_type, target_id=target_id, details=details
    )
