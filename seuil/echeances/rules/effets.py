"""What a change of law would do to the dates of the open dossiers."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from seuil.echeances.rules.actes import list_faits
from seuil.echeances.rules.calculs import Contexte, compute_dated, compute_echeances
from seuil.echeances.rules.faits import list_suites
from seuil.echeances.rules.pauses import LIMITES, Acte
from seuil.engines import droit


class EcheanceConnue(NamedTuple):
    """A dated deadline as stored, with how many open dossiers share it exactly."""

    regle: str
    debut_le: date
    le: date
    certitude: str
    arguments: tuple[tuple[str, str], ...]
    nombre: int


@dataclass(frozen=True, slots=True)
class EffetDuDroit:
    """What other parameters would do to the dates of one rule, over the open dossiers."""

    regle: str
    libelle: str
    dates: int
    bougent: int
    # By how many days the moved dates move; None when none does.
    minimum: int | None
    mediane: int | None
    maximum: int | None
    perdues: int
    certitude_change: int

    @property
    def change(self) -> bool:
        """Tell whether a date of this rule moves, is lost or becomes more or less sure."""
        return bool(self.bougent or self.perdues or self.certitude_change)


# Rules that decide of the starting day or of the arguments of other deadlines, and those deadlines:
# when one of the first is tried, the second are computed again from the facts.
REGLES_EN_AMONT = frozenset({*list_suites(), *LIMITES.values(), "G3"})
REGLES_EN_AVAL = frozenset({*list_suites().values(), droit.EXECUTION, "G7"})
# The acts without which the first have no effect on the second.
ACTES_EN_AMONT = frozenset({"surendettement", "pcs", "dalo", "delais_quitter", "jugement"})


class DossierRelu(NamedTuple):
    """The facts of one dossier and its deadlines that depend on the dates of others, as stored."""

    id: UUID
    actes: Collection[Acte]
    contexte: Contexte
    # (rule, fact) → date and certainty.
    connues: Mapping[tuple[str, UUID], tuple[date, str]]


def compute_effet(
    connues: Iterable[EcheanceConnue],
    essai: Mapping[str, droit.Regle],
    relus: Iterable[DossierRelu] = (),
) -> list[EffetDuDroit]:
    """Return, by rule, how many dates other parameters move and by how much.

    `relus` are the dossiers whose deadlines are counted from their facts instead.
    """
    by_rule: dict[str, list[_Avant]] = {}
    with droit.trying(essai):
        for connue in connues:
            found = compute_dated(connue.regle, connue.debut_le, connue.arguments)
            by_rule.setdefault(connue.regle, []).append((connue, found.le, found.certitude))
        for relu in relus:
            for connue, le, certitude in _compute_relu(relu):
                by_rule.setdefault(connue.regle, []).append((connue, le, certitude))
    return [_measure(regle, found, essai) for regle, found in sorted(by_rule.items())]


def _compute_relu(relu: DossierRelu) -> Iterator["_Avant"]:
    computed = {
        (e.regle, e.source_id): e
        for e in compute_echeances(list_faits(relu.id, relu.actes), {relu.id: relu.contexte})
    }
    for (regle, source_id), (le, certitude) in relu.connues.items():
        connue = EcheanceConnue(regle, le, le, certitude, (), 1)
        found = computed.get((regle, source_id))
        yield connue, found.le if found else None, found.certitude if found else ""


# A deadline as stored, its date and its certainty under the trial.
_Avant = tuple[EcheanceConnue, date | None, str]


def list_effets_utiles(
    effets: Iterable[EffetDuDroit], essai: Mapping[str, droit.Regle]
) -> list[EffetDuDroit]:
    """Keep the rules of the trial, without any date too, and those that it moves in consequence."""
    by_rule = {effet.regle: effet for effet in effets}
    essayees = droit.list_essayees(essai)
    found = [by_rule.get(r) or _measure(r, (), essai) for r in essayees]
    return found + [e for e in by_rule.values() if e.change and e.regle not in essayees]


def _measure(
    regle: str,
    found: Iterable[_Avant],
    essai: Mapping[str, droit.Regle],
) -> EffetDuDroit:
    moves: list[tuple[int, int]] = []
    total = lost = doubt = 0
    for connue, le, certitude in found:
        total += connue.nombre
        if le is None:
            lost += connue.nombre
        elif le != connue.le:
            moves.append(((le - connue.le).days, connue.nombre))
        elif certitude != connue.certitude:
            doubt += connue.nombre
    moves.sort()
    moved = sum(n for _, n in moves)
    return EffetDuDroit(
        regle=regle,
        libelle=essai[regle].libelle,
        dates=total,
        bougent=moved,
        minimum=moves[0][0] if moves else None,
        mediane=_find_median(moves, moved),
        maximum=moves[-1][0] if moves else None,
        perdues=lost,
        certitude_change=doubt,
    )


def _find_median(moves: Iterable[tuple[int, int]], count: int) -> int | None:
    seen = 0
    for days, n in moves:
        seen += n
        if 2 * seen >= count:
            return days
    return None
