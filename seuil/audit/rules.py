"""What the journal decides without a database: what a query shows, how long it is kept."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

# Classes of `class Privacy` that speak of a household.
CATEGORIES: Mapping[str, str] = {
    "identite": "identité",
    "contact": "adresse et coordonnées",
    "finance": "bail, dette et ressources",
    "social": "situation sociale",
    "procedure": "procédure et dates",
    "journal": "liste des consultations",
}
# CNIL, délibération n° 2021-122: six months to one year; three years at most, when justified.
RETENTION_MIN, RETENTION_MAX = 6, 36

# Table → column → classes of data; what a table holds besides is technical.
Registre = Mapping[str, Mapping[str, str]]

_TOKEN = re.compile(r"'(?:[^']|'')*'|\(|\)|\bFROM\b", re.IGNORECASE)
_COLUMN = re.compile(r'"(\w+)"\."(\w+)"')
_COUNT = re.compile(r'SELECT COUNT\(\*\)(?: AS "\w+")?', re.IGNORECASE)
_ALIAS = re.compile(r'(?<![\w."])"?[TUVW]\d+"?\.')


def find_categories(sql: str, registre: Registre) -> frozenset[str]:
    """Return the classes of data that the answer to a statement may hold; none when it only writes.

    Django writes which columns it asks for: they alone count. A statement written by hand counts
    for every table it names.
    """
    return _find_categories(sql, _Hashed(registre))


class _Hashed:
    """A registry as the key of a cache: the same object, always."""

    def __init__(self, registre: Registre) -> None:
        self.registre = registre

    def __hash__(self) -> int:
        return id(self.registre)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Hashed) and other.registre is self.registre


@lru_cache(maxsize=4096)
def _find_categories(sql: str, key: _Hashed) -> frozenset[str]:
    registre = key.registre
    head = sql.lstrip(" (\n")[:7].upper()
    if not head.startswith(("SELECT", "WITH", "FETCH", "DECLARE")):
        return frozenset()
    shown = _select_list(sql) if head.startswith("SELECT") and sql.startswith("SELECT") else None
    if shown is not None and _COUNT.fullmatch(shown.strip()):
        return frozenset()
    if shown is not None and sql[len(shown) :].lstrip()[4:].lstrip().startswith("("):
        # A query within the query: its own columns are what the outer one shows.
        return frozenset(
            registre[t][c] for t, c in _COLUMN.findall(sql) if c in registre.get(t, {})
        ) | (_of_tables(sql, registre) if _ALIAS.search(sql) else frozenset())
    if shown is None or _ALIAS.search(shown) or '"' not in sql:
        return _of_tables(sql, registre)
    asked = _COLUMN.findall(shown)
    found = {registre[t][c] for t, c in asked if c in registre.get(t, {})}
    # A table named otherwise than by its columns: a subquery among what is shown.
    rest = _COLUMN.sub("", shown)
    return frozenset(found) | _of_tables(rest, registre)


def _of_tables(text: str, registre: Registre) -> frozenset[str]:
    words = set(re.findall(r"\w+", text))
    return frozenset(c for table in words & set(registre) for c in registre[table].values())


def _select_list(sql: str) -> str | None:
    """Return what stands between SELECT and its FROM; None when there are several SELECT."""
    depth = 0
    for token in _TOKEN.finditer(sql):
        if token[0] == "(":
            depth += 1
        elif token[0] == ")":
            depth -= 1
        elif depth == 0 and token[0][0] != "'":
            rest = sql[token.end() :]
            return (
                None if re.search(r"\b(UNION|INTERSECT|EXCEPT)\b", rest) else sql[: token.start()]
            )
    return sql


def why_bad_retention(mois: int) -> str | None:
    """Return why a duration of the journal cannot be, or None."""
    if RETENTION_MIN <= mois <= RETENTION_MAX:
        return None
    return (
        f"La durée du journal va de {RETENTION_MIN} à {RETENTION_MAX} mois (CNIL, délibération"
        f" n°\N{NO-BREAK SPACE}2021-122)\N{NO-BREAK SPACE}: {mois} n’est pas accepté."
    )


def list_libelles(categories: Collection[str]) -> list[str]:
    """Return the French names of classes of data, always in the same order."""
    return [label for code, label in CATEGORIES.items() if code in categories]


@dataclass(frozen=True, slots=True)
class Volume:
    """How much one agent did since an instant."""

    by_id: str
    departement: str
    # Files opened one by one; files seen at all; files taken away; requests refused.
    fiches: int = 0
    listes: int = 0
    exports: int = 0
    refus: int = 0
    # The alerts given since about this agent.
    dites: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Surveillance:
    """From how much on, in a time, nobody does that for the work of a day."""

    duree: timedelta
    fiches: int
    listes: int
    exports: int
    refus: int


SURVEILLANCES = (
    Surveillance(timedelta(hours=1), fiches=80, listes=2_000, exports=5, refus=30),
    Surveillance(timedelta(hours=24), fiches=500, listes=6_000, exports=15, refus=90),
)
# How far back the officer reads them.
ALERTES_LUES = timedelta(days=366)
_GENRES = ("fiches", "listes", "exports", "refus")


def read_surveillances(heure: str, jour: str) -> tuple[Surveillance, ...]:
    """Return what is watched, from two settings « fiches,listes,exports,refus »; empty: as usual.

    Raises ValueError, naming what is wrong: nobody watches by mistake with a threshold of zero.
    """
    return tuple(
        _read_surveillance(usual, text)
        for usual, text in zip(SURVEILLANCES, (heure, jour), strict=True)
    )


def _read_surveillance(usual: Surveillance, text: str) -> Surveillance:
    if not text.strip():
        return usual
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != len(_GENRES) or not all(part.isdecimal() and int(part) for part in parts):
        told = f"« {text} » : quatre nombres d’au moins 1 attendus ({', '.join(_GENRES)})"
        raise ValueError(told)
    return Surveillance(usual.duree, *map(int, parts))


def list_exces(*, volume: Volume, surveillance: Surveillance) -> list[str]:
    """Return the alerts that a volume calls for, those already given left out."""
    over = [g for g in _GENRES if getattr(volume, g) >= getattr(surveillance, g)]
    return [kind for kind in (f"alerte.{g}" for g in over) if kind not in volume.dites]


def merge(sets: Iterable[Collection[str]]) -> frozenset[str]:
    """Return what is in any of the sets."""
    return frozenset(x for s in sets for x in s)
