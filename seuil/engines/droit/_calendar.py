"""Civil calendar: places, public holidays, working days, and the arithmetic of delays.

Articles 640 to 642 of the code de procédure civile. The code knows no week: a week is 7 days.
"""

import calendar
import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from types import MappingProxyType

import holidays

from seuil.engines.droit._model import DateHorsPeriode, LieuInconnu
from seuil.engines.droit._vocabulaire import load_vendredi_saint

ONE_DAY = timedelta(days=1)
FIRST_YEAR, LAST_YEAR = 1950, 2090  # results stay inside the years that the holidays cover
SAMEDI = 5
DIMANCHE = 6

METROPOLE = ""
ALSACE_MOSELLE = "alsace_moselle"
# Good Friday is a holiday only where a protestant temple or a mixed church stands (C. trav.
# L3134-13), and no list of those communes is published: unless the commune is known
# (vendredi_saint.yaml), both calendars are computed.
ALSACE_MOSELLE_SANS_VENDREDI_SAINT = "alsace_moselle_sans_vendredi_saint"
ALSACE_MOSELLE_AVEC_VENDREDI_SAINT = "alsace_moselle_avec_vendredi_saint"
OUTRE_MER = "outre_mer"
SAINT_MARTIN = "MF"
# Article L3422-2 says 27 May; circulars of 2018 and 2019, followed by the library, say 28: both
# calendars are computed.
SAINT_MARTIN_LE_28 = "saint_martin_le_28"
CALENDRIERS = {
    "57": ALSACE_MOSELLE,
    "67": ALSACE_MOSELLE,
    "68": ALSACE_MOSELLE,
    "971": "971",
    "972": "972",
    "973": "973",
    "974": "974",
    "976": "976",
    "977": "BL",
    "978": SAINT_MARTIN,
}
SUBDIVISIONS = {
    ALSACE_MOSELLE: "6AE",
    ALSACE_MOSELLE_SANS_VENDREDI_SAINT: "6AE",
    ALSACE_MOSELLE_AVEC_VENDREDI_SAINT: "6AE",
    **{code: code for code in ("971", "972", "973", "974", "976", "BL", SAINT_MARTIN)},
    SAINT_MARTIN_LE_28: SAINT_MARTIN,
}
# The library also lists days off by custom only (Mi-Carême, Good Friday in the Antilles…).
# Only these local days are in the law: C. trav. L3134-13 and L3422-2.
VENDREDI_SAINT = "Vendredi saint"
SAINT_ETIENNE = "Saint-Étienne"
ABOLITION = "Abolition de l'esclavage"
ABOLITION_A_SAINT_MARTIN = (5, 27)
WEEKS_TO_PENTECOTE = 7
JOURS_LOCAUX = {
    ALSACE_MOSELLE: {VENDREDI_SAINT, SAINT_ETIENNE},
    ALSACE_MOSELLE_AVEC_VENDREDI_SAINT: {VENDREDI_SAINT, SAINT_ETIENNE},
    ALSACE_MOSELLE_SANS_VENDREDI_SAINT: {SAINT_ETIENNE},
}

_COMMUNE = re.compile(r"(?:\d{2}|2[AB])\d{3}")
# Those that exist: 20 is 2A and 2B, and nothing bears 96 or 99.
_DEPARTEMENT = re.compile(r"(?!20)(?:0[1-9]|[1-8]\d|9[0-5])|2[AB]|97[1-8]|98[46-9]")


@lru_cache(maxsize=65_536)
def calendrier_of(*, departement: str | None, commune: str | None) -> str:
    """Name the calendar of a place; without a place, the common one.

    Raises LieuInconnu on a malformed or contradictory code.
    """
    if commune is not None:
        if not _COMMUNE.fullmatch(commune):
            raise LieuInconnu(
                f"« {commune} » n’est pas un code commune de l’Insee (par exemple 33063)."
            )
        of_commune = departement_of(None, commune)
        if departement is not None and departement != of_commune:
            raise LieuInconnu(f"La commune {commune} n’est pas dans le département {departement}.")
        if commune in load_vendredi_saint():
            return ALSACE_MOSELLE_AVEC_VENDREDI_SAINT
        departement = of_commune
    if departement is None:
        return METROPOLE
    if not _DEPARTEMENT.fullmatch(departement):
        raise LieuInconnu(
            f"« {departement} » n’est pas un code de département (par exemple 33, 2A ou 974)."
        )
    if departement[:2] in {"97", "98"}:
        return CALENDRIERS.get(departement, OUTRE_MER)
    return CALENDRIERS.get(departement, METROPOLE)


def departement_of(departement: str | None, commune: str | None) -> str | None:
    """Name the département of a place already checked by `calendrier_of`."""
    if departement is None and commune is not None:
        return commune[:3] if commune[:2] in {"97", "98"} else commune[:2]
    return departement


def is_overseas(calendrier: str) -> bool:
    return calendrier in {*CALENDRIERS.values(), OUTRE_MER, SAINT_MARTIN_LE_28} - {ALSACE_MOSELLE}


def doubtful_variant(calendrier: str) -> str | None:
    """Give the calendar to compare with when a holiday of this one depends on the commune."""
    return DOUTES.get(calendrier)


DOUTES: Mapping[str, str] = MappingProxyType({
    ALSACE_MOSELLE: ALSACE_MOSELLE_SANS_VENDREDI_SAINT,
    SAINT_MARTIN: SAINT_MARTIN_LE_28,
})  # fmt: skip


@cache
def holidays_of(calendrier: str, year: int) -> Mapping[date, str]:
    """List the legal public holidays of a year, with their French names.

    Raises DateHorsPeriode when none is known of that year.
    """
    common = dict(holidays.country_holidays("FR", years=year, language="fr").items())
    # From 2005 to 2007 the library drops Whit Monday, worked as « journée de solidarité »: it
    # stayed a holiday in the law (C. trav. L222-1, now L3133-1).
    paques = next((le for le, nom in common.items() if nom == "Lundi de Pâques"), None)
    if paques is None:
        raise DateHorsPeriode(f"Les jours fériés de l’année {year} ne sont pas connus.")
    common.setdefault(paques + 7 * WEEKS_TO_PENTECOTE * ONE_DAY, "Lundi de Pentecôte")
    subdivision = SUBDIVISIONS.get(calendrier)
    if subdivision is not None:
        local = holidays.country_holidays("FR", subdiv=subdivision, years=year, language="fr")
        legal = JOURS_LOCAUX.get(calendrier, {ABOLITION})
        for le, nom in local.items():
            if nom == ABOLITION and calendrier == SAINT_MARTIN:
                common.setdefault(date(year, *ABOLITION_A_SAINT_MARTIN), nom)
            elif nom in legal:
                common.setdefault(le, nom)
    return MappingProxyType(common)


def check_year(le: date) -> None:
    """Refuse a day for which no calendar is kept."""
    if not FIRST_YEAR <= le.year <= LAST_YEAR:
        raise DateHorsPeriode(
            f"L’année {le.year} est hors des calendriers ({FIRST_YEAR} à {LAST_YEAR})."
        )


def is_ferie(le: date, calendrier: str) -> bool:
    return le in holidays_of(calendrier, le.year)


def is_ouvre(le: date, calendrier: str) -> bool:
    """Tell whether a day is worked: Monday to Friday, public holidays excepted."""
    return le.weekday() < SAMEDI and not is_ferie(le, calendrier)


def is_ouvrable(le: date, calendrier: str) -> bool:
    """Tell whether a day is « ouvrable »: Monday to Saturday, public holidays excepted."""
    return le.weekday() < DIMANCHE and not is_ferie(le, calendrier)


def why_not_ouvre(le: date, calendrier: str) -> str:
    """Name what makes a day not worked: « un samedi », « férié (Toussaint) »."""
    nom = holidays_of(calendrier, le.year).get(le)
    if nom is not None:
        return f"férié ({nom.replace(chr(39), '’')})"
    return "un dimanche" if le.weekday() == DIMANCHE else "un samedi"


def roll(le: date, calendrier: str) -> date:
    """Carry a term to the next day that is not a Saturday, Sunday or holiday (CPC 642)."""
    while not is_ouvre(le, calendrier):
        le += ONE_DAY
    return le


def add_months(le: date, n: int) -> date:
    """Move by months, to the same day number or to the last day of the month (CPC 641)."""
    year, month = divmod(le.year * 12 + le.month - 1 + n, 12)
    return date(year, month + 1, min(le.day, calendar.monthrange(year, month + 1)[1]))


def add_ouvres(
    le: date, n: int, calendrier: str, *, counts: Callable[[date, str], bool] = is_ouvre
) -> date:
    """Move by n working days, forward or (n < 0) backward; the start never counts."""
    step = ONE_DAY if n >= 0 else -ONE_DAY
    for _ in range(abs(n)):
        le += step
        while not counts(le, calendrier):
            le += step
    return le


def list_feries_between(debut: date, fin: date, calendrier: str) -> list[date]:
    """List the holidays that fall on a weekday strictly between two days, in either order."""
    first, last = sorted((debut, fin))
    days = (first + timedelta(days=k) for k in range(1, (last - first).days))
    return [d for d in days if d.weekday() < SAMEDI and is_ferie(d, calendrier)]


def shift(le: date, n: int, unit: str, *, franc: bool, calendrier: str) -> date:
    """Apply a duration; n < 0 counts backward; `franc` excludes the last day as well."""
    sign = 1 if n >= 0 else -1
    if unit in {"jours_ouvres", "jours_ouvrables"}:
        counts = is_ouvre if unit == "jours_ouvres" else is_ouvrable
        return add_ouvres(le, n + (sign if franc else 0), calendrier, counts=counts)
    if unit == "mois":
        term = add_months(le, n)
    elif unit == "ans":
        term = add_months(le, n * 12)
    else:
        term = le + timedelta(days=n * (7 if unit == "semaines" else 1))
    return term + sign * ONE_DAY if franc else term
