"""The list of dossiers by debt: those that owe most first, read from an index, then the others."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from seuil.echeances.models import SituationDette


@dataclass(frozen=True, slots=True)
class ParDette:
    """A list to count and to slice, as one ordered by a column of its own.

    Joined to be ordered, the debts of a whole département would be read for one page of them.
    """

    situations: QuerySet[Any]
    # Those that the agent may read: a file whose debt is not told comes with those that have none.
    dettes: QuerySet[SituationDette]
    debut: int = 0
    fin: int | None = None

    def count(self) -> int:
        """Return how many files, whatever they owe."""
        return self.situations.count()

    def __getitem__(self, part: slice) -> "ParDette":
        return replace(self, debut=part.start or 0, fin=part.stop)

    def list_ids(self) -> list[UUID]:
        """Return the files of the slice, in order."""
        files = self.situations.order_by().values("dossier")
        owing = self.dettes.filter(dossier__in=files).order_by("-montant", "dossier_id")
        found = list(owing.values_list("dossier_id", flat=True)[self.debut : self.fin])
        if self.fin is not None and len(found) == self.fin - self.debut:
            return found
        before = self.debut + len(found) if found or not self.debut else owing.count()
        others = self.situations.exclude(dossier__in=self.dettes.values("dossier"))
        others = others.order_by("dossier_id").values_list("dossier_id", flat=True)
        fin = None if self.fin is None else max(self.fin - before, 0)
        return found + list(others[max(self.debut - before, 0) : fin])
