"""A second reading of the delays, by another route: the days are walked, one at a time.

Written from the study of the law and from the list of rules alone, without reading the engine, its
parameters or its cases, so that a mistake of one is not a mistake of the other. Nothing here adds
a month to a date: a walker goes from day to day and says when « 2 mois » have passed. Standard
library only. Years from 2000 on are right; before, they need not be: 8 May was no public holiday
from 1960 to 1981, the local lists and the winter truce were others.

Readings that a court could correct:
- Easter is the Sunday after the paschal full moon of the table of golden numbers, 1900 to 2199.
- Whit Monday stayed a public holiday in 2005, 2006 and 2007, when it was the day of solidarity:
  it was worked, not struck off the list of article L222-1 (now L3133-1) of the labour code.
- Saint-Martin: 27 May. Article L3422-2 of the labour code names this day for Guadeloupe and
  Saint-Martin together (version read: May 2019). The island celebrates on 28 May since 2018 with
  the permission of circulars, which change no article; « 28 mars », printed by mistake in 2016, is
  ignored. Saint-Barthélemy: 9 October since the decree of 23 April 2012, nothing before.
- Good Friday is a holiday in the communes of Alsace-Moselle that have a protestant temple. Only the
  towns of `_TEMPLES` are known to have one; elsewhere it counts, and the day without it is given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache, lru_cache

_JOUR = timedelta(days=1)
_DIMANCHE = 6
_SAMEDI = 5


@dataclass(frozen=True)
class Attendu:
    """What the law gives: the day, and the other days it lets one argue for."""

    date: date | None
    autres: frozenset[date] = frozenset()


class HorsOracle(ValueError):
    """The sources do not say enough for an answer."""


# --- the calendar -----------------------------------------------------------------------------

# Paschal full moon by golden number, table of the Gregorian calendar for 1900 to 2199.
_PLEINES_LUNES = {
    1: (4, 14),
    2: (4, 3),
    3: (3, 23),
    4: (4, 11),
    5: (3, 31),
    6: (4, 18),
    7: (4, 8),
    8: (3, 28),
    9: (4, 16),
    10: (4, 5),
    11: (3, 25),
    12: (4, 13),
    13: (4, 2),
    14: (3, 22),
    15: (4, 10),
    16: (3, 30),
    17: (4, 17),
    18: (4, 7),
    19: (3, 27),
}

_FETES_FIXES = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))

_ABOLITION = {
    "971": (5, 27),
    "972": (5, 22),
    "973": (6, 10),
    "974": (12, 20),
    "976": (4, 27),
    "977": (10, 9),
    "978": (5, 27),
}
_ABOLITION_DEPUIS = {"977": 2012}

_ALSACE_MOSELLE = ("57", "67", "68")
# Metz, Strasbourg, Colmar, Mulhouse.
_TEMPLES = ("57463", "67482", "68066", "68224")

_ALUR = date(2014, 3, 27)
# Epidemic of 2020 and 2021.
_TREVE_PROLONGEE = {2020: date(2020, 7, 10), 2021: date(2021, 5, 31)}

_OUTRE_MER = ("971", "972", "973", "974", "975", "976", "977", "978")


@cache
def easter(annee: int) -> date:
    """Walk from the paschal full moon to the Sunday that follows it."""
    if not 1900 <= annee <= 2199:
        raise HorsOracle(annee)
    nombre_d_or = annee % 19 + 1
    jour = date(annee, *_PLEINES_LUNES[nombre_d_or]) + _JOUR
    while jour.weekday() != _DIMANCHE:
        jour += _JOUR
    return jour


@dataclass(frozen=True)
class Lieu:
    """A place, as far as public holidays and the winter truce depend on it."""

    departement: str | None = None
    vendredi_saint: bool = False
    incertain: bool = False

    @property
    def outre_mer(self) -> bool:
        """Tell whether the place is overseas."""
        return self.departement in _OUTRE_MER


def place_of(departement: str | None, commune: str | None) -> Lieu:
    """Tell the place from what is known of it."""
    if departement is None and commune is not None:
        departement = commune[:3] if commune.startswith("97") else commune[:2]
    local = departement in _ALSACE_MOSELLE
    return Lieu(departement, local, local and commune not in _TEMPLES)


@cache
def holidays_of(annee: int, lieu: Lieu) -> frozenset[date]:
    """List the public holidays of a year in a place."""
    jours = {date(annee, mois, numero) for mois, numero in _FETES_FIXES}
    paques = easter(annee)
    for ecart in (1, 39, 50):  # Easter Monday, Ascension Day, Whit Monday
        jours.add(paques + ecart * _JOUR)
    if lieu.departement in _ALSACE_MOSELLE:
        jours.add(date(annee, 12, 26))
        if lieu.vendredi_saint:
            jours.add(paques - 2 * _JOUR)
    if lieu.departement in _ABOLITION and annee >= _ABOLITION_DEPUIS.get(lieu.departement, 1984):
        jours.add(date(annee, *_ABOLITION[lieu.departement]))
    return frozenset(jours)


def is_ferie(jour: date, lieu: Lieu) -> bool:
    """Tell whether the day is a public holiday there."""
    return jour in holidays_of(jour.year, lieu)


def is_ouvre(jour: date, lieu: Lieu) -> bool:
    """Monday to Friday, public holidays excepted."""
    return jour.weekday() < _SAMEDI and not is_ferie(jour, lieu)


def is_treve(jour: date) -> bool:
    """Tell whether the winter truce protects the occupants of métropole on that day."""
    if jour.month >= 11 or jour <= date(jour.year, 3, 15):
        return True
    # The law of 24 March 2014 is in force on the 27th: from the 16th to the 26th, no truce.
    if jour < _ALUR:
        return False
    return jour <= _TREVE_PROLONGEE.get(jour.year, date(jour.year, 3, 31))


# --- walking ----------------------------------------------------------------------------------


def _closes_a_month(jour: date, numero: int) -> bool:
    """Same day number; in a month that is too short, its last day."""
    if jour.day == numero:
        return True
    return jour.day < numero and (jour + _JOUR).day == 1


@lru_cache(maxsize=200_000)
def walk_months(depuis: date, mois: int, sens: int = 1) -> date:
    """Walk until that many months have passed, forward (1) or backward (-1)."""
    jour, passes = depuis, 0
    while passes < mois:
        jour += sens * _JOUR
        if _closes_a_month(jour, depuis.day):
            passes += 1
    return jour


def walk_days(depuis: date, jours: int, sens: int = 1) -> date:
    """Walk that many days; the first day counted is the one after the start."""
    jour = depuis
    for _ in range(jours):
        jour += sens * _JOUR
    return jour


def walk_ouvres(depuis: date, jours: int, lieu: Lieu, sens: int = 1) -> date:
    """Walk until that many working days have been met, the start excluded."""
    jour, passes = depuis, 0
    while passes < jours:
        jour += sens * _JOUR
        passes += is_ouvre(jour, lieu)
    return jour


def roll_642(jour: date, lieu: Lieu) -> date:
    """Article 642: to the next day that is neither Saturday, Sunday nor public holiday."""
    while not is_ouvre(jour, lieu):
        jour += _JOUR
    return jour


@lru_cache(maxsize=100_000)
def end_of_treve(jour: date) -> date:
    """Walk to the last day of the truce that contains the day, or else of the next one."""
    while not is_treve(jour):
        jour += _JOUR
    while is_treve(jour + _JOUR):
        jour += _JOUR
    return jour


# --- the plain rules --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Delai:
    """A number of months or days after the start, for the starts of a period."""

    mois: int = 0
    jours: int = 0
    du: date = date(1950, 1, 1)
    au: date = date(2090, 12, 31)
    report: bool = False  # article 642 moves the day
    report_soutenable: bool = False  # it does not, but one may argue so
    franc: bool = False


_CPCE = date(2012, 6, 1)
_LOI_2023 = date(2023, 7, 29)
_DSF = date(2021, 1, 8)
_APL = date(2016, 9, 1)
_FIN_APL = date(2026, 12, 31)
_APL_2027 = date(2027, 1, 1)
_NARCOTRAFIC = date(2025, 6, 15)


def _apl(mois: int) -> tuple[_Delai, ...]:
    return (_Delai(mois=mois, du=_APL, au=_FIN_APL),)


_DELAIS: dict[str, tuple[_Delai, ...]] = {
    "A1t": (_Delai(mois=2, du=_LOI_2023),),
    "A4": (_Delai(jours=15, du=_ALUR),),
    "A5": (_Delai(mois=1),),
    "A6": (_Delai(mois=60, au=date(2014, 3, 26)), _Delai(mois=36, du=_ALUR)),
    "C1": (_Delai(mois=2, du=date(2015, 1, 1)),),
    "E4": (_Delai(mois=1, report=True),),
    "E5": (_Delai(jours=15, report=True),),
    "E6": (_Delai(jours=15, du=_CPCE, report=True),),
    "E7": (_Delai(mois=6, report_soutenable=True),),
    "E8": (_Delai(mois=120, du=date(2008, 6, 19)),),
    "E9": (_Delai(mois=3),),
    "F1": (_Delai(mois=2, du=_CPCE),),
    "G3": (_Delai(mois=2),),
    "G4": (_Delai(mois=2),),
    "G9": (_Delai(mois=2, du=date(2025, 11, 7)),),
    "G10": (_Delai(mois=2, franc=True, report=True),),
    "G12": (
        _Delai(mois=1, du=_CPCE, au=date(2019, 12, 31)),
        _Delai(mois=2, du=date(2020, 1, 1)),
    ),
    "G12c": (_Delai(mois=1, du=_CPCE),),
    "G12d": (_Delai(mois=24, du=_CPCE),),
    "G14": (_Delai(mois=2, du=_LOI_2023),),
    "H2": _apl(2),
    "H3": _apl(6),
    "H4": _apl(3),
    "H5": _apl(6),
    "H6": _apl(36),
    "H7": _apl(6),
    "H7b": _apl(3),
    "H8": _apl(6),
    "H10": _apl(2),
    "H15": (_Delai(mois=3, du=_APL),),
    "I2": (_Delai(mois=24, du=date(2014, 1, 1)),),
    "I4": (_Delai(mois=24, du=date(2014, 1, 1)),),
    "I6": (_Delai(jours=15, report=True),),
    "I7": (
        _Delai(jours=15, au=date(2017, 12, 31), report=True),
        _Delai(jours=30, du=date(2018, 1, 1), report=True),
    ),
    "I8": (_Delai(mois=84, du=date(2016, 7, 1)),),
    "I9": (_Delai(mois=24),),
    "I9b": (_Delai(mois=3),),
    "I10": (_Delai(mois=3),),
    "J2": (_Delai(mois=24),),
    "J2b": (_Delai(mois=36),),
    "J3": (_Delai(mois=3),),
    "K3": (_Delai(mois=4, franc=True, report=True),),
    "K4": (_Delai(jours=42),),
    "K5": (_Delai(jours=42),),
    "K5b": (_Delai(mois=3),),
    "L2": (_Delai(mois=2, du=date(2016, 1, 1)),),
    "L4": (_Delai(mois=1, du=_NARCOTRAFIC),),
    "L4b": (_Delai(mois=1, du=_NARCOTRAFIC),),
}


# Before the first day, or from the second, the text is still to be read.
_NON_LUS: dict[str, tuple[date | None, date | None]] = {
    "I2": (date(2014, 1, 1), None),
    "I4": (date(2014, 1, 1), None),
    "I8": (date(2016, 7, 1), None),
    **dict.fromkeys(("H2", "H3", "H4", "H5", "H6", "H7", "H7b", "H8", "H10"), (None, _APL_2027)),
}


def _apply(delai: _Delai, depuis: date, lieu: Lieu) -> Attendu:
    fin = walk_days(walk_months(depuis, delai.mois), delai.jours)
    if delai.franc:
        fin += _JOUR
    if delai.report:
        fin = roll_642(fin, lieu)
    autres = {roll_642(fin, lieu)} - {fin} if delai.report_soutenable else set()
    return Attendu(fin, frozenset(autres))


def _plain(regle: str, depuis: date, lieu: Lieu) -> Attendu | None:
    for delai in _DELAIS[regle]:
        if delai.du <= depuis <= delai.au:
            return _apply(delai, depuis, lieu)
    # The law had another length, that no source read tells: no day.
    before, after = _NON_LUS.get(regle, (None, None))
    if (before and depuis < before) or (after and depuis >= after):
        return Attendu(None)
    return None


# --- the rules that need a sentence -----------------------------------------------------------


@dataclass(frozen=True)
class _Bail:
    """What is known of the lease."""

    signe_le: date | None = None
    clause: str | None = None


def _a1(depuis: date, lieu: Lieu, bail: _Bail) -> Attendu:
    """The clause résolutoire: two months, or six weeks that are forty-two days."""
    deux_mois, six_semaines = walk_months(depuis, 2), walk_days(depuis, 42)
    autres: set[date] = set()
    if depuis < _LOI_2023 or bail.clause == "2 mois":
        fin = deux_mois
    elif bail.clause == "6 semaines":
        fin = six_semaines
    elif bail.signe_le is None:
        fin = max(deux_mois, six_semaines)
        autres = {deux_mois, six_semaines}
    elif bail.signe_le < _LOI_2023:
        fin, autres = deux_mois, {six_semaines}
    else:
        fin = six_semaines
    return Attendu(fin, frozenset((autres | {fin + _JOUR}) - {fin}))


def _c2(audience: date, lieu: Lieu, bail: _Bail) -> Attendu:
    """Forty-two full days before the hearing, so the forty-third; before 2023, two months."""
    ancien = walk_months(audience, 2, -1)
    if audience < _LOI_2023:
        return Attendu(ancien)
    dernier = walk_days(audience, 43, -1)
    return Attendu(dernier, frozenset({ancien} if dernier < _LOI_2023 else ()))


def _c3(audience: date, lieu: Lieu, bail: _Bail) -> Attendu | None:
    if audience < date(2020, 1, 1):
        return None
    return Attendu(walk_days(audience, 15, -1), frozenset({walk_days(audience, 16, -1)}))


def _c5(saisine: date, lieu: Lieu, bail: _Bail) -> Attendu | None:
    return None if saisine < _DSF else Attendu(walk_ouvres(saisine, 15, lieu))


def _c6(audience: date, lieu: Lieu, bail: _Bail) -> Attendu | None:
    if audience < _DSF:
        return None
    cinquieme, sixieme = (walk_ouvres(audience, n, lieu, -1) for n in (5, 6))
    return Attendu(sixieme, frozenset({cinquieme}))


def _f4(jour: date, lieu: Lieu, bail: _Bail) -> Attendu:
    if lieu.outre_mer:
        raise HorsOracle("F4: the truce overseas is a local table")
    return Attendu(end_of_treve(jour))


def _g7(recue: date, lieu: Lieu, bail: _Bail) -> Attendu:
    """The State answers from the refusal, or from the end of the truce the refusal falls in."""
    if lieu.outre_mer:
        raise HorsOracle("G7: the truce overseas is a local table")
    refus = walk_months(recue, 2)
    return Attendu(end_of_treve(refus) + _JOUR if is_treve(refus) else refus)


def _g5(accorde: date, lieu: Lieu, bail: _Bail) -> Attendu:
    """Fifteen days; the day more that a grant during the truce lets one argue is not told here."""
    if lieu.outre_mer:
        raise HorsOracle("G5: the truce overseas is a local table")
    return Attendu(walk_days(accorde, 15))


def _h1(terme: date, lieu: Lieu, bail: _Bail) -> Attendu:
    if terme < _APL_2027:
        raise HorsOracle("H1: before 2027 it takes amounts")
    return Attendu(walk_months(terme, 3))


_DALO_SIX_MOIS = ("971", "972", "973", "974", "976")


def _k1(complet: date, lieu: Lieu, bail: _Bail) -> Attendu:
    return Attendu(walk_months(complet, 6 if lieu.departement in _DALO_SIX_MOIS else 3))


def _k2(decision: date, lieu: Lieu, bail: _Bail) -> Attendu:
    if lieu.departement in (*_DALO_SIX_MOIS, "33", "62"):
        return Attendu(walk_months(decision, 6))
    if lieu.departement == "21":
        return Attendu(walk_months(decision, 3))
    raise HorsOracle(f"K2: agglomerations of {lieu.departement} unknown")


def _range_from(debut: date) -> Callable[[date, Lieu, _Bail], Attendu | None]:
    def answer(depuis: date, lieu: Lieu, bail: _Bail) -> Attendu | None:
        return None if depuis < debut else Attendu(None)

    return answer


_SENTENCES: dict[str, Callable[[date, Lieu, _Bail], Attendu | None]] = {
    "A1": _a1,
    "C2": _c2,
    "C3": _c3,
    "C5": _c5,
    "C6": _c6,
    "D1": _range_from(date(1950, 1, 1)),
    "D3": _range_from(date(2016, 10, 1)),
    "D5": _range_from(_CPCE),
    "D6": _range_from(_CPCE),
    "F4": _f4,
    "G5": _g5,
    "G7": _g7,
    "H1": _h1,
    "K1": _k1,
    "K2": _k2,
}

REGLES: tuple[str, ...] = tuple(sorted({*_DELAIS, *_SENTENCES}))


# --- what is asked ----------------------------------------------------------------------------


def _answer(regle: str, depuis: date, lieu: Lieu, bail: _Bail) -> Attendu | None:
    if regle in _SENTENCES:
        return _SENTENCES[regle](depuis, lieu, bail)
    return _plain(regle, depuis, lieu)


def expect(
    regle: str,
    depuis: date,
    *,
    bail: date | None = None,
    clause: str | None = None,
    departement: str | None = None,
    commune: str | None = None,
) -> Attendu | None:
    """Give the day of a rule; None when it has no value for that start: a refusal is due."""
    lieu = place_of(departement, commune)
    contrat = _Bail(bail, clause)
    attendu = _answer(regle, depuis, lieu, contrat)
    if attendu is None or attendu.date is None or not lieu.incertain:
        return attendu
    ailleurs = _answer(regle, depuis, replace(lieu, vendredi_saint=False), contrat)
    assert ailleurs is not None
    assert ailleurs.date is not None
    return Attendu(attendu.date, attendu.autres | ({ailleurs.date} - {attendu.date}))


def expect_duree(
    depuis: date,
    parts: Sequence[tuple[int, str]],
    *,
    franc: bool,
    ouvres: bool,
    roll: bool,
    departement: str | None,
) -> date:
    """Count a bare delay: months, then weeks and days, one more if franc, then article 642."""
    lieu = place_of(departement, None)
    nombres = {"mois": 0, "semaines": 0, "jours": 0}
    for nombre, unite in parts:
        nombres[unite] += nombre
    fin = walk_days(walk_months(depuis, nombres["mois"]), 7 * nombres["semaines"])
    fin = walk_ouvres(fin, nombres["jours"], lieu) if ouvres else walk_days(fin, nombres["jours"])
    if franc:
        fin += _JOUR
    return roll_642(fin, lieu) if roll else fin


def expect_execution(
    fin_deux_mois: date,
    *,
    fin_delais: date | None = None,
    concours_le: date | None = None,
    fin_suspension: date | None = None,
    departement: str | None = None,
    commune: str | None = None,
) -> date:
    """Walk to the first day on which the expulsion may lawfully be carried out in métropole.

    The day after the last of the ends, or the day of the concours itself; not during the truce,
    not on a Sunday nor a public holiday (article L141-1). A Saturday is lawful.
    """
    lieu = place_of(departement, commune)
    if lieu.outre_mer:
        raise HorsOracle("execution: the truce overseas is a local table")
    fins = (fin_deux_mois, fin_delais, fin_suspension)
    debuts = [fin + _JOUR for fin in fins if fin is not None]
    jour = max(debuts if concours_le is None else [*debuts, concours_le])
    while is_treve(jour) or jour.weekday() == _DIMANCHE or is_ferie(jour, lieu):
        jour += _JOUR
    return jour
