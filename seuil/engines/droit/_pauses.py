"""What suspends or stops the procedure, what it does not, and the texts that say so."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from seuil.engines.droit._loader import CERTITUDES, HERE, _read_references, _Reader, read_table
from seuil.engines.droit._model import Reference


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
    table = read_table(HERE / "pauses.yaml")
    effets = {}
    for genre in table:
        reader = _Reader("pauses.yaml", table[genre], genre, table.lines[genre])
        reader.check_keys(
            {"libelle", "suspend", "ne_suspend_pas", "certainty", "checked_on", "reference"}
        )
        reader.day("checked_on")
        effets[genre] = Effet(
            genre=genre,
            libelle=reader.text("libelle"),
            suspend=reader.text("suspend"),
            ne_suspend_pas=reader.text("ne_suspend_pas"),
            certitude=reader.choice("certainty", CERTITUDES),
            references=_read_references(reader),
        )
    return MappingProxyType(effets)
