"""The winter truce: the days it covers, its history, and when an eviction becomes possible."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from seuil.engines.droit import _calendar
from seuil.engines.droit._calendar import ONE_DAY
from seuil.engines.droit._essai import remembered
from seuil.engines.droit._francais import write_date
from seuil.engines.droit._model import DateHorsPeriode, Prolongation, TreveFixeeLocalement, Version
from seuil.engines.droit._parametres import load_regles

REGLE = "F4"
OUTRE_MER = (
    "Outre-mer, le préfet fixe par arrêté les dates de la trêve, en une ou plusieurs fois : "
    "consulter l’arrêté de la collectivité."
)
ARRETE = "l’arrêté du préfet qui fixe la trêve de la collectivité"
SANS_TREVE = "Si la trêve locale, dont les dates ne sont pas connues, ne couvre pas ce jour."
HORS_TREVE = "Si l’arrêté du préfet ne place pas ce jour dans la trêve."


@dataclass(frozen=True, slots=True)
class Treve:
    """One occurrence of the truce, both days included, with what lengthened it or might have."""

    du: date
    au: date
    version: Version
    prolongation: Prolongation | None
    tolerance: Prolongation | None

    def contains(self, le: date) -> bool:
        return self.du <= le <= self.au


@remembered(maxsize=512)
def _list_treves(first_year: int) -> tuple[Treve, ...]:
    """List the truces that begin in a year, cut at the reforms that fall inside."""
    treves = []
    for version in load_regles()[REGLE].versions:
        assert version.periode is not None
        du = date(first_year, *version.periode.debut)
        au = date(first_year, *version.periode.fin)
        if au < du:
            au = date(first_year + 1, *version.periode.fin)
        if version.valid_from is not None:
            du = max(du, version.valid_from)
        if version.valid_to is not None:
            au = min(au, version.valid_to)
        if du > au:
            continue
        following = [p for p in version.prolongations if p.du == au + ONE_DAY]
        prolongation = next((p for p in following if not p.tolerance), None)
        tolerance = next((p for p in following if p.tolerance), None)
        treves.append(
            Treve(
                du=du,
                au=prolongation.au if prolongation else au,
                version=version,
                prolongation=prolongation,
                tolerance=tolerance,
            )
        )
    return tuple(treves)


@remembered(maxsize=65_536)
def find_treve(le: date) -> Treve:
    """Find the truce that contains a day or, failing that, the next one.

    Raises DateHorsPeriode.
    """
    _calendar.check_year(le)
    for year in (le.year - 1, le.year, le.year + 1):
        for treve in _list_treves(year):
            if le <= treve.au:
                return treve
    raise DateHorsPeriode(f"La règle {REGLE} ne dit pas de trêve au {write_date(le)}.")


def list_treves_locales(le: date, departement: str) -> list[tuple[date, date, str]]:
    """List the truces told of a place overseas, of a day or the next: first, last, why."""
    found = []
    for locale in load_regles()[REGLE].outre_mer:
        if locale.departement == departement and locale.periode is not None:
            ends = (date(year, *locale.periode.fin) for year in (le.year, le.year + 1))
            au = next(end for end in ends if le <= end)
            du = date(au.year, *locale.periode.debut)
            du = du if du <= au else date(au.year - 1, *locale.periode.debut)
            found.append((du, au, locale.motif))
    return found


def is_treve_unknown(calendrier: str) -> bool:
    """Tell whether no period is published for a place overseas: no date holds there."""
    return _calendar.is_overseas(calendrier) and not any(
        locale.departement == calendrier and locale.periode
        for locale in load_regles()[REGLE].outre_mer
    )


def find_treve_locale(le: date, calendrier: str) -> tuple[date, str] | None:
    """Find the latest last day told of a truce overseas that contains a day, and who tells it.

    Sources disagree and no arrêté was read: what protects the household leads.
    """
    holding = [(au, motif) for du, au, motif in list_treves_locales(le, calendrier) if du <= le]
    return max(holding, default=None)


def find_tolerance(le: date) -> Prolongation | None:
    """Find the administrative tolerance that covers a day: it binds nobody."""
    tolerances = (
        p for version in load_regles()[REGLE].versions for p in version.prolongations if p.tolerance
    )
    return next((p for p in tolerances if p.du <= le <= p.au), None)


def _check_place(departement: str | None, commune: str | None) -> None:
    if _calendar.is_overseas(_calendar.calendrier_of(departement=departement, commune=commune)):
        raise TreveFixeeLocalement(OUTRE_MER)


def in_treve(le: date, *, departement: str | None = None, commune: str | None = None) -> bool:
    """Tell whether a day lies in the winter truce.

    Raises TreveFixeeLocalement overseas, where the préfet sets the dates.
    """
    _check_place(departement, commune)
    return find_treve(le).contains(le)


def end_of_treve(le: date, *, departement: str | None = None, commune: str | None = None) -> date:
    """Give the last day of the truce that contains or follows a day.

    Raises TreveFixeeLocalement overseas, where the préfet sets the dates.
    """
    _check_place(departement, commune)
    return find_treve(le).au


def execution_possible_from(
    *,
    cql_delay_end: date,
    delais_judge_end: date | None,
    cfp_on: date | None,
    attentes: Sequence[tuple[str, date]] = (),
    departement: str | None = None,
    commune: str | None = None,
) -> tuple[date, tuple[str, ...]]:
    """Give the first day on which the eviction may be carried out, and the steps to it.

    The ends are last days: execution is possible from the morrow. `attentes` are other suspensions,
    each named with its last day. Then come the truce, and the days on which nothing is executed
    (Sundays and holidays, CPCE L141-1).
    """
    calendrier = _calendar.calendrier_of(departement=departement, commune=commune)
    return find_execution(cql_delay_end, delais_judge_end, cfp_on, attentes, calendrier)


def find_execution(
    cql_delay_end: date,
    delais_judge_end: date | None,
    cfp_on: date | None,
    attentes: Sequence[tuple[str, date]],
    calendrier: str,
) -> tuple[date, tuple[str, ...]]:
    """Apply `execution_possible_from` on a calendar already chosen."""
    le, steps = find_causes(cql_delay_end, delais_judge_end, cfp_on, attentes)
    if _calendar.is_overseas(calendrier):
        steps = (*steps, f"À vérifier : {OUTRE_MER}")
    le, obstacles = skip_obstacles(le, calendrier)
    return le, (*steps, *obstacles)


def find_causes(
    cql_delay_end: date,
    delais_judge_end: date | None,
    cfp_on: date | None,
    attentes: Sequence[tuple[str, date]],
) -> tuple[date, tuple[str, ...]]:
    """Give the first day on which nothing but the calendar holds the eviction back, and why."""
    le = cql_delay_end + ONE_DAY
    steps = [
        (
            f"Les deux mois après le commandement de quitter les lieux finissent le "
            f"{write_date(cql_delay_end)} → possible à partir du {write_date(le)}"
        )
    ]
    if delais_judge_end is not None:
        le = max(le, delais_judge_end + ONE_DAY)
        steps.append(
            f"Les délais accordés par le juge finissent le {write_date(delais_judge_end)} → "
            f"possible à partir du {write_date(le)}"
        )
    for motif, until in attentes:
        le = max(le, until + ONE_DAY)
        steps.append(
            f"{motif} jusqu’au {write_date(until)} → possible à partir du {write_date(le)}"
        )
    if cfp_on is None:
        steps.append("Sous réserve du concours de la force publique, qui n’est pas accordé")
    else:
        le = max(le, cfp_on)
        steps.append(
            f"Concours de la force publique au {write_date(cfp_on)} → "
            f"possible à partir du {write_date(le)}"
        )
    _calendar.check_year(le)
    return le, tuple(steps)


def next_execution_day(
    le: date, *, departement: str | None = None, commune: str | None = None
) -> tuple[date, tuple[str, ...]]:
    """Give the first lawful day of eviction from `le`, and why not before.

    The truce, Sundays and holidays only. Overseas, where the préfet sets the truce, its published
    periods hold; where none is published, it is left out.
    """
    return skip_obstacles(le, _calendar.calendrier_of(departement=departement, commune=commune))


def skip_obstacles(le: date, calendrier: str) -> tuple[date, tuple[str, ...]]:
    """Give the first lawful day of eviction from `le` on a calendar, and why not before."""
    steps = []
    while (obstacle := _find_obstacle(le, calendrier)) is not None:
        why, le = obstacle
        steps.append(f"{why} → possible à partir du {write_date(le)}")
    return le, tuple(steps)


def skip_jours_interdits(le: date, calendrier: str) -> date:
    """Give the first day that is neither a Sunday nor a public holiday."""
    while _is_jour_interdit(le, calendrier):
        le += ONE_DAY
    return le


def _is_jour_interdit(le: date, calendrier: str) -> bool:
    return le.weekday() == _calendar.DIMANCHE or _calendar.is_ferie(le, calendrier)


def _find_obstacle(le: date, calendrier: str) -> tuple[str, date] | None:
    """Say what forbids execution on a day and which day to try next."""
    if _calendar.is_overseas(calendrier):
        locale = find_treve_locale(le, calendrier)
        if locale is not None:
            end, motif = locale
            return (
                f"Trêve jusqu’au {write_date(end)}, à vérifier ({motif.rstrip('.')})",
                end + ONE_DAY,
            )
    elif find_treve(le).contains(le):
        end = find_treve(le).au
        return f"Trêve hivernale jusqu’au {write_date(end)}", end + ONE_DAY
    if _is_jour_interdit(le, calendrier):
        return f"Le {write_date(le)} est {_calendar.why_not_ouvre(le, calendrier)}", le + ONE_DAY
    return None
