"""One indicator day by day, with the length of each day's bar."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Barre:
    """A day's figure; `longueur` is in percent of the month's highest day."""

    jour: date
    nombre: int
    longueur: int


def list_barres(jours: Sequence[date], nombres: Sequence[int | None]) -> list[Barre]:
    """Return one bar per day that is told; a month without anything has bars of no length."""
    told = [(jour, n) for jour, n in zip(jours, nombres, strict=True) if n is not None]
    highest = max((n for _, n in told), default=0)
    return [
        Barre(jour, nombre, round(100 * nombre / highest) if highest else 0)
        for jour, nombre in told
    ]
