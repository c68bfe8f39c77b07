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


def list_barres(jours: Sequence[date], nombres: Sequence[int]) -> list[Barre]:
    """Return one bar per day; a month without anything has bars of no length."""
    highest = max(nombres, default=0)
    return [
        Barre(jour, nombre, round(100 * nombre / highest) if highest else 0)
        for jour, nombre in zip(jours, nombres, strict=True)
    ]
