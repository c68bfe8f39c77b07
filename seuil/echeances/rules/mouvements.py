"""Dates before and after a change of facts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from seuil.echeances.rules.calculs import EcheanceCalculee


@dataclass(frozen=True, slots=True)
class Mouvement:
    """A date before and after a change of facts or of law; None where it is not known."""

    regle: str
    source_id: UUID
    avant: EcheanceCalculee | None
    apres: EcheanceCalculee | None

    @property
    def jours(self) -> int | None:
        """Return by how many days the date moves, None when one side has no date."""
        if self.avant is None or self.apres is None:
            return None
        if self.avant.le is None or self.apres.le is None:
            return None
        return (self.apres.le - self.avant.le).days

    @property
    def bouge(self) -> bool:
        """Tell whether something that a person reads changes: date, other readings, certainty."""
        return _shown(self.avant) != _shown(self.apres)


def _shown(echeance: EcheanceCalculee | None) -> tuple[object, ...] | None:
    if echeance is None:
        return None
    return (echeance.le, echeance.autres, echeance.certitude, echeance.a_obtenir)


def compare_echeances(
    avant: Iterable[EcheanceCalculee], apres: Iterable[EcheanceCalculee]
) -> list[Mouvement]:
    """Return what becomes of each deadline, by its date after the change then before it."""
    old = {(e.regle, e.source_id): e for e in avant}
    new = {(e.regle, e.source_id): e for e in apres}
    moves = [
        Mouvement(regle, source, old.get((regle, source)), new.get((regle, source)))
        for regle, source in {**old, **new}
    ]
    return sorted(moves, key=_order)


def _order(mouvement: Mouvement) -> tuple[date, str]:
    dates = [e.le for e in (mouvement.apres, mouvement.avant) if e and e.le]
    return (dates[0] if dates else date.max, mouvement.regle)
