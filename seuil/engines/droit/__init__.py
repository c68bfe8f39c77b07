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
from seuil.engines.droit._attente import fill_attentes, list_attentes, write_gabarit
from seuil.engines.droit._dette import exigible_le
from seuil.engines.droit._deux_mois import SUPPRIMES
from seuil.engines.droit._durees import add_duree, add_heures, is_heures
from seuil.engines.droit._essai import remembered, trying
from seuil.engines.droit._execution import EXECUTION, compute_execution
from seuil.engines.droit._francais import write_date, write_duree
from seuil.engines.droit._impaye import compute_impaye
from seuil.engines.droit._impaye_model import (
    ImpayeConstitue,
    MontantIllisible,
    Releve,
    SeuilSignalement,
    SituationInvalide,
    SituationLocative,
    Terme,
    Versement,
)
from seuil.engines.droit._model import (
    Autre,
    Calcul,
    DateHorsPeriode,
    DureeIllisible,
    FaitsContradictoires,
    LieuInconnu,
    Reference,
    Regle,
    RegleInconnue,
    Resultat,
    TreveFixeeLocalement,
    TreveLocale,
    Variante,
    Version,
)
from seuil.engines.droit._montants import write_montant
from seuil.engines.droit._parametres import load_regles, read_fichier
from seuil.engines.droit._parametres_essayes import list_essayees, read_essai
from seuil.engines.droit._pauses import Effet, load_effets
from seuil.engines.droit._questions import SANCTIONS, Question
from seuil.engines.droit._regularite import Constat, FaitInconnu, questions, regularite
from seuil.engines.droit._resultat import write_periode
from seuil.engines.droit._rules import compute, compute_dates, find_regle
from seuil.engines.droit._signalement import compute_seuil_signalement
from seuil.engines.droit._treve import (
    end_of_treve,
    execution_possible_from,
    in_treve,
    next_execution_day,
)
from seuil.engines.droit._valeur import write_annuelle, write_valeur
from seuil.engines.droit._verification import (
    CasIllisible,
    Verdict,
    check_case,
    check_cases,
    compute_case,
)
from seuil.engines.droit._vocabulaire import BAILLEURS, NATURES

__all__ = [
    "BAILLEURS",
    "EXECUTION",
    "NATURES",
    "SANCTIONS",
    "SUPPRIMES",
    "Autre",
    "Calcul",
    "CasIllisible",
    "Constat",
    "DateHorsPeriode",
    "DureeIllisible",
    "Effet",
    "FaitInconnu",
    "FaitsContradictoires",
    "ImpayeConstitue",
    "LieuInconnu",
    "MontantIllisible",
    "Question",
    "Reference",
    "Regle",
    "RegleInconnue",
    "Releve",
    "Resultat",
    "SeuilSignalement",
    "SituationInvalide",
    "SituationLocative",
    "Terme",
    "TreveFixeeLocalement",
    "TreveLocale",
    "Variante",
    "Verdict",
    "Versement",
    "Version",
    "add_duree",
    "add_heures",
    "check_case",
    "check_cases",
    "compute",
    "compute_case",
    "compute_dates",
    "compute_execution",
    "compute_impaye",
    "compute_seuil_signalement",
    "end_of_treve",
    "execution_possible_from",
    "exigible_le",
    "fill_attentes",
    "find_regle",
    "in_treve",
    "is_heures",
    "is_ouvre",
    "list_attentes",
    "list_essayees",
    "load_effets",
    "next_execution_day",
    "ouvres_after",
    "ouvres_before",
    "questions",
    "read_essai",
    "read_fichier",
    "regles",
    "regularite",
    "remembered",
    "trying",
    "write_annuelle",
    "write_date",
    "write_duree",
    "write_gabarit",
    "write_montant",
    "write_periode",
    "write_valeur",
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
