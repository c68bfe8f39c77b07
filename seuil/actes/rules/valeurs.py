"""The words by which lists say a nature, a parc, a sense (mots.yaml)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from seuil.actes.rules.types import SENS_PAR_TYPE
from seuil.dossiers.rules import normalise
from seuil.strict_yaml import Table, read_file

FICHIER = Path(__file__).parent.parent / "mots.yaml"


@dataclass(frozen=True, slots=True)
class Mots:
    """Normalised word → what it says, for each thing that a cell can say."""

    natures: Mapping[str, str]
    parcs: Mapping[str, str]
    suivis: Mapping[str, str]
    clauses: Mapping[str, str]
    # By kind of act, the senses that lists write.
    sens: Mapping[str, Mapping[str, str]]
    # By kind of fact, what is expected, told to whoever does not write it.
    sens_attendus: Mapping[str, str]


@cache
def load_mots() -> Mots:
    """Return the words of the lists.

    Raises FichierIllisible, naming file and line, on anything unknown, missing or written twice.
    """
    return parse_mots(read_file(FICHIER, fichier="actes/mots.yaml"))


def parse_mots(data: Table) -> Mots:
    """Read the words of the lists; see load_mots."""
    data.check_keys(("natures", "parcs", "suivis", "clauses", "sens"))
    sens = data.table("sens")
    # A signification bears the sense of what it notifies: nobody writes it.
    sens.check_keys(set(SENS_PAR_TYPE) - {"signification"})
    for kind in sens:
        sens.table(kind).check_keys(("attendu",), ("mots",))
    return Mots(
        natures=_parse_mots(data.table("natures")),
        parcs=_parse_mots(data.table("parcs")),
        suivis=_parse_mots(data.table("suivis")),
        clauses=_parse_mots(data.table("clauses")),
        sens=MappingProxyType(
            {kind: _parse_sens(sens.table(kind), kind) for kind in sens if "mots" in sens[kind]}
        ),
        sens_attendus=MappingProxyType({kind: sens.table(kind).text("attendu") for kind in sens}),
    )


def _parse_sens(table: Table, kind: str) -> Mapping[str, str]:
    mots = table.table("mots")
    mots.check_keys(SENS_PAR_TYPE[kind])
    return _parse_mots(mots)


def _parse_mots(table: Table) -> Mapping[str, str]:
    """Return word → value; a word that says two things is refused."""
    values: dict[str, str] = {}
    for value in table:
        for mot in table.texts(value):
            if normalise(mot) in values:
                table.refuse(value, f"le mot « {mot} » est déjà donné, gardez-en un")
            values[normalise(mot)] = value
    return MappingProxyType(values)
