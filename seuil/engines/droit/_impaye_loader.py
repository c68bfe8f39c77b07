"""Read `impaye.yaml` strictly: thresholds in euros and months, dated like the delays."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from seuil.engines.droit._impaye_model import AVANCE, ECHU, Bareme, Exigibilite, Palier
from seuil.engines.droit._vocabulaire import CERTITUDES, HERE, read_references
from seuil.strict_yaml import Table, read_file

BAREMES = ("B", "H1", "H2", "H9")
_PALIER_KEYS = {"valid_from", "valid_to", "certainty", "checked_on", "note", "reference"}
_PALIER_OPTIONAL = {
    "multiple", "multiple_max", "mois", "mois_max", "plafond", "plafond_compris", "charges", "rls",
    "transition",
}  # fmt: skip
_EXIGIBILITE_KEYS = {"checked_on", "certainty", "note", "reference"}


@cache
def load_baremes() -> Mapping[str, Bareme]:
    """Read every threshold, by rule."""
    return read_baremes(HERE / "impaye.yaml")


@cache
def load_exigibilites() -> Mapping[str, Exigibilite]:
    """Read when a term is due, by way of paying rent."""
    table = read_file(HERE / "impaye.yaml", fichier="impaye.yaml").table("exigibilite")
    table.check_keys({AVANCE, ECHU} | _EXIGIBILITE_KEYS)
    table.day("checked_on")
    read_references(table)
    return MappingProxyType({code: _read_exigibilite(table.table(code)) for code in (AVANCE, ECHU)})


def read_baremes(path: Path) -> Mapping[str, Bareme]:
    """Read one file of thresholds.

    Raises FichierIllisible, naming file and line, at the first thing it does not understand.
    """
    table = read_file(path, fichier=path.name)
    table.check_keys({"exigibilite", *BAREMES})
    return MappingProxyType({code: _read_bareme(table.table(code), code) for code in BAREMES})


def _read_exigibilite(table: Table) -> Exigibilite:
    table.check_keys({"mois_apres", "jour", "texte"})
    return Exigibilite(
        mois_apres=table.count("mois_apres", minimum=0, maximum=1),
        jour=table.count("jour"),
        texte=table.text("texte"),
    )


def _read_bareme(table: Table, code: str) -> Bareme:
    table.check_keys({"libelle", "description", "versions"}, {"annonce_mois"})
    versions = tuple(_read_palier(sub) for sub in table.tables("versions"))
    for before, after in pairwise(versions):
        if before.valid_to is None or after.valid_from <= before.valid_to:
            table.refuse("versions", "les périodes se recouvrent ou sont en désordre")
    return Bareme(
        id=code,
        libelle=table.text("libelle"),
        description=table.text("description"),
        versions=versions,
        annonce_mois=table.count("annonce_mois") if "annonce_mois" in table else None,
    )


def _read_palier(table: Table) -> Palier:
    table.check_keys(_PALIER_KEYS, _PALIER_OPTIONAL)
    if not {"multiple", "mois", "plafond"} & set(table):
        table.refuse("note", "un seuil est attendu\N{NO-BREAK SPACE}: multiple, mois ou plafond")
    start, end = table.day("valid_from"), table.day_or_open("valid_to")
    if end is not None and end < start:
        table.refuse("valid_to", "la période finit avant de commencer")

    def count(key: str) -> int | None:
        return table.count(key) if key in table else None

    plafond = count("plafond")
    return Palier(
        valid_from=start,
        valid_to=end,
        multiple=count("multiple"),
        multiple_max=count("multiple_max"),
        mois=count("mois"),
        mois_max=count("mois_max"),
        plafond=None if plafond is None else Decimal(plafond),
        plafond_compris=table.flag("plafond_compris"),
        charges=table.flag("charges"),
        rls=table.flag("rls"),
        certainty=table.choice("certainty", CERTITUDES),
        checked_on=table.day("checked_on"),
        transition=table.text("transition", default=""),
        note=table.text("note"),
        references=read_references(table),
    )
