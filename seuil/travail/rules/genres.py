"""The kinds of work, as the packages that raise them declare them: what, why, where, by whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from seuil.acteurs.matrice import load_matrice
from seuil.strict_yaml import Table, read_file

# What the address of a page may take.
SUR = ("numero", "source", "devoir")
# What ends a task that nobody does.
TERMES = ("jour", "mandat", "fait")
# Which of the two days of a task counts.
DATES = ("due", "caduque")


class Rang(IntEnum):
    """What missing a day costs, the gravest first."""

    IRREVERSIBLE = 1
    LEGALE = 2
    CONVENTION = 3
    COURTOISIE = 4


_RANGS = {rang.name.lower(): rang for rang in Rang}


@dataclass(frozen=True, slots=True)
class Genre:
    """A kind of task: see the head of genres.yaml for each field."""

    code: str
    libelle: str
    pourquoi: str
    bouton: str
    page: str
    sur: str
    suite: str
    pour: frozenset[str]
    caduque: str
    terme: str
    en_lot: bool
    rang: Rang = Rang.CONVENTION
    date: str = "due"
    utile: int | None = None
    disparait: str = ""
    attente: bool = False
    attendu_par: frozenset[str] = frozenset()


def parse_genres(table: Table, *, taken: Mapping[str, Genre]) -> dict[str, Genre]:
    """Read the kinds of one package strictly; `taken` are those of the others.

    Raises FichierIllisible on what is unknown, missing or written twice.
    """
    table.check_keys({"genres"})
    genres = table.table("genres")
    for code in sorted(set(genres) & set(taken)):
        genres.refuse(code, "un autre paquet a déjà ce genre de travail")
    return {code: _parse_genre(code, genres.table(code)) for code in genres}


def _parse_genre(code: str, table: Table) -> Genre:
    table.check_keys(
        (
            "libelle", "pourquoi", "bouton", "page", "sur", "pour", "caduque", "terme", "rang",
            "disparait",
        ),
        ("suite", "en_lot", "date", "utile", "attente", "attendu_par"),
    )  # fmt: skip
    roles = {p.role for p in load_matrice().profils.values() if p.role}
    return Genre(
        code=code,
        libelle=table.text("libelle"),
        pourquoi=table.text("pourquoi"),
        bouton=table.text("bouton"),
        page=table.text("page"),
        sur=table.choice("sur", SUR),
        suite=table.text("suite", default=""),
        pour=frozenset(table.texts("pour", among=roles, unknown="rôle inconnu")),
        caduque=table.text("caduque"),
        terme=table.choice("terme", TERMES),
        en_lot=table.flag("en_lot"),
        rang=_RANGS[table.choice("rang", _RANGS)],
        date=table.choice("date", DATES, default="due"),
        utile=table.count("utile", minimum=0) if "utile" in table else None,
        disparait=table.text("disparait"),
        attente=table.flag("attente"),
        attendu_par=frozenset(
            table.texts("attendu_par", default=(), among=roles, unknown="rôle inconnu")
        ),
    )


def load_genres(*, files: Iterable[Path]) -> dict[str, Genre]:
    """Return the kinds that files declare, by code. Raises FichierIllisible."""
    genres: dict[str, Genre] = {}
    for path in files:
        name = f"{path.parent.name}/{path.name}"
        genres |= parse_genres(read_file(path, fichier=name), taken=genres)
    return genres


# Each package that raises work has its file; nobody lists them.
GENRES: Mapping[str, Genre] = load_genres(
    files=sorted(Path(__file__).parents[2].glob("*/genres.yaml"))
)
# Done by the batch: shown apart, when asked for.
EN_LOT = frozenset(code for code, genre in GENRES.items() if genre.en_lot)
