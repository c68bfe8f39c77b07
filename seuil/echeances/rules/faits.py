"""What starts a delay: dated facts, and the rules that each sets running.

The facts are those of the law (engines/droit/faits.yaml): which one starts a rule is said there.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from seuil.engines import droit
from seuil.strict_yaml import read_file

FICHIER = Path(__file__).parent.parent / "faits.yaml"


def list_suites() -> Mapping[str, str]:
    """Return the rules that start when another one ends: that one → the next."""
    return _load("suites")


def list_a_obtenir() -> Mapping[str, str]:
    """Return fact → what to obtain when its day is not known, in the words of the screen."""
    return _load("a_obtenir")


@cache
def _load(key: str) -> Mapping[str, str]:
    table = read_file(FICHIER, fichier="echeances/faits.yaml")
    table.check_keys({"suites", "accomplies", "sans_objet", "a_obtenir"})
    said = table.table(key)
    return {name: said.text(name) for name in said}


@droit.remembered(maxsize=1)
def list_regles_par_fait() -> Mapping[str, tuple[str, ...]]:
    """Return fact → the rules it starts whose dates each file keeps, as the law says (`debut`)."""
    return _index_debuts("suivie")


@droit.remembered(maxsize=1)
def list_regles_lues() -> Mapping[str, tuple[str, ...]]:
    """Return fact → the rules whose dates are computed when a file is opened: no list nor task
    waits for them."""
    return _index_debuts("lue")


def _index_debuts(echeance: str) -> Mapping[str, tuple[str, ...]]:
    index: dict[str, tuple[str, ...]] = {}
    for regle in droit.regles().values():
        if regle.echeance == echeance:
            index[regle.debut] = (*index.get(regle.debut, ()), regle.id)
    return index


class _Categories(Mapping[str, str]):
    """Rule → category, of those that tell of more than the procedure.

    Read from the law when it is asked: a model that names it reads no file when it is imported.
    """

    def __getitem__(self, regle: str) -> str:
        return _read_categories()[regle]

    def __iter__(self) -> Iterator[str]:
        return iter(_read_categories())

    def __len__(self) -> int:
        return len(_read_categories())


@droit.remembered(maxsize=1)
def _read_categories() -> Mapping[str, str]:
    return {r.id: r.categorie for r in droit.regles().values() if r.categorie}


CATEGORIE_PAR_REGLE = _Categories()


class Fait(NamedTuple):
    """A dated fact that starts delays; `le` is None when its day is still to be obtained.

    `arguments` are the other facts that decide of its dates: name and value, dates in ISO form.
    """

    dossier_id: UUID
    genre: str
    le: date | None
    source_type: str
    source_id: UUID
    arguments: tuple[tuple[str, str], ...] = ()
