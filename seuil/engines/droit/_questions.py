"""The checklist of each act: its questions, read strictly.

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

from seuil.engines.droit._controles import CONTROLES
from seuil.engines.droit._model import Reference
from seuil.engines.droit._vocabulaire import CERTITUDES, HERE, read_references
from seuil.strict_yaml import Table, read_file

VERIFICATIONS = ("moteur", "juriste")
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


@cache
def load_faits_de_controle() -> Mapping[str, str]:
    """Read the facts that controls take, each with what to obtain when it is missing."""
    return _read_faits(HERE / "regularite")


@cache
def load_questions() -> Mapping[str, tuple[Question, ...]]:
    """Read the checklists of the engine."""
    return read_questions(HERE / "regularite")


def _read_faits(root: Path) -> Mapping[str, str]:
    table = read_file(root / _FAITS, fichier=_FAITS)
    return MappingProxyType({nom: table.text(nom) for nom in table})


def read_questions(root: Path) -> Mapping[str, tuple[Question, ...]]:
    """Read every checklist of a folder.

    Raises FichierIllisible, naming file and line, at the first thing it does not understand.
    """
    faits = _read_faits(root)
    par_acte: dict[str, tuple[Question, ...]] = {}
    seen: set[str] = set()
    for path in sorted(root.glob("*.yaml")):
        if path.name != _FAITS:
            table = read_file(path, fichier=path.name)
            acte = _read_acte(table, path)
            par_acte[acte] = tuple(
                _read_question(sub, acte, faits, seen) for sub in table.tables("questions")
            )
    return MappingProxyType(par_acte)


def _read_acte(table: Table, path: Path) -> str:
    table.check_keys({"acte", "libelle", "questions"})
    table.text("libelle")
    acte = table.text("acte")
    if acte != path.stem:
        table.refuse("acte", f"le fichier devrait s’appeler {acte}.yaml")
    return acte


def _read_question(table: Table, acte: str, faits: Mapping[str, str], seen: set[str]) -> Question:
    table.check_keys(_KEYS, _OPTIONAL)
    by_engine = _is_by_engine(table)
    valid_from, valid_to = _read_period(table)
    return Question(
        id=_read_id(table, seen),
        acte=acte,
        texte=_read_texte(table),
        verification=table.text("verification"),
        controle=table.choice("controle", CONTROLES) if by_engine else "",
        faits=(
            table.texts("faits", among=faits, unknown="fait inconnu") if "faits" in table else ()
        ),
        seuils=_read_seuils(table.table("seuils")) if "seuils" in table else {},
        regles=table.texts("regles"),
        valid_from=valid_from,
        valid_to=valid_to,
        sanction=table.choice("sanction", SANCTIONS),
        consequence=table.text("consequence"),
        regulier=table.text("regulier"),
        irregulier=table.text("irregulier"),
        aide=table.text("aide"),
        certitude=table.choice("certainty", CERTITUDES),
        checked_on=table.day("checked_on"),
        note=_read_note(table, by_engine=by_engine),
        references=read_references(table),
    )


def _is_by_engine(table: Table) -> bool:
    """Tell whether a control answers, and refuse what goes with the other way."""
    by_engine = table.choice("verification", VERIFICATIONS) == "moteur"
    for key in ("controle", "faits", "seuils"):
        if key in table and not by_engine:
            table.refuse(key, "seule une question vérifiée par le moteur le porte")
    if by_engine and "controle" not in table:
        table.refuse("controle", "une question vérifiée par le moteur dit son contrôle")
    return by_engine


def _read_id(table: Table, seen: set[str]) -> str:
    identifier = table.text("id")
    if not _ID.fullmatch(identifier):
        table.refuse("id", "un identifiant « R-CDP-1 » est attendu")
    if identifier in seen:
        table.refuse("id", "cet identifiant est déjà pris")
    seen.add(identifier)
    return identifier


def _read_texte(table: Table) -> str:
    texte = table.text("question")
    if not texte.endswith("?"):
        table.refuse("question", "une question finit par un point d’interrogation")
    return texte


def _read_period(table: Table) -> tuple[date | None, date | None]:
    valid_from, valid_to = table.day_or_open("valid_from"), table.day_or_open("valid_to")
    if valid_from and valid_to and valid_to < valid_from:
        table.refuse("valid_to", "la période finit avant de commencer")
    return valid_from, valid_to


def _read_note(table: Table, *, by_engine: bool) -> str:
    note = table.text("note", default="")
    if table["certainty"] == "to_check" and not (note or by_engine):
        table.refuse("note", "ce qui reste à vérifier se dit dans une note")
    return note


def _read_seuils(table: Table) -> Mapping[str, int]:
    return MappingProxyType({nom: table.count(nom) for nom in table})
