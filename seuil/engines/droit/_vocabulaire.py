"""The words that every file of the law uses: units, facts, certainties, references."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from seuil.engines.droit._model import Reference
from seuil.strict_yaml import Table, read_file

HERE = Path(__file__).parent
CERTITUDES = ("sure", "contested", "to_check")
# The landlords that the law tells apart: an organisme of social housing, or any other.
BAILLEURS: Mapping[str, str] = MappingProxyType({"prive": "privé", "social": "social"})
# The leases that the law tells apart; a rule says which it is not about.
NATURES: Mapping[str, str] = MappingProxyType({
    "habitation": "bail d’habitation",
    "logement_foyer": "contrat d’un logement-foyer",
    "commercial": "bail commercial ou professionnel",
})  # fmt: skip
# Where an appellant lives, seen from the court: elsewhere than overseas law allows for, or abroad.
AILLEURS, ETRANGER = "ailleurs", "etranger"
DOMICILES = (AILLEURS, ETRANGER)


@cache
def load_units() -> Mapping[str, tuple[str, str]]:
    """Read the known units, each with its French singular and plural."""
    table = read_file(HERE / "units.yaml", fichier="units.yaml")
    units = {}
    for name in table:
        forms = table.table(name)
        forms.check_keys({"un", "plusieurs"})
        units[name] = (forms.text("un"), forms.text("plusieurs"))
    return MappingProxyType(units)


@cache
def load_faits() -> Mapping[str, str]:
    """Read the known start facts, each with its French label."""
    table = read_file(HERE / "faits.yaml", fichier="faits.yaml")
    return MappingProxyType({name: table.text(name) for name in table})


@cache
def load_vendredi_saint() -> frozenset[str]:
    """Read the communes where Good Friday is known to be a holiday."""
    table = read_file(HERE / "vendredi_saint.yaml", fichier="vendredi_saint.yaml")
    for commune in table:
        table.table(commune).check_keys({"commune", "source"})
    return frozenset(table)


def read_unit(table: Table) -> str:
    """Return the unit of a length of time."""
    return table.choice("unit", load_units(), unknown="unité inconnue")


def read_references(table: Table) -> tuple[Reference, ...]:
    """Return the texts that a value stands on: each with its title and its address."""
    references = []
    for sub in table.tables("reference"):
        sub.check_keys({"titre", "url"})
        url = sub.text("url")
        if not url.startswith(("https://", "http://")):
            sub.refuse("url", "une adresse https:// est attendue")
        references.append(Reference(titre=sub.text("titre"), url=url))
    return tuple(references)
