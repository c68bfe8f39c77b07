"""Where the procedure stands: stage, since when, hearing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from seuil.echeances.rules.pauses import Acte

# From the first to the last stage of the procedure.
STADES = ("commandement", "assignation", "jugement", "cql", "rfp", "cfp", "expulsion")
_STADE_DE = {stade: stade for stade in STADES} | {"audience": "assignation"}
_RANG = {type_acte: STADES.index(stade) for type_acte, stade in _STADE_DE.items()}


@dataclass(frozen=True, slots=True)
class Avancement:
    """The stage a dossier reached, since when, and its hearing."""

    stade: str
    stade_le: date
    audience_le: date | None


def compute_avancement(actes: Iterable[Acte]) -> Avancement | None:
    """Return where the procedure stands: the last stage reached by the acts, None without act.

    A new commandement more than a year after everything else opens a new procedure: the stage
    is then that of the acts that follow it.
    """
    ordered = sorted(
        (acte for acte in actes if acte.type in _STADE_DE),
        key=lambda acte: (acte.survenu_le, _RANG[acte.type]),
    )
    if not ordered:
        return None
    start = 0
    for index in range(1, len(ordered)):
        gap = ordered[index].survenu_le - ordered[index - 1].survenu_le
        if ordered[index].type == "commandement" and gap.days > _NEW_PROCEDURE_DAYS:
            start = index
    current = ordered[start:]
    reached = max(current, key=lambda acte: _RANG[acte.type])
    hearings = [a.survenu_le for a in current if a.type == "audience"]
    hearings += [a.audience_le for a in current if a.audience_le]
    return Avancement(
        stade=_STADE_DE[reached.type],
        stade_le=reached.survenu_le if reached.type != "audience" else _first_le(current),
        audience_le=max(hearings, default=None),
    )


_NEW_PROCEDURE_DAYS = 365


def _first_le(actes: Iterable[Acte]) -> date:
    return min(acte.survenu_le for acte in actes)
