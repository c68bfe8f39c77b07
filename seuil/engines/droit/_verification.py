"""Compare the engine with cases that a jurist wrote: the public benchmark of deadlines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from seuil.engines.droit._execution import EXECUTION, compute_execution
from seuil.engines.droit._model import DateHorsPeriode, FaitsContradictoires, Resultat
from seuil.engines.droit._rules import compute
from seuil.strict_yaml import FichierIllisible, Table, read_tables

FAITS = frozenset({
    "depuis", "bail", "clause", "reconduit_le", "renouvele_le", "nature_bail", "delai_annonce",
    "prefet_saisi_le", "deux_mois", "delais_jusqu_au", "cql_recu_le", "refus_le", "domicile",
    "aj_demandee_le", "aj_depart_le", "notifie_le", "bailleur", "commune", "departement",
})  # fmt: skip
FAITS_EXECUTION = frozenset({
    "prefet_saisi_le", "deux_mois", "delais_jusqu_au", "cfp_le", "nature_bail", "commune",
    "departement",
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

    Raises CasIllisible, naming file and line.
    """
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise CasIllisible(
            f"Aucun cas dans {folder} : un fichier RÈGLE.yaml par règle est attendu."
        )
    for path in paths:
        for case in _read_cases(path):
            yield check_case(path.stem, case)


def _read_cases(path: Path) -> tuple[Table, ...]:
    try:
        cases = read_tables(text=path.read_bytes(), fichier=path.name)
        for case in cases:
            _check_case(case, path.stem)
    except FichierIllisible as refusal:
        raise CasIllisible(str(refusal)) from refusal
    return cases


def _check_case(case: Table, regle: str) -> None:
    known = FAITS | ATTENDUS | AUTOUR | (FAITS_EXECUTION if regle == EXECUTION else frozenset())
    case.check_keys({"cas", "depuis"}, known)
    case.text("cas")
    case.day("depuis")
    if not case.get("refus") and "certitude" not in case:
        case.refuse("certitude", "un cas dit sa certitude, ou « refus »")


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
    except (DateHorsPeriode, FaitsContradictoires) as refusal:
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
