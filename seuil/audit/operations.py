"""Write the journal."""

from datetime import date
from typing import Any, Protocol

from seuil.audit.models import Event


class Author(Protocol):
    """Whoever acts: an agent, or the machine under a name."""

    @property
    def author_id(self) -> str: ...
    @property
    def author_label(self) -> str: ...
    @property
    def departement_id(self) -> str: ...


def record_event(
    *,
    kind: str,
    by: Author,
    on: date,
    target_type: str,
    target_id: object,
    details: dict[str, Any] | None = None,
) -> Event:
    """Write one line, in the caller's transaction. `details` never holds personal data."""
    return Event.objects.create(
        kind=kind,
        by_id=by.author_id,
        by_label=by.author_label,
        departement=by.departement_id,
        target_type=target_type,
        target_id=str(target_id),
        effect_le=on,
        details=details or {},
    )
