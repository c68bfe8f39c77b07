"""What is said of a household, by a source or by a person; the key by which it is recognised."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from difflib import SequenceMatcher
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


@dataclass(frozen=True, slots=True, kw_only=True)
class BailleurDit:
    """A landlord, as a source or a person describes it; empty: not said."""

    nom: str
    nature: str = "inconnue"
    siret: str = ""
    adresse: str = ""
    telephone: str = ""
    courriel: str = ""
    mandataire: str = ""

    @property
    def nu(self) -> bool:
        """Tell whether nothing but its name is said."""
        return not (self.siret or self.adresse or self.telephone or self.courriel)


@dataclass(frozen=True, slots=True)
class BailleurConnu:
    """A landlord that is known already."""

    pk: UUID
    dit: BailleurDit


def compute_cle_bailleur(dit: BailleurDit) -> str:
    """Return the key of a landlord: its name first, then what tells it from its namesakes."""
    apart = dit.siret or normalise_adresse(dit.adresse) or dit.telephone or dit.courriel
    name = normalise(dit.nom)[:100]
    return f"{name}|{apart}"[:200] if apart else name


def find_same(dit: BailleurDit, connus: Iterable[BailleurConnu]) -> BailleurConnu | None:
    """Return the landlord that is surely the same; None when there is none, or none is sure.

    A SIRET decides. Else the same name, and an address, a phone or an e-mail in common, or nothing
    else said of either. A name alone is enough for a social landlord, never for anybody else: to be
    wrong would give one the phone of its namesake.
    """
    namesakes = [c for c in connus if _may_be(dit, c.dit)]
    for known in namesakes:
        if dit.siret and dit.siret == known.dit.siret:
            return known
    named = [c for c in namesakes if normalise(c.dit.nom) == normalise(dit.nom)]
    for known in named:
        if _share(dit, known.dit) or (dit.nu and known.dit.nu):
            return known
    return named[0] if len(named) == 1 and _is_named_alone(dit, named[0].dit) else None


def list_namesakes(dit: BailleurDit, connus: Iterable[BailleurConnu]) -> Sequence[BailleurConnu]:
    """Return those that may be meant, among which a person chooses."""
    name = normalise(dit.nom)
    return [c for c in connus if normalise(c.dit.nom) == name and _may_be(dit, c.dit)]


def _may_be(dit: BailleurDit, known: BailleurDit) -> bool:
    return not (dit.siret and known.siret and dit.siret != known.siret)


def _share(dit: BailleurDit, known: BailleurDit) -> bool:
    """Tell whether something besides the name is said of both, alike."""
    return any(
        a and a == b
        for a, b in (
            (dit.telephone, known.telephone),
            (dit.courriel, known.courriel),
            (normalise_adresse(dit.adresse), normalise_adresse(known.adresse)),
        )
    )


def _is_named_alone(dit: BailleurDit, known: BailleurDit) -> bool:
    """Tell whether a name says enough: of a social landlord, which no other is called like."""
    return dit.nature == known.nature == "social" or (
        dit.nu and known.nature == "social" and dit.nature == "inconnue"
    )


def is_contradicted(dit: BailleurDit, known: BailleurDit) -> bool:
    """Tell whether a list says of a landlord another phone than what is known under its name."""
    same = normalise(dit.nom) == normalise(known.nom)
    others = dit.telephone and known.telephone and dit.telephone != known.telephone
    return bool(same and others and not _share(dit, known) and known.nature != "social")


# From this likeness on, two names may be one mistyped; a word of them, at the same address.
_NOM = 0.82
_MOT = 0.75


@dataclass(frozen=True, slots=True)
class Identite:
    """What tells a household: as a source says it, or as it is known."""

    nom: str
    prenom: str
    adresse: str
    commune: str
    ne_le: date | None = None
    telephones: Collection[str] = field(default_factory=frozenset)


def read_identite(menage: MenageRecu) -> Identite:
    """Return what a row tells of its household."""
    phones = frozenset({menage.telephone} - {""})
    return Identite(menage.nom, menage.prenom, menage.adresse, menage.commune, menage.ne_le, phones)


def is_proche(a: Identite, b: Identite) -> bool:
    """Tell whether a person must say if they are one household.

    A phone in common; the same names, wherever; names alike in one commune; a name alike at the
    same address.
    """
    if set(a.telephones) & set(b.telephones):
        return True
    named = _compare(a, b)
    if named == 1 and a.prenom and b.prenom:
        return True
    if a.commune != b.commune:
        return False
    return named >= _NOM or (_is_same_place(a, b) and _has_word_alike(a, b))


def _compare(a: Identite, b: Identite) -> float:
    """Return how alike two names are; of the last ones alone when a first one is not known."""
    if a.prenom and b.prenom:
        return compare_noms(_write_noms(a), _write_noms(b))
    return compare_noms(normalise_nom(a.nom), normalise_nom(b.nom))


def _write_noms(who: Identite) -> str:
    """Return the words of a name in order: typed the other way round, they are the same."""
    return " ".join(sorted(f"{normalise_nom(who.nom)} {normalise_nom(who.prenom)}".split()))


@lru_cache(maxsize=16_384)
def compare_noms(a: str, b: str) -> float:
    """Return how alike two names are, 1 when they are the same."""
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _is_same_place(a: Identite, b: Identite) -> bool:
    return compare_noms(normalise_adresse(a.adresse), normalise_adresse(b.adresse)) >= 0.9


def _has_word_alike(a: Identite, b: Identite) -> bool:
    return any(
        compare_noms(x, y) >= _MOT for x in _write_noms(a).split() for y in _write_noms(b).split()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OuvertureSaisie:
    """What a person types to open a file; `champs` are those of a list, as typed.

    Of the files near that were shown: the one to join (`joindre`), or why it is another one.
    """

    genre: str
    champs: Mapping[str, object] = field(default_factory=dict)
    joindre: UUID | None = None
    autre_que: str = ""


def read_bailleur(menage: MenageRecu) -> BailleurDit | None:
    """Return the landlord that a row describes, None when it names none."""
    if not normalise(menage.bailleur):
        return None
    return BailleurDit(
        nom=menage.bailleur,
        nature=menage.bailleur_nature,
        siret=menage.bailleur_siret,
        adresse=menage.bailleur_adresse,
        telephone=menage.bailleur_telephone,
        courriel=menage.bailleur_courriel,
        mandataire=menage.mandataire,
    )
