"""Whether two households may be one: names, addresses, phones that differ as people type them."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from functools import lru_cache

from seuil.dossiers.rules import MenageRecu, normalise_adresse, normalise_nom

# From this likeness on, two names may be one mistyped; a word of them, at the same address.
_NOM = 0.82
_MOT = 0.75


@dataclass(frozen=True, slots=True)
class Identite:
    """What tells a household: as a source says it, or as it is known."""

    nom: str
    prenom: str
    adresse: str
    commune: str
    ne_le: date | None = None
    telephones: Collection[str] = field(default_factory=frozenset)


def read_identite(menage: MenageRecu) -> Identite:
    """Return what a row tells of its household."""
    phones = frozenset({menage.telephone} - {""})
    return Identite(menage.nom, menage.prenom, menage.adresse, menage.commune, menage.ne_le, phones)


def is_proche(a: Identite, b: Identite) -> bool:
    """Tell whether a person must say if they are one household.

    A phone in common; the same names, wherever; names alike in one commune; a name alike at the
    same address.
    """
    if set(a.telephones) & set(b.telephones):
        return True
    named = _compare(a, b)
    if named == 1 and a.prenom and b.prenom:
        return True
    if a.commune != b.commune:
        return False
    return named >= _NOM or (_is_same_place(a, b) and _has_word_alike(a, b))


def _compare(a: Identite, b: Identite) -> float:
    """Return how alike two names are; of the last ones alone when a first one is not known."""
    if a.prenom and b.prenom:
        return compare_noms(_write(a), _write(b))
    return compare_noms(normalise_nom(a.nom), normalise_nom(b.nom))


def _write(who: Identite) -> str:
    """Return the words of a name in order: typed the other way round, they are the same."""
    return " ".join(sorted(f"{normalise_nom(who.nom)} {normalise_nom(who.prenom)}".split()))


@lru_cache(maxsize=16_384)
def compare_noms(a: str, b: str) -> float:
    """Return how alike two names are, 1 when they are the same."""
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _is_same_place(a: Identite, b: Identite) -> bool:
    return compare_noms(normalise_adresse(a.adresse), normalise_adresse(b.adresse)) >= 0.9


def _has_word_alike(a: Identite, b: Identite) -> bool:
    return any(compare_noms(x, y) >= _MOT for x in _write(a).split() for y in _write(b).split())
