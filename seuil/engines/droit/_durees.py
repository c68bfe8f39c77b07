"""Durations as people write them, and their bare computation under CPC 640 to 642."""

import re
from datetime import date, datetime, timedelta
from functools import lru_cache

from seuil.engines.droit import _calendar
from seuil.engines.droit._francais import write_date, write_duree
from seuil.engines.droit._model import Autre, Calcul, DureeIllisible

# Months come before days (CPC 641, third paragraph); years are counted like months.
_ORDER = ("ans", "mois", "semaines", "jours")
_PART = re.compile(r"(\d{1,4})\s*(ans?|années?|mois|semaines?|jours?)", re.IGNORECASE)
_OUVRES = re.compile(
    r"\s*(?P<n>\d{1,4})\s*jours?\s+(?P<sorte>ouvr[ée]s?|ouvrables?)\s*", re.IGNORECASE
)
_HEURES = re.compile(r"\s*(\d{1,4})\s*(?:heures?|h)\s*", re.IGNORECASE)
_WHOLE = re.compile(rf"\s*{_PART.pattern}(?:\s*(?:,|et)?\s*{_PART.pattern})*\s*", re.IGNORECASE)
_TRAVAILLES = frozenset({"jours_ouvres", "jours_ouvrables"})
_UNIT_OF_INITIAL = {"a": "ans", "m": "mois", "s": "semaines", "j": "jours"}


def read_duree(duree: str) -> tuple[tuple[int, str], ...]:
    """Read « 1 mois 15 jours » as ((1, "mois"), (15, "jours")), longest unit first.

    « 3 jours ouvrables » and « 5 jours ouvrés » are read too, alone. Raises DureeIllisible.
    """
    worked = _OUVRES.fullmatch(duree)
    if worked is not None and int(worked["n"]):
        is_ouvrable = worked["sorte"].lower().startswith("ouvrab")
        return ((int(worked["n"]), "jours_ouvrables" if is_ouvrable else "jours_ouvres"),)
    parts: dict[str, int] = {}
    if not _WHOLE.fullmatch(duree):
        _refuse(duree)
    for n, word in _PART.findall(duree):
        unit = _UNIT_OF_INITIAL[word[0].lower()]
        if unit in parts or int(n) == 0:
            _refuse(duree)
        parts[unit] = int(n)
    return tuple((parts[unit], unit) for unit in _ORDER if unit in parts)


def _refuse(duree: str) -> None:
    raise DureeIllisible(
        f"« {duree} » n’est pas une durée lisible : écrire par exemple « 15 jours », "
        "« 6 semaines » ou « 1 mois 15 jours »."
    )


@lru_cache(maxsize=65_536)
def add_duree(
    depuis: date,
    duree: str,
    *,
    franc: bool = False,
    ouvres: bool = False,
    roll: bool = True,
    departement: str | None = None,
    commune: str | None = None,
) -> Calcul:
    """Add a duration to a day, the day itself excluded.

    `franc` excludes the last day as well; `ouvres` counts working days; `roll` applies article
    642 (a term on a Saturday, Sunday or holiday moves to the next working day).

    Raises DureeIllisible, LieuInconnu, DateHorsPeriode.
    """
    _calendar.check_year(depuis)
    parts = read_duree(duree)
    if ouvres and parts[0][1] not in _TRAVAILLES:
        if [unit for _, unit in parts] != ["jours"]:
            raise DureeIllisible("Les jours ouvrés ne se comptent qu’en jours : « 15 jours ».")
        parts = ((parts[0][0], "jours_ouvres"),)
    calendrier = _calendar.calendrier_of(departement=departement, commune=commune)
    le, etapes = _compute(depuis, parts, franc=franc, roll=roll, calendrier=calendrier)
    autres: tuple[Autre, ...] = ()
    variant = _calendar.doubtful_variant(calendrier)
    if variant is not None:
        without, _ = _compute(depuis, parts, franc=franc, roll=roll, calendrier=variant)
        if without != le:
            autres = (Autre(without, write_doute(calendrier)[0]),)
    return Calcul(
        date=le,
        debut=depuis,
        autres=autres,
        certitude="to_check" if autres else "sure",
        etapes=etapes,
        note=write_doute(calendrier)[1] if autres else "",
    )


def write_doute(calendrier: str) -> tuple[str, str]:
    """Say why another date holds, and what to check, when a holiday of the place is doubtful."""
    if calendrier == _calendar.SAINT_MARTIN:
        return SAINT_MARTIN_MOTIF, SAINT_MARTIN_NOTE
    return VENDREDI_SAINT_MOTIF, VENDREDI_SAINT_NOTE


SAINT_MARTIN_MOTIF = (
    "Si l’abolition de l’esclavage est fériée le 28 mai à Saint-Martin, et non le 27."
)
SAINT_MARTIN_NOTE = (
    "À Saint-Martin, le code du travail (article L3422-2) dit le 27 mai, des circulaires de 2018 "
    "et 2019 le 28 : à vérifier."
)


VENDREDI_SAINT_MOTIF = "Si le Vendredi saint n’est pas férié dans la commune."
VENDREDI_SAINT_NOTE = (
    "En Alsace-Moselle, le Vendredi saint n’est férié que dans les communes qui ont un temple "
    "protestant ou une église mixte : à vérifier pour la commune."
)


def _compute(
    depuis: date,
    parts: tuple[tuple[int, str], ...],
    *,
    franc: bool,
    roll: bool,
    calendrier: str,
) -> tuple[date, tuple[str, ...]]:
    etapes = []
    le = depuis
    for n, unit in parts:
        try:
            following = _calendar.shift(le, n, unit, franc=False, calendrier=calendrier)
        except (OverflowError, ValueError):
            following = date.max
        _calendar.check_year(following)
        etapes.append(
            f"{write_duree(n, unit)} à compter du {write_date(le)} → {write_date(following)}"
        )
        le = following
    if franc:
        unit = parts[-1][1] if parts[-1][1] in _TRAVAILLES else "jours"
        le = _calendar.shift(le, 1, unit, franc=False, calendrier=calendrier)
        etapes.append(f"Délai franc, le dernier jour ne compte pas → {write_date(le)}")
    if roll:
        le, step = roll_with_step(le, calendrier)
        etapes.extend(step)
    return le, tuple(etapes)


def add_heures(depuis: datetime, duree: str) -> tuple[datetime, str]:
    """Add hours to a moment, from hour to hour, with the step that says it.

    The code knows no hour: a delay in hours runs on every day, without article 642.

    Raises DureeIllisible, DateHorsPeriode.
    """
    _calendar.check_year(depuis.date())
    match = _HEURES.fullmatch(duree)
    if match is None or not int(match[1]):
        raise DureeIllisible(f"« {duree} » n’est pas un nombre d’heures : écrire « 48 heures ».")
    end = depuis + timedelta(hours=int(match[1]))
    _calendar.check_year(end.date())
    step = (
        f"{write_duree(int(match[1]), 'heures')} à compter du {write_date(depuis.date())} à "
        f"{depuis:%H h %M} → {write_date(end.date())} à {end:%H h %M}, d’heure à heure, sans report"
    )
    return end, step


def is_heures(duree: str) -> bool:
    """Tell whether a duration is written in hours."""
    return _HEURES.fullmatch(duree) is not None


def roll_with_step(le: date, calendrier: str) -> tuple[date, tuple[str, ...]]:
    """Apply article 642 and say so; no step when the day is worked."""
    rolled = _calendar.roll(le, calendrier)
    if rolled == le:
        return le, ()
    step = (
        f"Le {write_date(le)} est {_calendar.why_not_ouvre(le, calendrier)} → report au "
        f"{write_date(rolled)} (article 642 du code de procédure civile)"
    )
    return rolled, (step,)
