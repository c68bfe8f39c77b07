"""Write dates and durations as a French letter would."""

from datetime import date
from functools import lru_cache

from seuil.engines.droit._vocabulaire import load_units

MOIS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


@lru_cache(maxsize=65_536)
def write_date(le: date) -> str:
    """Write « 1er mars 2026 », « 7 mai 2024 »."""
    jour = "1er" if le.day == 1 else str(le.day)
    return f"{jour} {MOIS[le.month - 1]} {le.year}"


@lru_cache(maxsize=1_024)
def write_duree(n: int, unit: str) -> str:
    """Write « 6 semaines », « 1 jour ouvré »."""
    un, plusieurs = load_units()[unit]
    return f"{n} {un if n == 1 else plusieurs}"
