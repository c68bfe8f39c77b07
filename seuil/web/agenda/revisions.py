"""When what the agenda says last changed: for calendar programs, which trust it."""

from datetime import UTC, datetime

from django.db.models import F, Max, OuterRef, Subquery
from django.db.models.functions import Greatest

from seuil.actes.models import Acte

_DEBUT = datetime(2020, 1, 1, tzinfo=UTC)


def find_revision_des_actes(dossier: str) -> Subquery:
    """Return the instant when the acts of a file last changed, one withdrawn among them.

    `dossier` names the column of the file in the outer query.
    """
    acts = Acte.objects.filter(dossier=OuterRef(dossier)).order_by().values("dossier")
    return Subquery(
        acts.annotate(revu_at=Max(Greatest("created_at", "retire_at"))).values("revu_at")
    )


def find_revision_de_l_audience() -> Greatest:
    """Return when a hearing last changed: its day is of the situation, its hour of the acts."""
    return Greatest(F("change_at"), find_revision_des_actes("dossier_id"))


def compute_sequence(revu_at: datetime) -> int:
    """Return a number that grows with each revision, and that nobody has to count.

    Seconds: a calendar keeps it in 31 bits, until 2088.
    """
    return int((revu_at - _DEBUT).total_seconds())
