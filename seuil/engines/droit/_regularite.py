"""What the facts answer to the checklist of an act: by a control of the engine, or to check."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from seuil.engines.droit._controles import CONTROLES
from seuil.engines.droit._model import DateHorsPeriode, Reference
from seuil.engines.droit._questions import Question, load_faits_de_controle, load_questions
from seuil.engines.droit._verdict import A_VERIFIER, SANS_OBJET, Verdict


class FaitInconnu(ValueError):
    """A fact given to the checklist is not one that it knows, or is not of its type."""


@dataclass(frozen=True, slots=True)
class Constat:
    """What the engine finds on one question: an answer, its reasons, what is missing."""

    question: str
    texte: str
    verification: str
    reponse: str
    source: str
    explication: str
    a_obtenir: tuple[str, ...]
    sanction: str
    consequence: str
    regulier: str
    irregulier: str
    aide: str
    certitude: str
    checked_on: date
    note: str
    references: tuple[Reference, ...]


def regularite(acte: str, on: date, faits: Mapping[str, Any]) -> list[Constat]:
    """Answer the checklist of an act of that day from the facts; what is unknown is to check.

    An act without checklist gives nothing. Raises FaitInconnu.
    """
    known = load_faits_de_controle()
    _check_faits(faits, known)
    return [
        _make_constat(question, _decide(question, on, faits), known)
        for question in load_questions().get(acte, ())
        if question.covers(on)
    ]


def questions() -> Mapping[str, tuple[Question, ...]]:
    """Give every question by kind of act, in the order of the checklist."""
    return load_questions()


def _check_faits(faits: Mapping[str, Any], known: Mapping[str, str]) -> None:
    for nom, value in faits.items():
        if nom not in known:
            raise FaitInconnu(f"Fait inconnu\N{NO-BREAK SPACE}: {nom}.")
        if nom.endswith(("_le", "_au")) and type(value) is not date and value is not None:
            raise FaitInconnu(f"Une date est attendue\N{NO-BREAK SPACE}: {nom}.")


def _decide(question: Question, on: date, faits: Mapping[str, Any]) -> Verdict:
    if question.verification == "juriste":
        return Verdict(A_VERIFIER, "")
    try:
        return CONTROLES[question.controle](on, faits, question.seuils)
    except DateHorsPeriode as refusal:
        return Verdict(A_VERIFIER, str(refusal), certitude="to_check")


def _make_constat(question: Question, verdict: Verdict, known: Mapping[str, str]) -> Constat:
    return Constat(
        question=question.id,
        texte=question.texte,
        verification=question.verification,
        reponse=verdict.reponse,
        source="moteur",
        explication=verdict.explication,
        a_obtenir=tuple(known[nom] for nom in verdict.a_obtenir),
        sanction=question.sanction,
        consequence=question.consequence,
        regulier=question.regulier,
        irregulier=question.irregulier,
        aide=question.aide,
        certitude=verdict.certitude
        or ("sure" if verdict.reponse == SANS_OBJET else question.certitude),
        checked_on=question.checked_on,
        note=question.note,
        references=question.references,
    )
