"""The day's work: one row per household, ranked by what cannot be undone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from seuil.travail.rules.besoins import Besoin
from seuil.travail.rules.devoirs import Devoir, load_devoirs
from seuil.travail.rules.genres import GENRES, Genre, Rang

# What nobody can do again is the reader's own as soon as so few days are left, whoever must act.
PRESSE = timedelta(days=7)


class Groupe(StrEnum):
    """Where a row stands: to be done by the reader, waited for, or only to be filed."""

    A_MOI = "a_moi"
    ATTENTE = "attente"
    CADUC = "caduc"


@dataclass(frozen=True, slots=True)
class TacheLue:
    """A task as the day's work reads it; `mienne` is false when another role does it."""

    id: UUID
    dossier_id: UUID
    genre: str
    devoir: str
    departement: str
    due_le: date
    caduque_le: date | None
    legale: bool
    mienne: bool = True


@dataclass(frozen=True, slots=True)
class Placee:
    """A task with the group, the rank and the day that place it."""

    tache: TacheLue
    groupe: Groupe
    rang: Rang
    le: date
    # Somebody else does it: one can only remind.
    attendue: bool

    @property
    def ordre(self) -> tuple[Rang, date]:
        return self.rang, self.le


@dataclass(frozen=True, slots=True)
class Ligne:
    """A household: what leads, then the rest, in the order of what cannot be undone."""

    dossier_id: UUID
    groupe: Groupe
    placees: tuple[Placee, ...]

    @property
    def tete(self) -> Placee:
        return self.placees[0]

    @property
    def taches(self) -> Iterator[TacheLue]:
        """The tasks that put it in its group."""
        return (p.tache for p in self.placees if p.groupe is self.groupe)


def place(tache: TacheLue, *, on: date) -> Placee:
    """Tell where a task stands on that day, and by which day it counts."""
    rang, le = _weigh(tache)
    attendue = not tache.mienne or GENRES[tache.genre].attente
    if is_caduque(tache, on=on):
        groupe = Groupe.CADUC
    elif attendue and not (rang is Rang.IRREVERSIBLE and le <= on + PRESSE):
        groupe = Groupe.ATTENTE
    else:
        groupe = Groupe.A_MOI
    return Placee(tache, groupe, rang, le, attendue)


def is_caduque(tache: TacheLue | Besoin, *, on: date) -> bool:
    """Tell whether a task has no object any more: its day said so, or it may no longer serve."""
    if tache.caduque_le is not None and tache.caduque_le <= on:
        return True
    utile = GENRES[tache.genre].utile
    return utile is not None and tache.due_le + timedelta(days=utile) < on


def _weigh(tache: TacheLue) -> tuple[Rang, date]:
    """Return what missing the day costs, and the day that counts."""
    genre, devoir = GENRES[tache.genre], find_devoir(tache)
    if devoir is not None:
        # With the rule's own day, the hearing that it is counted from is known.
        if tache.legale and devoir.caduque.mode == "audience" and tache.caduque_le:
            return Rang.IRREVERSIBLE, tache.caduque_le
        if tache.legale:
            return Rang.LEGALE, tache.due_le
        sure = devoir.certainty == "sure"
        return (Rang.CONVENTION if sure else Rang.COURTOISIE), tache.due_le
    rang = genre.rang if tache.legale else max(genre.rang, Rang.CONVENTION)
    by_end = genre.date == "caduque" and tache.caduque_le is not None
    return rang, tache.caduque_le if by_end and tache.caduque_le else tache.due_le


def find_devoir(tache: TacheLue) -> Devoir | None:
    """Return the duty that a task asks; none when it asks none, or the file no longer has it."""
    return load_devoirs(tache.departement).par_id.get(tache.devoir) if tache.devoir else None


def compute_lignes(taches: Iterable[TacheLue], *, on: date) -> list[Ligne]:
    """Return one row per household, ranked: the irreversible first, then the nearest."""
    par_dossier: dict[UUID, list[Placee]] = defaultdict(list)
    for tache in taches:
        par_dossier[tache.dossier_id].append(place(tache, on=on))
    lignes = [_gather(placees) for placees in par_dossier.values()]
    return sorted(lignes, key=lambda x: (x.tete.ordre, x.dossier_id.int))


_GROUPES = tuple(Groupe)


def _gather(placees: Sequence[Placee]) -> Ligne:
    """Make the row of a household: what is the reader's own leads, whatever else is waited for."""
    ranged = sorted(placees, key=lambda p: (_GROUPES.index(p.groupe), p.ordre, p.tache.id.int))
    return Ligne(ranged[0].tache.dossier_id, ranged[0].groupe, tuple(ranged))


# What shows that a duty is done, without anybody saying so: the facts of devoirs.yaml.
_FAITS = {
    "recu": "le jour de réception est noté",
    "dsf_demande": "le diagnostic est demandé",
    "dsf_termine": "le diagnostic est noté terminé",
    "dsf_transmis": "l’envoi du diagnostic au juge est noté",
    "dsf_clos": "le diagnostic est noté terminé",
    "cfp": "la décision de concours est enregistrée",
    "evaluation_police": "l’évaluation de la police est enregistrée",
    "expulsion": "l’expulsion est enregistrée",
    "plan_apurement": "un plan d’apurement est enregistré",
    "pcs": "un protocole de cohésion sociale est enregistré",
    "plan_ou_pcs": "un plan d’apurement ou un protocole est enregistré",
    "saisine_ccapex": "la saisine de la CCAPEX est enregistrée",
    "signification": "la signification est enregistrée",
}


def tell_disparition(genre: Genre, devoir: Devoir | None) -> str:
    """Return the fact that makes a task vanish, as it follows « disparaît quand »."""
    return (_FAITS.get(devoir.fait, "") if devoir else "") or genre.disparait
