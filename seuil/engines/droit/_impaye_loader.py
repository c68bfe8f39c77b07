"""Read `impaye.yaml` strictly: thresholds in euros and months, dated like the delays."""

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from seuil.engines.droit._impaye_model import AVANCE, ECHU, Bareme, Exigibilite, Palier
from seuil.engines.droit._loader import (
    CERTITUDES,
    HERE,
    ParametreInvalide,
    _read_references,
    _Reader,
    read_table,
)

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
    path = HERE / "impaye.yaml"
    reader = _Reader(path.name, read_table(path), "fichier", 1).sub("exigibilite")
    reader.check_keys({AVANCE, ECHU} | _EXIGIBILITE_KEYS)
    reader.day("checked_on")
    _read_references(reader)
    return MappingProxyType({code: _read_exigibilite(reader.sub(code)) for code in (AVANCE, ECHU)})


def read_baremes(path: Path) -> Mapping[str, Bareme]:
    """Read one file of thresholds.

    Raises ParametreInvalide, naming file and line, at the first thing it does not understand.
    """
    reader = _Reader(path.name, read_table(path, path.parent), "fichier", 1)
    reader.check_keys({"exigibilite", *BAREMES})
    return MappingProxyType({code: _read_bareme(reader.sub(code), code) for code in BAREMES})


def _read_exigibilite(reader: _Reader) -> Exigibilite:
    reader.check_keys({"mois_apres", "jour", "texte"})
    after = reader.table["mois_apres"]
    if after not in (0, 1):
        reader.refuse("mois_apres", "0 ou 1 est attendu")
    return Exigibilite(mois_apres=after, jour=reader.count("jour"), texte=reader.text("texte"))


def _read_bareme(reader: _Reader, code: str) -> Bareme:
    reader.check_keys({"libelle", "description", "versions"}, {"annonce_mois"})
    versions = tuple(_read_palier(sub) for sub in reader.subs("versions"))
    for before, after in pairwise(versions):
        if before.valid_to is None or after.valid_from <= before.valid_to:
            reader.refuse("versions", "les périodes se recouvrent ou sont en désordre")
    return Bareme(
        id=code,
        libelle=reader.text("libelle"),
        description=reader.text("description"),
        versions=versions,
        annonce_mois=reader.count("annonce_mois") if "annonce_mois" in reader.table else None,
    )


def _read_palier(reader: _Reader) -> Palier:
    reader.check_keys(_PALIER_KEYS, _PALIER_OPTIONAL)
    if not {"multiple", "mois", "plafond"} & set(reader.table):
        reader.refuse("note", "un seuil est attendu\N{NO-BREAK SPACE}: multiple, mois ou plafond")
    start, end = reader.day("valid_from"), reader.day_or_open("valid_to")
    if end is not None and end < start:
        reader.refuse("valid_to", "la période finit avant de commencer")

    def count(key: str) -> int | None:
        return reader.count(key) if key in reader.table else None

    plafond = count("plafond")
    return Palier(
        valid_from=start,
        valid_to=end,
        multiple=count("multiple"),
        multiple_max=count("multiple_max"),
        mois=count("mois"),
        mois_max=count("mois_max"),
        plafond=None if plafond is None else Decimal(plafond),
        plafond_compris=reader.flag("plafond_compris"),
        charges=reader.flag("charges"),
        rls=reader.flag("rls"),
        certainty=reader.choice("certainty", CERTITUDES),
        checked_on=reader.day("checked_on"),
        transition=reader.text("transition", default=""),
        note=reader.text("note"),
        references=_read_references(reader),
    )


__all__ = ["BAREMES", "ParametreInvalide", "load_baremes", "load_exigibilites", "read_baremes"]
