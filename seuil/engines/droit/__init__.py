"""The law engine: dated parameters, calendars, delays, and the reasons of each date.

Owns every delay of the procedure and every working-day count. Guarantees that a date is never
given without its rule, version, steps and references, and that a reading which courts dispute is
shown beside the one retained. Never reads the clock, a database or another engine.

Certainty of a result: `sure`; `contested` (two readings are defended, both are given);
`to_check` (a fact or a text is missing, the note says which).
"""

from collections.abc import Mapping
from datetime import date

from seuil.engines.droit import _calendar
from seuil.engines.droit._durees import add_duree
from seuil.engines.droit._francais import write_date
from seuil.engines.droit._loader import ParametreInvalide, load_regles
from seuil.engines.droit._model import (
    Autre,
    Calcul,
    DateHorsPeriode,
    DureeIllisible,
    LieuInconnu,
    Reference,
    Regle,
    RegleInconnue,
    Resultat,
    TreveFixeeLocalement,
    Version,
)
from seuil.engines.droit._regularite import (
    SANCTIONS,
    Constat,
    FaitInconnu,
    Question,
    questions,
    regularite,
)
from seuil.engines.droit._rules import compute
from seuil.engines.droit._treve import end_of_treve, execution_possible_from, in_treve

__all__ = [
    "SANCTIONS",
    "Autre",
    "Calcul",
    "Constat",
    "DateHorsPeriode",
    "DureeIllisible",
    "FaitInconnu",
    "LieuInconnu",
    "ParametreInvalide",
    "Question",
    "Reference",
    "Regle",
    "RegleInconnue",
    "Resultat",
    "TreveFixeeLocalement",
    "Version",
    "add_duree",
    "compute",
    "end_of_treve",
    "execution_possible_from",
    "in_treve",
    "is_ouvre",
    "ouvres_after",
    "ouvres_before",
    "questions",
    "regles",
    "regularite",
    "write_date",
]


def regles() -> Mapping[str, Regle]:
    """Give every known rule by id."""
    return load_regles()


def is_ouvre(le: date, *, departement: str | None = None, commune: str | None = None) -> bool:
    """Tell whether a day is worked: Monday to Friday, public holidays of the place excepted."""
    _calendar.check_year(le)
    return _calendar.is_ouvre(le, _calendar.calendrier_of(departement=departement, commune=commune))


def ouvres_after(
    le: date, n: int, *, departement: str | None = None, commune: str | None = None
) -> date:
    """Give the n-th working day strictly after a day."""
    _calendar.check_year(le)
    calendrier = _calendar.calendrier_of(departement=departement, commune=commune)
    return _calendar.add_ouvres(le, n, calendrier)


def ouvres_before(
    le: date, n: int, *, departement: str | None = None, commune: str | None = None
) -> date:
    """Give the n-th working day strictly before a day."""
    _calendar.check_year(le)
    calendrier = _calendar.calendrier_of(departement=departement, commune=commune)
    return _calendar.add_ouvres(le, -n, calendrier)
