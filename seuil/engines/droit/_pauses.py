"""What suspends or stops the procedure, what it does not, and the texts that say so."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from seuil.engines.droit._model import Reference
from seuil.engines.droit._vocabulaire import CERTITUDES, HERE, read_references
from seuil.strict_yaml import read_file


@dataclass(frozen=True, slots=True)
class Effet:
    """The effect of a kind of suspension."""

    genre: str
    libelle: str
    suspend: str
    ne_suspend_pas: str
    certitude: str
    references: tuple[Reference, ...]


@cache
def load_effets() -> Mapping[str, Effet]:
    """Read the effect of each kind of suspension."""
    table = read_file(HERE / "pauses.yaml", fichier="pauses.yaml")
    effets = {}
    for genre in table:
        effet = table.table(genre)
        effet.check_keys(
            {"libelle", "suspend", "ne_suspend_pas", "certainty", "checked_on", "reference"}
        )
        effet.day("checked_on")
        effets[genre] = Effet(
            genre=genre,
            libelle=effet.text("libelle"),
            suspend=effet.text("suspend"),
            ne_suspend_pas=effet.text("ne_suspend_pas"),
            certitude=effet.choice("certainty", CERTITUDES),
            references=read_references(effet),
        )
    return MappingProxyType(effets)
