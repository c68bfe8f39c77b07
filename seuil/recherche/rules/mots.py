"""The words by which a thing is found: of a name, an address, a phone number."""

import re
from collections.abc import Iterator
from functools import lru_cache

from seuil.dossiers.rules import normalise, normalise_adresse, normalise_nom

# They stand in too many names and streets to find anything by.
LIAISONS = frozenset({
    "A", "AU", "AUX", "D", "DE", "DES", "DU", "EN", "ET", "L", "LA", "LE", "LES", "SUR", "SOUS",
})  # fmt: skip
# Of addresses, besides those that the key of a file spells out: that key may not change.
_ABREVIATIONS = {
    "APPT": "APPARTEMENT", "APT": "APPARTEMENT", "BAT": "BATIMENT", "BOUL": "BOULEVARD",
    "BVRD": "BOULEVARD", "CHEM": "CHEMIN", "FG": "FAUBOURG", "FBG": "FAUBOURG",
    "GAL": "GENERAL", "LOT": "LOTISSEMENT", "MAL": "MARECHAL", "PASS": "PASSAGE",
    "PDT": "PRESIDENT", "QU": "QUAI", "RESID": "RESIDENCE",
}  # fmt: skip
_COLLES = re.compile(r"(?<=\d)(?=[A-Z])")
_LETTRES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# One wrong letter of a shorter word makes another name.
_ASSEZ_LONG = 5


@lru_cache(maxsize=32_768)
def list_mots_du_nom(*parts: str) -> tuple[str, ...]:
    """Return the words of a name; each part of several words is one word too, as if joined."""
    words = dict.fromkeys(w for part in parts for w in _list_pleins(normalise_nom(part).split()))
    for part in parts:
        joined = normalise_nom(part).split()
        if 1 < len(joined) < 5:
            words["".join(joined)] = None
    return tuple(words)


@lru_cache(maxsize=32_768)
def list_mots_de_l_adresse(*parts: str) -> tuple[str, ...]:
    """Return the words of an address, spelt out."""
    words = (w for part in parts for w in _spell(part))
    return tuple(dict.fromkeys(_list_pleins(list(words))))


def join_commune(nom: str) -> str:
    """Return the name of a commune as one word: half of it finds nothing by itself."""
    return normalise_adresse(nom).replace(" ", "")


def read_telephone(text: str) -> str:
    """Return the digits of a phone number as they are dialled in France; empty: none."""
    digits = re.sub(r"\D", "", text)
    if text.strip().startswith("+33") or digits.startswith("0033"):
        # « +33 (0)6 »: the zero between parentheses is written twice.
        return "0" + digits.removeprefix("0033").removeprefix("33").removeprefix("0")
    if len(digits) == 11 and digits.startswith("33"):
        return "0" + digits[2:]
    return digits


def split_question(text: str) -> list[str]:
    """Return the words of a question, in their order, addresses spelt out."""
    return list(_spell(text))


def spell(word: str) -> str:
    """Return an abbreviation of addresses in full, and any other word as it is."""
    return _ABREVIATIONS.get(word) or normalise_adresse(word)


def _spell(text: str) -> Iterator[str]:
    for word in _COLLES.sub(" ", normalise(text)).split():
        yield spell(word)


def _list_pleins(words: list[str]) -> list[str]:
    return [w for w in words if w not in LIAISONS] or words


@lru_cache(maxsize=1024)
def list_voisins(word: str) -> tuple[str, ...]:
    """Return the words at one letter from a word: missing, added, changed, or two exchanged.

    They are compared for equality, which row-level security lets an index serve: a likeness of
    PostgreSQL (pg_trgm) is computed after it, on every row that the reader may read.
    """
    if len(word) < _ASSEZ_LONG - 1 or not word.isalpha():
        return ()
    halves = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    found = {a + c + b for a, b in halves for c in _LETTRES}
    if len(word) >= _ASSEZ_LONG:
        found |= {a + b[1:] for a, b in halves if b}
        found |= {a + b[1] + b[0] + b[2:] for a, b in halves if len(b) > 1}
        found |= {a + c + b[1:] for a, b in halves if b for c in _LETTRES}
    return tuple(sorted(found - {word}))
