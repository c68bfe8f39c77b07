"""Where the procedure stands: stage, since when, hearing."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from seuil.echeances.rules.audiences import RANG, STADE_DE, find_audiences, list_procedure
from seuil.echeances.rules.pauses import Acte


@dataclass(frozen=True, slots=True)
class Avancement:
    """The stage a dossier reached, since when, and its hearing."""

    stade: str
    stade_le: date
    audience_le: date | None


# Before the procedure: what is told of an unpaid rent.
_SIGNALES = frozenset({"signalement", "saisine_ccapex"})


def compute_avancement(actes: Collection[Acte], ouvert_le: date | None = None) -> Avancement | None:
    """Return where the procedure stands: the last stage reached by the acts, None without act.

    An unpaid rent that was told, or a household that called (`ouvert_le`: opened by hand), comes
    before the procedure.
    """
    current = [acte for acte in list_procedure(actes) if acte.type in STADE_DE]
    if not current:
        told = [acte.survenu_le for acte in actes if acte.type in _SIGNALES]
        le = min(told, default=ouvert_le)
        return Avancement("signalement", le, None) if le else None
    # The first act of the last stage reached.
    reached = max(current, key=lambda acte: (RANG[acte.type], -acte.survenu_le.toordinal()))
    hearings = find_audiences(actes)
    return Avancement(
        stade=STADE_DE[reached.type],
        stade_le=reached.survenu_le if reached.type != "audience" else _first_le(current),
        audience_le=hearings[1].le if hearings else None,
    )


def _first_le(actes: Iterable[Acte]) -> date:
    return min(acte.survenu_le for acte in actes)
