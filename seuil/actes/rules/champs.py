"""The fields that a column can mean, and the headers by which lists call them (titres.yaml)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from seuil.actes.rules.types import LABELS_TYPE
from seuil.engines import tabular
from seuil.strict_yaml import Table, read_file

# What `lignes.py` reads of a row: the file says how lists call each.
_CODES = frozenset({
    "nom", "prenom", "ne_le", "nom2", "prenom2", "adresse", "complement", "code_postal", "commune",
    "code_commune", "telephone", "courriel", "adultes", "enfants", "acte_le", "recu_le",
    "audience_le", "audience_heure", "juridiction", "montant", "loyer", "charges", "bail_le",
    "clause", "bailleur", "bailleur_nature", "bailleur_telephone", "bailleur_courriel",
    "bailleur_siret", "bailleur_adresse",
    "mandataire", "parc", "suivi", "service_social", "sens", "delai_jusqu_au", "reference",
})  # fmt: skip
FICHIER = Path(__file__).parent.parent / "titres.yaml"


@dataclass(frozen=True, slots=True)
class Champ:
    """A field that a column can mean, and the headers by which lists call it."""

    code: str
    libelle: str
    synonymes: tuple[str, ...]
    obligatoire: bool = False


@dataclass(frozen=True, slots=True)
class Titres:
    """The whole file: the fields, and the headers of the act's day for each kind of list."""

    champs: Mapping[str, Champ]
    dates: Mapping[str, tuple[str, ...]]


@cache
def load_titres() -> Titres:
    """Return the headers of the lists.

    Raises FichierIllisible, naming file and line, on anything unknown, missing or written twice.
    """
    return parse_titres(read_file(FICHIER, fichier="actes/titres.yaml"))


def parse_titres(data: Table) -> Titres:
    """Read the headers of the lists; see load_titres."""
    data.check_keys(("champs", "dates"))
    champs, dates = data.table("champs"), data.table("dates")
    champs.check_keys(_CODES)
    dates.check_keys(LABELS_TYPE)
    seen: set[str] = set()
    return Titres(
        champs=MappingProxyType({c: _parse_champ(c, champs.table(c), seen) for c in champs}),
        # The same header may name the day of several kinds of lists.
        dates=MappingProxyType({t: _parse_headers(dates, t, set()) for t in dates}),
    )


def _parse_champ(code: str, table: Table, seen: set[str]) -> Champ:
    table.check_keys(("libelle", "titres"), ("obligatoire",))
    return Champ(
        code,
        table.text("libelle"),
        _parse_headers(table, "titres", seen),
        table.flag("obligatoire"),
    )


def _parse_headers(table: Table, key: str, seen: set[str]) -> tuple[str, ...]:
    """Return headers, none of which was seen already, written so or nearly."""
    headers = table.texts(key)
    for header in headers:
        normalised = tabular.normalise_header(header)
        if normalised in seen:
            table.refuse(key, f"le titre « {header} » est déjà donné, gardez-en un")
        seen.add(normalised)
    return headers


def get_synonymes(type_acte: str) -> dict[str, tuple[str, ...]]:
    """Return the headers of each field for a kind of list; the dates of the act come first."""
    titres = load_titres()
    synonyms = {code: champ.synonymes for code, champ in titres.champs.items()}
    dates = titres.dates[type_acte]
    taken = {tabular.normalise_header(header) for header in dates}
    synonyms = {
        code: tuple(h for h in headers if tabular.normalise_header(h) not in taken)
        for code, headers in synonyms.items()
    }
    synonyms["acte_le"] = dates + titres.champs["acte_le"].synonymes
    if type_acte == "audience":
        # In a list of hearings the hearing is the act.
        synonyms.pop("audience_le")
    return synonyms


def get_known_headers(type_acte: str) -> set[str]:
    """Return every header by which the table of such a list can be found in its file."""
    return {header for headers in get_synonymes(type_acte).values() for header in headers}


def why_not_mapping(correspondance: Mapping[int, str]) -> str | None:
    """Return what a mapping lacks to read a row, in French, or None when it is enough."""
    fields = set(correspondance.values())
    missing = [
        c.libelle for c in load_titres().champs.values() if c.obligatoire and c.code not in fields
    ]
    if not fields & {"commune", "code_postal", "code_commune"}:
        missing.append("Commune (ou code postal)")
    if not missing:
        return None
    return (
        "Aucune colonne n’est reconnue pour : "
        + ", ".join(missing)
        + ". Indiquez laquelle la contient, ou ajoutez-la au fichier."
    )
