"""Names of columns: compare them without accents, guess which field each one holds."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from difflib import SequenceMatcher

_NOT_ALNUM = re.compile(r"[^0-9a-z]+")
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
_EMPTY_WORDS = frozenset({"d", "de", "des", "du", "l", "la", "le", "les", "en", "a", "au", "n"})
_CLOSE = 0.86
_MARGIN = 0.04


def normalise_header(text: str) -> str:
    """Return the header in lower case ASCII words: "N° du Dossier " gives "n du dossier"."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    plain = "".join(char for char in plain if not unicodedata.combining(char)).casefold()
    return _NOT_ALNUM.sub(" ", plain).strip()


def _closeness(header: str, synonym: str) -> float:
    words = [word for word in header.split() if word not in _EMPTY_WORDS]
    wanted = [word for word in synonym.split() if word not in _EMPTY_WORDS]
    if not words or not wanted:
        return 0.0
    if sorted(words) == sorted(wanted):
        return 0.99
    return SequenceMatcher(None, " ".join(words), " ".join(wanted), autojunk=False).ratio()


def suggest_mapping(
    headers: Sequence[str], synonyms: Mapping[str, Collection[str]]
) -> dict[int, str]:
    """Propose a field for each column: exact synonym first, then one clear close match.

    A field is never proposed twice; a doubtful column is left out, for a person to map.
    """
    names = [normalise_header(header) for header in headers]
    wanted = {
        field: [normalise_header(word) for word in (field, *words)]
        for field, words in synonyms.items()
    }
    mapping: dict[int, str] = {}
    for field, words in wanted.items():
        for word in words:
            columns = [i for i, name in enumerate(names) if name == word and i not in mapping]
            if word and columns:
                mapping[columns[0]] = field
                break
    free = [i for i, name in enumerate(names) if name and i not in mapping]
    open_fields = [field for field in wanted if field not in mapping.values()]
    scores = {
        (column, field): max(_closeness(names[column], word) for word in wanted[field])
        for column in free
        for field in open_fields
    }
    # A column close to a field already taken is more likely a variant of that field.
    taken = {
        column: max(
            (_closeness(names[column], word) for f in mapping.values() for word in wanted[f]),
            default=0.0,
        )
        for column in free
    }
    for (column, field), score in scores.items():
        rivals = [s for (c, f), s in scores.items() if (c == column) != (f == field)]
        if score >= _CLOSE and score - max([*rivals, taken[column]]) >= _MARGIN:
            mapping[column] = field
    return dict(sorted(mapping.items()))
