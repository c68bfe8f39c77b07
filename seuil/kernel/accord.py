"""A number and the noun that agrees with it; pure."""

from datetime import time

NBSP = "\N{NO-BREAK SPACE}"
# Between thousands, and before ; ! ?
NNBSP = "\N{NARROW NO-BREAK SPACE}"


def write_nombre(value: int) -> str:
    """Write « 12 500 »."""
    return f"{value:,}".replace(",", NNBSP)


def write_pluriel(count: int, one: str, many: str = "") -> str:
    """Write « 0 dossier », « 1 dossier retenu », « 12 dossiers retenus ».

    Each word takes an « s » when nothing else is given.
    """
    told = one if abs(count) < 2 else many or " ".join(f"{word}s" for word in one.split())
    return f"{write_nombre(count)}{NBSP}{told}"


def write_heure(heure: time) -> str:
    """Write « 9 h 30 », « 14 h »."""
    minutes = f"{NBSP}{heure:%M}" if heure.minute else ""
    return f"{heure.hour}{NBSP}h{minutes}"
