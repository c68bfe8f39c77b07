"""The kinds of work, as the packages that raise them declare them: what, why, where, by whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from seuil.acteurs.matrice import load_matrice
from seuil.strict_yaml import Table, read_file

# What the address of a page may take.
SUR = ("numero", "source", "devoir")
# What ends a task that nobody does.
TERMES = ("jour", "mandat", "fait")


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
        ("libelle", "pourquoi", "bouton", "page", "sur", "pour", "caduque", "terme"),
        ("suite", "en_lot"),
    )
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
