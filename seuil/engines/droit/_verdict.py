"""The answer of a control of regularity, and what all controls share.

A control never guesses: it decides only when every reading of the law agrees; otherwise it names
what to obtain, or the two readings. The delays themselves come from the parameters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from seuil.engines.droit import _calendar
from seuil.engines.droit._francais import write_date
from seuil.engines.droit._model import Autre, Resultat
from seuil.engines.droit._rules import compute

REGULIER = "regulier"
IRREGULIER = "irregulier"
A_VERIFIER = "a_verifier"
SANS_OBJET = "sans_objet"
REPONSES = (REGULIER, IRREGULIER, A_VERIFIER, SANS_OBJET)

NBSP = "\N{NO-BREAK SPACE}"

Faits = Mapping[str, Any]
Seuils = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a control answers, why, and the facts it would need to answer better.

    An empty `certitude` leaves that of the question.
    """

    reponse: str
    explication: str
    a_obtenir: tuple[str, ...] = ()
    certitude: str = ""


Controle = Callable[[date, Faits, Seuils], Verdict]


def write_jours(n: int) -> str:
    return f"{n}{NBSP}jour{'s' if n > 1 else ''}"


def compute_there(regle: str, depuis: date, faits: Faits) -> Resultat:
    """Compute a rule with the calendar of the dwelling."""
    return compute(
        regle,
        depuis=depuis,
        departement=faits.get("departement"),
        commune=faits.get("commune"),
    )


def _roll(le: date, faits: Faits) -> date:
    return _calendar.roll(
        le,
        _calendar.calendrier_of(departement=faits.get("departement"), commune=faits.get("commune"))
        if faits.get("departement") or faits.get("commune")
        else _calendar.METROPOLE,
    )


def add_report(terme: date, day: date, faits: Faits) -> str:
    """Say that article 642 could carry a term to a day that is not past it, or nothing."""
    rolled = _roll(terme, faits)
    if day > rolled:
        return ""
    return (
        f" Le report du terme au {write_date(rolled)} (article 642 du code de procédure civile) "
        "peut être plaidé."
    )


def add_autre(resultat: Resultat, faits: Faits) -> Resultat:
    """Add the date that article 642 would give, where it can be pleaded without being settled."""
    assert resultat.date is not None
    rolled = _roll(resultat.date, faits)
    if rolled == resultat.date:
        return resultat
    motif = "Si l’article 642 du code de procédure civile reporte le terme."
    return replace(resultat, autres=(*resultat.autres, Autre(rolled, motif)))


def missing(*faits: str, explication: str = "") -> Verdict:
    return Verdict(A_VERIFIER, explication, a_obtenir=faits, certitude="to_check")


def contradict(first: str, second: str) -> Verdict:
    return Verdict(
        A_VERIFIER,
        f"Les dates se contredisent{NBSP}: {first}, {second}. L’une des deux est à corriger.",
        certitude="to_check",
    )


def get_lieu(faits: Faits) -> dict[str, str | None]:
    return {"departement": faits.get("departement"), "commune": faits.get("commune")}


def _dates(resultat: Resultat) -> list[date]:
    """List the date retained and the others that can be defended, earliest first."""
    assert resultat.date is not None
    return sorted({resultat.date, *(autre.date for autre in resultat.autres)})


def _deux_lectures(resultat: Resultat) -> str:
    assert resultat.date is not None
    autres = " ".join(f"Le {write_date(a.date)}{NBSP}: {_lower(a.motif)}" for a in resultat.autres)
    return (
        f"Deux lectures du terme se défendent. Le {write_date(resultat.date)}{NBSP}: règle "
        f"retenue. {autres}"
    )


def _lower(texte: str) -> str:
    return texte[:1].lower() + texte[1:]


def judge_deadline(
    day: date, resultat: Resultat, *, fait: str, verbe: str, tardif: str = "tardive"
) -> Verdict:
    """Place a day against the last valid one; between two readings, nothing is decided."""
    limites = _dates(resultat)
    assert resultat.date is not None
    if day > limites[-1]:
        return Verdict(
            IRREGULIER,
            f"{fait} le {write_date(day)}{NBSP}; {verbe} le {write_date(resultat.date)} au plus "
            f"tard{NBSP}: {tardif} de {write_jours((day - resultat.date).days)}.",
            certitude="sure",
        )
    if day <= limites[0]:
        return Verdict(
            REGULIER,
            f"{fait} le {write_date(day)}{NBSP}; {verbe} le {write_date(resultat.date)} au plus "
            "tard.",
            certitude="sure",
        )
    return Verdict(
        A_VERIFIER,
        f"{fait} le {write_date(day)}. {_deux_lectures(resultat)}",
        certitude=resultat.certitude if resultat.certitude != "sure" else "contested",
    )
