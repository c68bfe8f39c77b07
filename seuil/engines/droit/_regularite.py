"""The checklist of each act: its questions, read strictly, and what the facts answer.

One file per act in `regularite/`. A question is answered by a control of the engine or by the
jurist who has the paper in hand; the law of the act's day says which questions are asked.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from seuil.engines.droit._controles import CONTROLES
from seuil.engines.droit._loader import (
    CERTITUDES,
    HERE,
    _read_references,
    _Reader,
    read_table,
)
from seuil.engines.droit._model import DateHorsPeriode, Reference
from seuil.engines.droit._verdict import A_VERIFIER, SANS_OBJET, Verdict

VERIFICATIONS = frozenset({"moteur", "juriste"})
# What an irregularity entails, as a badge of the screen says it.
SANCTIONS: Mapping[str, str] = MappingProxyType(
    {
        "nullite": "Nullité",
        "irrecevabilite": "Irrecevabilité",
        "caducite": "Caducité",
        "suspension": "Délai suspendu",
        "inopposabilite": "Inopposabilité",
        "premature": "Acte prématuré",
        "aucune": "Sans sanction écrite",
    }
)
_ID = re.compile(r"R-[A-Z]{3}-\d{1,2}")
_FAITS = "faits.yaml"

_KEYS = {
    "id", "question", "verification", "regles", "valid_from", "valid_to", "sanction",
    "consequence", "regulier", "irregulier", "aide", "certainty", "checked_on", "reference",
}  # fmt: skip
_OPTIONAL = {"controle", "faits", "seuils", "note"}


class FaitInconnu(ValueError):
    """A fact given to the checklist is not one that it knows, or is not of its type."""


@dataclass(frozen=True, slots=True)
class Question:
    """One point of the checklist of an act, with the sentence that each answer makes."""

    id: str
    acte: str
    texte: str
    verification: str
    controle: str
    faits: tuple[str, ...]
    seuils: Mapping[str, int]
    regles: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None
    sanction: str
    consequence: str
    regulier: str
    irregulier: str
    aide: str
    certitude: str
    checked_on: date
    note: str
    references: tuple[Reference, ...]

    def covers(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


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


@cache
def load_faits_de_controle() -> Mapping[str, str]:
    """Read the facts that controls take, each with what to obtain when it is missing."""
    return _read_faits(HERE / "regularite")


@cache
def load_questions() -> Mapping[str, tuple[Question, ...]]:
    """Read the checklists of the engine."""
    return read_questions(HERE / "regularite")


def _read_faits(root: Path) -> Mapping[str, str]:
    table = read_table(root / _FAITS, root)
    reader = _Reader(_FAITS, table, "faits", 1)
    return MappingProxyType({nom: reader.text(nom) for nom in table})


def read_questions(root: Path) -> Mapping[str, tuple[Question, ...]]:
    """Read every checklist of a folder.

    Raises ParametreInvalide, naming file and line, at the first thing it does not understand.
    """
    faits = _read_faits(root)
    par_acte: dict[str, tuple[Question, ...]] = {}
    seen: set[str] = set()
    for path in sorted(root.glob("*.yaml")):
        if path.name == _FAITS:
            continue
        table = read_table(path, root)
        reader = _Reader(path.name, table, "fichier", 1)
        reader.check_keys({"acte", "libelle", "questions"})
        reader.text("libelle")
        acte = reader.text("acte")
        if acte != path.stem:
            reader.refuse("acte", f"le fichier devrait s’appeler {acte}.yaml")
        found = []
        for sub in reader.subs("questions"):
            question = _read_question(sub, acte, faits)
            if question.id in seen:
                sub.refuse("id", "cet identifiant est déjà pris")
            seen.add(question.id)
            found.append(question)
        par_acte[acte] = tuple(found)
    return MappingProxyType(par_acte)


def _read_question(reader: _Reader, acte: str, faits: Mapping[str, str]) -> Question:
    reader.check_keys(_KEYS, _OPTIONAL)
    verification = reader.choice("verification", VERIFICATIONS)
    by_engine = verification == "moteur"
    for key in ("controle", "faits", "seuils"):
        if key in reader.table and not by_engine:
            reader.refuse(key, "seule une question vérifiée par le moteur le porte")
    if by_engine and "controle" not in reader.table:
        reader.refuse("controle", "une question vérifiée par le moteur dit son contrôle")
    identifier = reader.text("id")
    if not _ID.fullmatch(identifier):
        reader.refuse("id", "un identifiant « R-CDP-1 » est attendu".replace("« ", "«\u00a0"))
    texte = reader.text("question")
    if not texte.endswith("?"):
        reader.refuse("question", "une question finit par un point d’interrogation")
    wanted = reader.texts("faits") if "faits" in reader.table else ()
    for fait in wanted:
        if fait not in faits:
            reader.refuse("faits", f"fait inconnu «\N{NO-BREAK SPACE}{fait}\N{NO-BREAK SPACE}»")
    valid_from, valid_to = reader.day_or_open("valid_from"), reader.day_or_open("valid_to")
    if valid_from and valid_to and valid_to < valid_from:
        reader.refuse("valid_to", "la période finit avant de commencer")
    certitude = reader.choice("certainty", CERTITUDES)
    note = reader.text("note", default="")
    if certitude == "to_check" and not (note or by_engine):
        reader.refuse("note", "ce qui reste à vérifier se dit dans une note")
    return Question(
        id=identifier,
        acte=acte,
        texte=texte,
        verification=verification,
        controle=reader.choice("controle", CONTROLES) if by_engine else "",
        faits=wanted,
        seuils=_read_seuils(reader.sub("seuils")) if "seuils" in reader.table else {},
        regles=reader.texts("regles"),
        valid_from=valid_from,
        valid_to=valid_to,
        sanction=reader.choice("sanction", SANCTIONS),
        consequence=reader.text("consequence"),
        regulier=reader.text("regulier"),
        irregulier=reader.text("irregulier"),
        aide=reader.text("aide"),
        certitude=certitude,
        checked_on=reader.day("checked_on"),
        note=note,
        references=_read_references(reader),
    )


def _read_seuils(reader: _Reader) -> Mapping[str, int]:
    return MappingProxyType({nom: reader.count(nom) for nom in reader.table})
