"""A list of acts, as it arrives."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class ListeSaisie:
    """The file of a list, and what whoever deposits it says of it."""

    fichier: Path
    nom_fichier: str
    type_acte: str
    source: str
    departement: str
