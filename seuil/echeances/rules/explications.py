"""A stored deadline, computed again to be explained."""

from collections.abc import Mapping
from datetime import date

from seuil.echeances.rules.pauses import (
    ATTENTES,
    INDETERMINEES,
    RETIENT_JUSQU_A,
    RETIENT_TANT_QUE,
    read_attentes,
)
from seuil.engines import droit

_DATES = frozenset({
    "bail", "reconduit_le", "prefet_saisi_le", "delais_jusqu_au", "cfp_le", "cql_recu_le",
    "refus_le",
})  # fmt: skip
# Facts known to be missing.
_DRAPEAUX = frozenset({"prefet_non_saisi", "cql_recu_inconnu"})
_LUS_A_PART = _DRAPEAUX | {ATTENTES, INDETERMINEES}


def explain(*, regle: str, debut_le: date, arguments: Mapping[str, str]) -> droit.Resultat:
    """Recompute a stored deadline with the arguments it was computed with, for its explanation.

    Raises droit.DateHorsPeriode.
    """
    values: dict[str, object] = {
        name: date.fromisoformat(value) if name in _DATES else value
        for name, value in arguments.items()
        if name not in _LUS_A_PART
    }
    values |= {name: True for name in _DRAPEAUX if name in arguments}
    if regle == droit.EXECUTION:
        still_open = {**RETIENT_TANT_QUE, **RETIENT_JUSQU_A}
        return droit.compute_execution(
            cql_le=debut_le,
            attentes=tuple(read_attentes(arguments.get(ATTENTES, ""))),
            indeterminees=tuple(still_open[g] for g in arguments.get(INDETERMINEES, "").split()),
            **values,  # type: ignore[arg-type]
        )
    return droit.compute(regle, depuis=debut_le, **values)  # type: ignore[arg-type]
