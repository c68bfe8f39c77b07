"""Compare the engine with cases that a jurist wrote: the public benchmark of deadlines."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from seuil.engines.droit._execution import EXECUTION, compute_execution
from seuil.engines.droit._model import DateHorsPeriode, Resultat
from seuil.engines.droit._rules import compute

FAITS = frozenset({
    "depuis", "bail", "clause", "reconduit_le", "delai_annonce", "prefet_saisi_le",
    "delais_jusqu_au", "cql_recu_le", "commune", "departement",
})  # fmt: skip
FAITS_EXECUTION = frozenset({
    "prefet_saisi_le", "delais_jusqu_au", "cfp_le", "commune", "departement",
})  # fmt: skip
ATTENDUS = frozenset({"date", "autres", "certitude", "plage", "seuils", "refus"})
AUTOUR = frozenset({"cas", "source"})


class CasIllisible(ValueError):
    """A case of the benchmark is not written as the engine can read it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one case: `juste`, `discute` (right, and courts disagree) or `faux`."""

    regle: str
    cas: str
    etat: str
    ecarts: tuple[str, ...]


def check_cases(folder: Path) -> Iterator[Verdict]:
    """Yield the verdict of every case of a folder, one file per rule, in order.

    Raises CasIllisible, naming file and case.
    """
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise CasIllisible(
            f"Aucun cas dans {folder} : un fichier RÈGLE.yaml par règle est attendu."
        )
    for path in paths:
        for case in _read_cases(path):
            yield check_case(path.stem, case)


def _read_cases(path: Path) -> list[dict[str, Any]]:
    try:
        cases = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError) as error:
        raise CasIllisible(f"{path.name} : écriture illisible ({error}).") from error
    if not isinstance(cases, list):
        raise CasIllisible(f"{path.name} : une liste de cas est attendue.")
    for rank, case in enumerate(cases, start=1):
        why = _why_unreadable(case, path.stem)
        if why:
            raise CasIllisible(f"{path.name}, cas n° {rank} : {why}.")
    return cases


def _why_unreadable(case: Any, regle: str) -> str:
    if not isinstance(case, dict) or not case.get("cas"):
        return "le titre « cas » manque"
    if not isinstance(case.get("depuis"), dt.date):
        return f"« {case['cas']} » n’a pas de date « depuis » (AAAA-MM-JJ)"
    known = FAITS | ATTENDUS | AUTOUR | (FAITS_EXECUTION if regle == EXECUTION else frozenset())
    unknown = set(case) - known
    if unknown:
        return f"« {case['cas']} » contient des clés inconnues, {', '.join(sorted(unknown))}"
    if not case.get("refus") and "certitude" not in case:
        return f"« {case['cas']} » ne dit pas sa certitude"
    return ""


def compute_case(regle: str, case: Mapping[str, Any]) -> Resultat:
    """Compute the rule of a case with the facts that it states. Raises as `compute`."""
    if regle == EXECUTION:
        facts = {key: case[key] for key in FAITS_EXECUTION & case.keys()}
        return compute_execution(cql_le=case["depuis"], **facts)
    return compute(regle, **{key: case[key] for key in FAITS & case.keys()})


def check_case(regle: str, case: Mapping[str, Any]) -> Verdict:
    """Compare one case with the engine."""
    try:
        resultat = compute_case(regle, case)
    except DateHorsPeriode as refusal:
        ecarts = [] if case.get("refus") else [f"refusé : {refusal}"]
        return Verdict(regle, case["cas"], "faux" if ecarts else "juste", tuple(ecarts))
    if case.get("refus"):
        return Verdict(regle, case["cas"], "faux", (f"refus attendu, {resultat.date} obtenu",))
    ecarts = list(_list_ecarts(case, resultat))
    right = "discute" if resultat.certitude == "contested" else "juste"
    return Verdict(regle, case["cas"], "faux" if ecarts else right, tuple(ecarts))


def _list_ecarts(case: Mapping[str, Any], resultat: Resultat) -> Iterator[str]:
    if resultat.date != case.get("date"):
        yield f"date : {case.get('date')} attendue, {resultat.date} obtenue"
    found = {autre.date for autre in resultat.autres}
    missing = sorted(set(case.get("autres", [])) - found)
    if missing:
        yield f"autres lectures : {', '.join(map(str, missing))} manque"
    if resultat.certitude != case["certitude"]:
        yield f"certitude : {case['certitude']} attendue, {resultat.certitude} obtenue"
    for key in ("plage", "seuils"):
        expected, got = tuple(case.get(key) or ()), tuple(getattr(resultat, key) or ())
        # Thresholds may go unsaid in a case about dates.
        if expected != got and (key == "plage" or expected):
            yield f"{key} : {list(expected)} attendu, {list(got)} obtenu"
