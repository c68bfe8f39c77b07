"""Verify the journal's chain from its rows alone: no database, no code of the one that seals it.

A seal is SHA-256(previous seal ‖ line), the line being its values in order, each written as its
length, a colon, the value and a comma (« -, » when there is none). Says the first bad rank, never
repairs anything.
"""

from seuil.engines.chaine._verify import (
    COLONNES,
    COURT,
    Ancrage,
    Faute,
    Orpheline,
    Rangee,
    Verdict,
    verify_chain,
)

__all__ = [
    "COLONNES",
    "COURT",
    "Ancrage",
    "Faute",
    "Orpheline",
    "Rangee",
    "Verdict",
    "verify_chain",
]
