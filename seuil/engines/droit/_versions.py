"""One version of a rule, as its file writes it: a value, its dates, its unit, its references."""

import re
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from seuil.engines.droit._model import (
    Autre,
    Conseil,
    Distance,
    Lecture,
    Periode,
    Prolongation,
    Seuil,
    TreveLocale,
    Variante,
    Version,
)
from seuil.engines.droit._vocabulaire import (
    BAILLEURS,
    CERTITUDES,
    DOMICILES,
    read_references,
    read_unit,
)
from seuil.strict_yaml import Table

T = TypeVar("T")

# What measures each formula: a counted length, a range, thresholds, a yearly period, a text.
FORMULES = {
    "delai": {"n"},
    "clause_resolutoire": {"n"},
    "deux_mois_cql": {"n"},
    "responsabilite": {"n"},
    "refus_implicite": {"n"},
    "concours_execute": {"n"},
    "plage": {"plage"},
    "treve": {"periode"},
    "seuil": {"seuils"},
    "impaye": {"seuils", "n"},
    "norme": {"texte"},
    "execution": {"texte"},
}
_KEYS = {"valid_from", "valid_to", "certainty", "checked_on", "reference"}
_OPTIONAL = {
    "ligne", "n", "unit", "maximum", "plage", "seuils", "variantes", "distances", "texte",
    "periode", "franc", "franc_texte", "autre_lecture", "conseil", "prolongations", "motif",
    "a_obtenir", "note", "plafond", "questions",
}  # fmt: skip
# No delay of the law is longer; beyond, the calendars end.
DUREE_MAX = 999
_ANNEE_ORDINAIRE = date(2001, 1, 1)
_MONTH_DAY = re.compile(r"([0-9]{2})-([0-9]{2})")


def read_version(table: Table, *, formule: str) -> Version:
    """Read what a rule says of one period. Raises FichierIllisible."""
    table.check_keys(_KEYS, _OPTIONAL)
    _check_measures(table, formule)
    _check_questions(table)
    is_counted = "n" in table
    return Version(
        ligne=table.text("ligne", default=""),
        valid_from=table.day_or_open("valid_from"),
        valid_to=table.day_or_open("valid_to"),
        n=_read_duree(table) if is_counted else None,
        unit=read_unit(table) if is_counted else None,
        maximum=table.flag("maximum"),
        plage=_read_bounds(table) if "plage" in table else None,
        seuils=read_list(table, "seuils", _read_seuil),
        variantes=read_list(table, "variantes", _read_variante),
        distances=read_list(table, "distances", _read_distance),
        texte=table.text("texte", default=""),
        periode=_read_one(table, "periode", _read_periode),
        franc=table.flag("franc"),
        franc_texte=table.text("franc_texte", default=""),
        autre_lecture=_read_one(table, "autre_lecture", _read_lecture),
        conseil=_read_one(table, "conseil", _read_conseil),
        plafond=_read_one(table, "plafond", _read_plafond),
        questions=table.texts("questions") if "questions" in table else (),
        prolongations=read_list(table, "prolongations", _read_prolongation),
        motif=table.text("motif", default=""),
        a_obtenir=table.text("a_obtenir", default=""),
        certainty=table.choice("certainty", CERTITUDES),
        checked_on=table.day("checked_on"),
        note=table.text("note", default=""),
        references=read_references(table),
    )


def _check_measures(table: Table, formule: str) -> None:
    """Refuse a value that this formula does not measure with, or the lack of one."""
    # A version that waits for its text measures nothing yet.
    measures = set() if "questions" in table else FORMULES[formule]
    for value in ("n", "plage", "periode", "seuils", "texte"):
        # The unpaid rent of before 2027 has thresholds and no length of time.
        may_miss = formule == "impaye" and value == "n"
        if (value in table) != (value in measures) and not may_miss:
            needed = " et ".join(f"« {measure} »" for measure in sorted(measures))
            table.refuse(value, f"cette règle se mesure par {needed}")
    if "unit" in table and "n" not in table:
        table.refuse("unit", "une unité accompagne toujours « n »")


def _check_questions(table: Table) -> None:
    """Refuse a version that waits for a text without saying which, or as if it were certain."""
    if "questions" not in table:
        return
    if not table.text("a_obtenir", default=""):
        table.refuse("questions", "« a_obtenir » dit le texte à lire")
    if table["certainty"] != "to_check":
        table.refuse("certainty", "une version qui attend son texte est « to_check »")


def read_list(table: Table, key: str, read: Callable[[Table], T]) -> tuple[T, ...]:
    """Read a list that may be absent, never empty."""
    return tuple(read(sub) for sub in table.tables(key)) if key in table else ()


def _read_one(table: Table, key: str, read: Callable[[Table], T]) -> T | None:
    return read(table.table(key)) if key in table else None


def read_treve_locale(table: Table) -> TreveLocale:
    """Read the winter truce of one overseas département."""
    bounds = {"debut", "fin"} if {"debut", "fin"} & table.keys() else set()
    table.check_keys({"departement", "motif", "url", *bounds})
    return TreveLocale(
        departement=table.text("departement"),
        periode=_read_bornes(table) if bounds else None,
        motif=table.text("motif"),
        url=table.text("url"),
    )


def _read_duree(table: Table) -> int:
    return table.count("n", maximum=DUREE_MAX)


def _read_bounds(table: Table) -> tuple[str, str]:
    value = table.texts("plage")
    if len(value) != len(("min", "max")):
        table.refuse("plage", "un minimum et un maximum sont attendus")
    return value[0], value[1]


def _read_month_day(table: Table, key: str) -> tuple[int, int]:
    match = _MONTH_DAY.fullmatch(table.text(key))
    if match is None:
        table.refuse(key, "un jour « MM-JJ » est attendu, entre guillemets")
    month, day = (int(part) for part in match.groups())
    try:
        _ANNEE_ORDINAIRE.replace(month=month, day=day)
    except ValueError:
        table.refuse(key, f"le jour « {match[0]} » n’existe pas chaque année")
    return month, day


def _read_seuil(table: Table) -> Seuil:
    measure = "plage" if "plage" in table else "n"
    table.check_keys({measure, "unit", "de"})
    return Seuil(
        n=table.count("n") if measure == "n" else None,
        plage=_read_bounds(table) if measure == "plage" else None,
        unit=read_unit(table),
        de=table.text("de"),
    )


def _read_variante(table: Table) -> Variante:
    by_bailleur = "bailleur" in table
    whose = "bailleur" if by_bailleur else "departements"
    table.check_keys({whose, "n", "unit", "certainty", "motif"})
    return Variante(
        departements=frozenset() if by_bailleur else frozenset(table.texts("departements")),
        bailleur=table.choice("bailleur", BAILLEURS) if by_bailleur else "",
        n=_read_duree(table),
        unit=read_unit(table),
        certainty=table.choice("certainty", CERTITUDES),
        motif=table.text("motif"),
    )


def _read_distance(table: Table) -> Distance:
    table.check_keys({"domicile", "n", "unit", "motif"})
    return Distance(
        domicile=table.choice("domicile", DOMICILES),
        n=_read_duree(table),
        unit=read_unit(table),
        motif=table.text("motif"),
    )


def _read_periode(table: Table) -> Periode:
    table.check_keys({"debut", "fin"})
    return _read_bornes(table)


def _read_bornes(table: Table) -> Periode:
    return Periode(debut=_read_month_day(table, "debut"), fin=_read_month_day(table, "fin"))


def _read_lecture(table: Table) -> Lecture:
    table.check_keys({"franc", "motif"})
    return Lecture(franc=table.flag("franc"), motif=table.text("motif"))


def _read_conseil(table: Table) -> Conseil:
    table.check_keys({"n", "unit", "texte"})
    return Conseil(n=_read_duree(table), unit=read_unit(table), texte=table.text("texte"))


def _read_plafond(table: Table) -> Autre:
    table.check_keys({"le", "motif"})
    return Autre(date=table.day("le"), motif=table.text("motif"))


def _read_prolongation(table: Table) -> Prolongation:
    table.check_keys({"du", "au", "tolerance", "motif", "reference"})
    return Prolongation(
        du=table.day("du"),
        au=table.day("au"),
        tolerance=table.flag("tolerance"),
        motif=table.text("motif"),
        references=read_references(table),
    )
