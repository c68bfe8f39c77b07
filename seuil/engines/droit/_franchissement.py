"""The first day when a debt reaches the threshold of the law in force on that day."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from seuil.engines.droit import _calendar
from seuil.engines.droit._dette import HYPOTHESE, Courbe, Point, suppose_rien_paye
from seuil.engines.droit._impaye_loader import load_baremes
from seuil.engines.droit._impaye_model import Palier, SituationLocative
from seuil.engines.droit._montants import compute_seuil

MONTANT, DUREE = "montant", "duree"


@dataclass(frozen=True, slots=True)
class Franchissement:
    """The first day when a threshold is reached: by which version, criterion and point."""

    le: date
    version: Palier
    par: str
    point: Point | None
    # The debt was there before the version that makes it an « impayé ».
    transition: bool


def find_franchissement(situation: SituationLocative, courbe: Courbe) -> Franchissement | None:
    """Give the first day when the debt of a run reaches the threshold in force."""
    for version in load_baremes()["H1"].versions:
        candidates = [*_by_amount(situation, courbe, version), *_by_duration(courbe, version)]
        if candidates:
            return min(candidates, key=lambda found: (found.le, found.par != MONTANT))
    return None


def _by_amount(
    situation: SituationLocative, courbe: Courbe, version: Palier
) -> Iterator[Franchissement]:
    seuil = compute_seuil(situation, version)
    for rank, point in enumerate(courbe.points):
        le = max(point.le, version.valid_from)
        until = courbe.points[rank + 1].le if rank + 1 < len(courbe.points) else None
        is_over = until is not None and until <= le
        if is_over or (version.valid_to is not None and le > version.valid_to):
            continue
        if seuil.is_reached(point.dette, version):
            yield Franchissement(le, version, MONTANT, point, transition=le > point.le)
            return


def _by_duration(courbe: Courbe, version: Palier) -> Iterator[Franchissement]:
    if version.mois is None or courbe.depuis is None:
        return
    le = max(_calendar.add_months(courbe.depuis, version.mois), version.valid_from)
    if version.valid_to is None or le <= version.valid_to:
        transition = courbe.depuis < version.valid_from
        yield Franchissement(le, version, DUREE, None, transition=transition)


def find_last_under(found: Franchissement, courbe: Courbe) -> date | None:
    """Give the last statement, in the run or at zero, that came before the threshold was seen."""
    before = [point.le for point in courbe.points if point.le < found.le]
    return max(before, default=courbe.soldee_le)


def find_earliest(
    situation: SituationLocative, courbe: Courbe, found: Franchissement
) -> date | None:
    """Give the first day when the threshold could be reached had nothing been paid."""
    if courbe.exacte or not courbe.depuis_exact or courbe.depuis is None:
        return None
    points = tuple(suppose_rien_paye(situation, depuis=courbe.depuis, au=found.le))
    supposed = dataclasses.replace(courbe, origine=HYPOTHESE, points=points)
    earliest = find_franchissement(situation, supposed)
    return None if earliest is None else earliest.le
