"""What is to do, as handed to the queue; what the deadlines of the law ask."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Besoin:
    """A thing to do, as handed to the queue; see the model for each field."""

    dossier_id: UUID
    genre: str
    source_id: UUID
    role: str
    visible_le: date
    due_le: date
    legale: bool
    regle: str = ""
    organisation_id: UUID | None = None
    agent_id: UUID | None = None
    # From that day the task has no object any more (the hearing is over).
    caduque_le: date | None = None
    # Which duty, when the kind is `devoir`.
    devoir: str = ""


@dataclass(frozen=True, slots=True)
class EcheanceLue:
    """A deadline as the queue needs it."""

    dossier_id: UUID
    regle: str
    source_id: UUID
    debut_le: date | None
    le: date | None


@dataclass(frozen=True, slots=True)
class Etat:
    """What of a dossier already makes a legal task done."""

    # A DSF is ended, or the équipe mobile makes it: nobody else is to be asked.
    dsf_fait_ou_confie: bool
    # Days of the decisions, whatever they decided, and of what emptied the dwelling.
    decisions_cfp: tuple[date, ...]
    sorties: tuple[date, ...]
    # Somebody was asked for one, and has not answered.
    dsf_demande: bool = False


REGLES_LEGALES = frozenset({"C6", "G3", "G5"})


def makes_work(echeance: EcheanceLue, *, on: date) -> bool:
    """Tell whether a deadline may still give a task that somebody would see."""
    if echeance.le is None or echeance.debut_le is None:
        return False
    if echeance.regle == "C6":
        return echeance.debut_le + _AUDIENCE_KEPT > on
    return echeance.le + _CONCOURS_SEEN > on


def compute_besoins_legaux(
    echeances: Iterable[EcheanceLue], etats: Mapping[UUID, Etat]
) -> list[Besoin]:
    """Return what the deadlines of the law ask of the State's services.

    Nothing depends on the day of computation: a task bears the day from which it is seen and the
    day from which it has no object.
    """
    besoins = []
    for echeance in echeances:
        if echeance.le is None or echeance.debut_le is None:
            continue
        etat = etats[echeance.dossier_id]
        if echeance.regle == "C6" and not etat.dsf_fait_ou_confie:
            besoins.append(
                Besoin(
                    dossier_id=echeance.dossier_id,
                    genre="dsf_a_recevoir" if etat.dsf_demande else "dsf_a_obtenir",
                    source_id=echeance.source_id,
                    role="secretariat",
                    visible_le=echeance.le - DSF_VISIBLE_BEFORE,
                    due_le=echeance.le,
                    legale=True,
                    regle="C6",
                    # Counted from the hearing, which C6 counts backward from.
                    caduque_le=echeance.debut_le,
                )
            )
        elif echeance.regle == "G3" and not any(
            le >= echeance.debut_le for le in (*etat.decisions_cfp, *etat.sorties)
        ):
            besoins.append(_gestionnaire(echeance, "decision_cfp", echeance.debut_le, echeance.le))
        elif echeance.regle == "G5" and not any(le >= echeance.debut_le for le in etat.sorties):
            besoins.append(_gestionnaire(echeance, "suite_cfp", echeance.debut_le, echeance.le))
    return besoins


# The préfet is told 42 days before the hearing at the latest: the task is seen for six weeks.
DSF_VISIBLE_BEFORE = timedelta(days=42)


# A hearing past without a diagnosis stays to be filed for a month.
_AUDIENCE_KEPT = timedelta(days=30)

# The silence has refused, or the household has left and no act says so: after three months the file
# is followed in the lists, not in the day's work.
_CONCOURS_SEEN = timedelta(days=90)


def _gestionnaire(
    echeance: EcheanceLue,
    genre: str,
    visible_le: date,
    due_le: date,
) -> Besoin:
    return Besoin(
        dossier_id=echeance.dossier_id,
        genre=genre,
        source_id=echeance.source_id,
        role="gestionnaire",
        visible_le=visible_le,
        due_le=due_le,
        legale=True,
        regle=echeance.regle,
        caduque_le=due_le + _CONCOURS_SEEN,
    )
