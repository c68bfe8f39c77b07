"""What is said of a household, by a source or by a person; the key by which it is recognised."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

# Abbreviations that the same address shows from one list to another.
_ABREVIATIONS = {
    "AV": "AVENUE",
    "AVE": "AVENUE",
    "BD": "BOULEVARD",
    "BLD": "BOULEVARD",
    "BVD": "BOULEVARD",
    "CH": "CHEMIN",
    "CHE": "CHEMIN",
    "CRS": "COURS",
    "IMP": "IMPASSE",
    "ALL": "ALLEE",
    "ALLEES": "ALLEE",
    "PL": "PLACE",
    "R": "RUE",
    "RTE": "ROUTE",
    "RES": "RESIDENCE",
    "SQ": "SQUARE",
    "ST": "SAINT",
    "STE": "SAINTE",
}
_NOT_WORD = re.compile(r"[^A-Z0-9]+")
_CIVILITES = frozenset({"M", "MR", "MME", "MLLE", "MONSIEUR", "MADAME", "MADEMOISELLE"})


@dataclass(frozen=True, slots=True)
class MenageRecu:
    """A household, its dwelling, lease and landlord, as one row of a source describes them."""

    nom: str
    prenom: str
    adresse: str
    code_postal: str
    commune: str
    cle: str
    complement: str = ""
    ne_le: date | None = None
    nom2: str = ""
    prenom2: str = ""
    telephone: str = ""
    courriel: str = ""
    adultes: int | None = None
    enfants: int | None = None
    parc: str = "inconnu"
    bailleur: str = ""
    bailleur_nature: str = "inconnue"
    bailleur_telephone: str = ""
    bailleur_courriel: str = ""
    bailleur_siret: str = ""
    bailleur_adresse: str = ""
    mandataire: str = ""
    bail_le: date | None = None
    clause: str = ""
    loyer: Decimal | None = None
    charges: Decimal | None = None
    suivi: str = ""
    service_social: str = ""


@dataclass(frozen=True, slots=True)
class BailSaisi:
    """What a person knows of the lease; empty: not known."""

    signe_le: date | None = None
    reconduit_le: date | None = None
    clause_duree: str = ""
    terme: str = ""
    loyer: Decimal | None = None
    charges: Decimal | None = None


@dataclass(frozen=True, slots=True)
class AideSaisie:
    """The housing aid as a source states it; 0 says that there is none."""

    constatee_le: date
    montant: Decimal
    tiers_payant: bool
    source: str


@dataclass(frozen=True, slots=True)
class SuiviSaisi:
    """What a social service says of the household."""

    situation: str
    constate_le: date
    source: str
    service: str = ""
    mesure: str = ""
    # The service of the directory whose answer it is.
    organisation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class SuiviRepondu:
    """What an organisation answers of a household for itself; empty: it withdraws its answer.

    `vu` is the answer that whoever answers had before the eyes; `acte_id` the act it is asked for.
    """

    dossier_id: UUID
    situation: str = ""
    accompagne: bool = False
    mesure: str = ""
    depuis_le: date | None = None
    vu: UUID | None = None
    acte_id: UUID | None = None
    # Told on the page of the file: another day than that of the answer, which service, who said so.
    constate_le: date | None = None
    service: str = ""
    source: str = ""


def why_not_repondre(reponse: SuiviRepondu, *, on: date) -> str:
    """Return why an answer cannot be recorded as it is; empty when it can."""
    if reponse.situation != "connu" and (reponse.mesure or reponse.depuis_le):
        return (
            "Une mesure suppose un ménage suivi\N{NO-BREAK SPACE}: choisissez « suivi »,"
            " ou effacez la mesure et sa date."
        )
    if len(reponse.mesure) > MESURE_MAX:
        return "La mesure est trop longue : donnez son nom seulement (ASLL, MASP…)."
    if reponse.depuis_le and reponse.depuis_le > on:
        return "Ce mois est à venir : indiquez depuis quand la mesure est en cours."
    return ""


MESURE_MAX = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class FaitAjuste:
    """What a person corrects of one row of a file: the values that it wants there, and why.

    `vu` is the digest of the row as the person read it.
    """

    groupe: str
    ligne: UUID
    valeurs: Mapping[str, Any]
    vu: str
    motif: str
    precision: str = ""


# What a person corrects together → the category of the matrix that opens it.
CATEGORIE_PAR_GROUPE: Mapping[str, str] = {
    "coordonnee": "contact",
    **dict.fromkeys(("bail", "bailleur", "garant", "dette", "decompte"), "bail_dette"),
    **dict.fromkeys(("aide", "ressources"), "ressources"),
    "protection": "protection",
    "motif": "procedure",
}


@dataclass(frozen=True, slots=True)
class AnnonceSaisie:
    """The date of a deadline as it was told; `fait_id` is the fact that starts the deadline."""

    regle: str
    fait_id: UUID
    annoncee_le: date
    dite_le: date
    a_qui: str
    moyen: str
    source: str


@dataclass(frozen=True, slots=True)
class Plafond:
    """How many exceptional accesses one agent takes in a day before the officer must act."""

    par_jour: int = 5
    # From this many in a day, the officer is told that it repeats.
    repetition: int = 3


_UN_JOUR = timedelta(days=1)


def is_repeated(*, instants: Iterable[datetime], fois: int) -> bool:
    """Tell whether so many of them fall within twenty-four hours."""
    ranked = sorted(instants)
    return any(
        last - first < _UN_JOUR for first, last in zip(ranked, ranked[fois - 1 :], strict=False)
    )


# Those of a large list, which its import and the recomputation that follows ask again.
_MANY = 32_768


@lru_cache(maxsize=_MANY)
def normalise(text: str) -> str:
    """Return text in capitals, without accents, punctuation nor double spaces."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    ascii_only = plain.encode("ascii", "ignore").decode("ascii").upper()
    return _NOT_WORD.sub(" ", ascii_only).strip()


@lru_cache(maxsize=_MANY)
def normalise_adresse(text: str) -> str:
    """Return an address normalised, its usual abbreviations spelt out."""
    return " ".join(_ABREVIATIONS.get(word, word) for word in normalise(text).split())


@lru_cache(maxsize=_MANY)
def normalise_nom(text: str) -> str:
    """Return a name normalised, without its title."""
    words = normalise(text).split()
    while len(words) > 1 and words[0] in _CIVILITES:
        words = words[1:]
    return " ".join(words)


def compute_cle(*, nom: str, prenom: str, adresse: str, commune: str) -> str:
    """Return the key of a file: name, first name and address, normalised, in one commune."""
    parts = (normalise_nom(nom), normalise_nom(prenom), normalise_adresse(adresse), commune)
    return "|".join(parts)[:400]


def compute_empreinte(*values: object) -> str:
    """Return a short digest of values, equal when they all are; it tells none of them."""
    written = "|".join("" if v is None else str(v) for v in values)
    return hashlib.sha256(written.encode()).hexdigest()[:16]
