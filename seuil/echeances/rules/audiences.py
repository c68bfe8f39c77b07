"""The hearing that counts: the one announced last, while nothing has ended what it was for."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from seuil.echeances.rules.pauses import Acte

# From the first to the last stage of the procedure.
STADES = ("commandement", "assignation", "jugement", "cql", "rfp", "cfp", "expulsion")
STADE_DE = {stade: stade for stade in STADES} | {"audience": "assignation"}
RANG = {type_acte: STADES.index(stade) for type_acte, stade in STADE_DE.items()}
_NEW_PROCEDURE_DAYS = 365
# What the court decided, or what was withdrawn before it: a hearing told later is another one's.
_DECISIONS = frozenset({"jugement", "cql"})
# Nobody is left to be evicted, whatever is told later.
_SORTIES = frozenset({"expulsion", "depart", "reprise"})
FINS = _DECISIONS | _SORTIES

# When an act was told, those of one day in order: lists first, then by hand, as they came.
_Annonce = tuple[date, int]


class Audience(NamedTuple):
    """A hearing and the act that fixes it; no day while it is still to be known."""

    le: date | None
    acte_id: UUID


def find_audiences(actes: Collection[Acte]) -> tuple[Audience, Audience] | None:
    """Return the first hearing fixed and the one that counts; None without any, or once ended.

    The notification to the préfet and the registry are due before the first one: a deferral
    regularises nothing (C2c). An assignation without hearing gives a hearing still to be known.
    """
    if not any(a.type in {"assignation", "audience"} or a.audience_le for a in actes):
        return None
    current = _since_last_assignation(list_procedure(actes))
    ends = [a for a in current if a.type in FINS]
    dated = [
        (_find_annonce(a), le, a.id)
        for a in current
        if (le := a.survenu_le if a.type == "audience" else a.audience_le)
        and not any(_ends(end, a, le) for end in ends)
    ]
    if dated:
        first_le, first_id = min((le, pk) for _, le, pk in dated)
        _, last_le, last_id = max(dated)
        return Audience(first_le, first_id), Audience(last_le, last_id)
    return _find_unknown(current, ends)


def list_procedure(actes: Collection[Acte]) -> Collection[Acte]:
    """Return the acts of the procedure that runs, in any order.

    A new commandement more than a year after everything else opens a new procedure.
    """
    # Asked of every file: nearly all have nothing to put in order.
    orders = [a.survenu_le for a in actes if a.type == "commandement"]
    if not orders or (max(orders) - min(a.survenu_le for a in actes)).days <= _NEW_PROCEDURE_DAYS:
        return actes
    ordered = sorted(actes, key=lambda a: (a.survenu_le, RANG.get(a.type, len(STADES))))
    start, last = 0, None
    for index, acte in enumerate(ordered):
        if acte.type not in RANG:
            continue
        if (
            acte.type == "commandement"
            and last is not None
            and (acte.survenu_le - last).days > _NEW_PROCEDURE_DAYS
        ):
            start = index
        last = acte.survenu_le
    return ordered[start:]


def _since_last_assignation(actes: Collection[Acte]) -> Sequence[Acte]:
    """Keep the last assignation and what followed it; everything when there is none."""
    last = max((a.survenu_le for a in actes if a.type == "assignation"), default=None)
    return [a for a in actes if last is None or a.survenu_le >= last]


def _find_annonce(acte: Acte) -> _Annonce:
    """Return when an act told its hearing: an assignation, on the day when it was served.

    Its list may come after that of the deferrals.
    """
    if acte.type != "audience" or acte.annonce_le is None:
        return acte.survenu_le, 0
    return acte.annonce_le, acte.id.int if acte.a_la_main else 0


def _ends(end: Acte, acte: Acte, le: date) -> bool:
    """Tell whether an act leaves a later hearing without object."""
    if end is acte or end.survenu_le >= le:
        return False
    if end.type in _SORTIES:
        return True
    # Told on the same day, in whatever order: the end is the end.
    return _find_annonce(acte)[0] <= (end.annonce_le or end.survenu_le)


def _find_unknown(
    current: Sequence[Acte], ends: Sequence[Acte]
) -> tuple[Audience, Audience] | None:
    """Return the hearing that an assignation should have told, as long as one is to come."""
    assignations = [(a.survenu_le, a.id) for a in current if a.type == "assignation"]
    if not assignations or ends or any(a.type == "audience" or a.audience_le for a in current):
        return None
    unknown = Audience(None, max(assignations)[1])
    return unknown, unknown
