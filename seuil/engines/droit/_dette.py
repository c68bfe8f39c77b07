"""The debt of a household day after day, read from monthly terms or from dated statements."""

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from seuil.engines.droit import _calendar
from seuil.engines.droit._francais import write_date
from seuil.engines.droit._impaye_loader import load_exigibilites
from seuil.engines.droit._impaye_model import SituationInvalide, SituationLocative, Terme
from seuil.engines.droit._montants import compute_depense, write_montant

TERMES, DECOMPTES, HYPOTHESE = "termes", "decomptes", "hypothese"


@dataclass(frozen=True, slots=True)
class Point:
    """The debt from a day on, until the next point."""

    le: date
    dette: Decimal


@dataclass(frozen=True, slots=True)
class Courbe:
    """The debt since it was last at zero: every point is above, and `depuis` is its first day.

    `origine` says what is known between two points: everything (terms), nothing (statements).
    """

    origine: str
    points: tuple[Point, ...]
    depuis: date | None
    depuis_exact: bool
    soldee_le: date | None
    remarques: tuple[str, ...]

    @property
    def exacte(self) -> bool:
        return self.origine == TERMES


def exigible_le(mois: date, *, terme: str, jour: int | None = None) -> date:
    """Give the day when the rent of a month is due: in advance, or at the end of the term.

    `mois` is any day of that month; `jour` is the day that the lease sets, by default the first.
    Raises SituationInvalide.
    """
    exigibilite = load_exigibilites().get(terme)
    if exigibilite is None:
        raise SituationInvalide("Dites si le loyer est payable d’avance ou à terme échu.")
    jour = exigibilite.jour if jour is None else jour
    if not 1 <= jour <= calendar.monthrange(mois.year, 1)[1]:
        raise SituationInvalide("Le jour d’échéance du loyer est un jour du mois.")
    first = _calendar.add_months(mois.replace(day=1), exigibilite.mois_apres)
    return first.replace(day=min(jour, calendar.monthrange(first.year, first.month)[1]))


def read_courbe(situation: SituationLocative, *, au: date) -> Courbe:
    """Read the debt as known on a day: from the terms when they are given, else the statements."""
    if situation.termes:
        return read_termes(situation, au=au)
    return read_decomptes(situation, au=au)


def read_termes(situation: SituationLocative, *, au: date) -> Courbe:
    """Read the debt from the terms due and the payments made until a day."""
    mouvements: dict[date, Decimal] = {}
    for terme in situation.termes:
        if terme.exigible_le <= au:
            _add(mouvements, terme.exigible_le, terme.du - terme.paye)
    for versement in situation.versements:
        if versement.le <= au:
            _add(mouvements, versement.le, -versement.montant)
    points, dette = [], Decimal(0)
    for le in sorted(mouvements):
        dette += mouvements[le]
        points.append(Point(le, dette))
    run, soldee_le = _last_run(points)
    return Courbe(
        origine=TERMES,
        points=run,
        depuis=run[0].le if run else None,
        depuis_exact=True,
        soldee_le=soldee_le,
        remarques=_compare_with_statements(situation, points, au),
    )


def read_decomptes(situation: SituationLocative, *, au: date) -> Courbe:
    """Read the debt from the dated statements known on a day."""
    by_day: dict[date, set[Decimal]] = {}
    for releve in situation.releves:
        if releve.le <= au:
            by_day.setdefault(releve.le, set()).add(releve.montant)
    points = [Point(le, max(by_day[le])) for le in sorted(by_day)]
    remarques = [
        f"Deux montants sont constatés le {write_date(le)}\N{NO-BREAK SPACE}: le plus élevé est"
        " retenu."
        for le in sorted(by_day)
        if len(by_day[le]) > 1
    ]
    run, soldee_le = _last_run(points)
    premier = situation.premier_impaye_le
    depuis = run[0].le if run else None
    if premier is not None and premier <= au:
        if soldee_le is not None and premier <= soldee_le:
            remarques.append(
                f"Le premier impayé du {write_date(premier)} n’est pas retenu\N{NO-BREAK SPACE}:"
                f" la dette était soldée le {write_date(soldee_le)}."
            )
            premier = None
        elif depuis is None or premier < depuis:
            depuis = premier
    return Courbe(
        origine=DECOMPTES if run else HYPOTHESE,
        points=run,
        depuis=depuis,
        depuis_exact=premier is not None and depuis == premier,
        soldee_le=soldee_le,
        remarques=tuple(remarques),
    )


def suppose_rien_paye(situation: SituationLocative, *, depuis: date, au: date) -> Iterable[Point]:
    """Give the debt if nothing at all was paid from a first unpaid term on, month after month."""
    depense = compute_depense(situation, rls=True)
    if depense is None or depense[0] <= 0:
        return
    le, dette, rank = depuis, Decimal(0), 0
    while le <= au:
        dette += depense[0]
        yield Point(le, dette)
        rank += 1
        le = _calendar.add_months(depuis, rank)


def find_plus_ancien(situation: SituationLocative, *, au: date) -> date | None:
    """Give the oldest term still unpaid when every payment goes to the oldest term first."""
    termes = sorted((t for t in situation.termes if t.exigible_le <= au), key=_due_day)
    paye = sum((t.paye for t in termes), Decimal(0))
    paye += sum((v.montant for v in situation.versements if v.le <= au), Decimal(0))
    for terme in termes:
        paye -= terme.du
        if paye < 0:
            return terme.exigible_le
    return None


def _due_day(terme: Terme) -> date:
    return terme.exigible_le


def _add(mouvements: dict[date, Decimal], le: date, montant: Decimal) -> None:
    mouvements[le] = mouvements.get(le, Decimal(0)) + montant


def _last_run(points: Sequence[Point]) -> tuple[tuple[Point, ...], date | None]:
    """Keep what follows the last day without debt, and give that day."""
    zero = max((i for i, point in enumerate(points) if point.dette <= 0), default=-1)
    return tuple(points[zero + 1 :]), points[zero].le if zero >= 0 else None


def _compare_with_statements(
    situation: SituationLocative, points: Sequence[Point], au: date
) -> tuple[str, ...]:
    remarques = []
    for releve in sorted(situation.releves, key=lambda r: (r.le, r.montant)):
        if releve.le > au:
            continue
        dette = max(
            next((p.dette for p in reversed(points) if p.le <= releve.le), Decimal(0)), Decimal(0)
        )
        if dette != releve.montant:
            remarques.append(
                f"Le décompte du {write_date(releve.le)} dit {write_montant(releve.montant)}, les"
                f" termes disent {write_montant(dette)}\N{NO-BREAK SPACE}: à vérifier."
            )
    return tuple(remarques)
