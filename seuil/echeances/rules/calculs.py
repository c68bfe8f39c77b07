"""The deadline that a rule gives from a fact, explained."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple
from uuid import UUID

from seuil.echeances.rules.explications import explain
from seuil.echeances.rules.faits import (
    Fait,
    list_a_obtenir,
    list_regles_lues,
    list_regles_par_fait,
    list_suites,
)
from seuil.engines import droit


@dataclass(frozen=True, slots=True)
class Contexte:
    """What else of a dossier selects the version or the calendar of a rule."""

    departement: str
    commune: str = ""
    bail_le: date | None = None
    clause: str = ""
    reconduit_le: date | None = None

    def list_arguments(self, regle: str) -> tuple[tuple[str, str], ...]:
        """Return what of the dossier the rule asks: the place, the lease for its clause."""
        arguments = [("departement", self.departement)]
        # Good Friday is a holiday in some communes only: elsewhere the commune does not matter.
        if self.commune and self.departement in _ALSACE_MOSELLE:
            arguments.append(("commune", self.commune))
        if regle in _REGLES_DU_BAIL:
            if self.bail_le:
                arguments.append(("bail", self.bail_le.isoformat()))
            if self.clause:
                arguments.append(("clause", self.clause))
            if self.reconduit_le:
                arguments.append(("reconduit_le", self.reconduit_le.isoformat()))
        return tuple(arguments)


# The lease decides of the clause résolutoire only.
_REGLES_DU_BAIL = frozenset({"A1"})
_ALSACE_MOSELLE = frozenset({"57", "67", "68"})


class Calcul(NamedTuple):
    """What is computed of a deadline: thousands of dossiers share one."""

    debut_le: date | None
    le: date | None
    autres: tuple[date, ...]
    certitude: str
    parametre: str
    arguments: tuple[tuple[str, str], ...]
    a_obtenir: str


class EcheanceCalculee(NamedTuple):
    """A deadline before it is written; see the model."""

    dossier_id: UUID
    regle: str
    source_type: str
    source_id: UUID
    calcul: Calcul

    @property
    def debut_le(self) -> date | None:
        return self.calcul.debut_le

    @property
    def le(self) -> date | None:
        return self.calcul.le

    @property
    def autres(self) -> tuple[date, ...]:
        return self.calcul.autres

    @property
    def certitude(self) -> str:
        return self.calcul.certitude

    @property
    def a_obtenir(self) -> str:
        return self.calcul.a_obtenir


def compute_echeances(
    faits: Iterable[Fait], contextes: Mapping[UUID, Contexte]
) -> list[EcheanceCalculee]:
    """Return every deadline the facts entail; a fact without a day gives one “to determine”.

    The order of the facts changes nothing; two facts of the same source and rule give one row.
    """
    # By rule and source: a source belongs to one dossier, and numbers are found faster than ids.
    computed: dict[tuple[str, int], EcheanceCalculee] = {}
    places: dict[Contexte, dict[str, tuple[tuple[str, str], ...]]] = {}
    par_fait, suites = list_regles_par_fait(), list_suites()
    for fait in faits:
        contexte = contextes[fait.dossier_id]
        known = places.get(contexte)
        if known is None:
            known = places[contexte] = {}
        for regle in par_fait.get(fait.genre, ()):
            arguments = known.get(regle)
            if arguments is None:
                arguments = known[regle] = contexte.list_arguments(regle)
            found = _compute_one(fait, regle, arguments)
            computed[regle, fait.source_id.int] = found
            if regle in suites and found.le:
                # The end of this delay starts another one.
                suite = fait._replace(le=found.le, arguments=())
                computed[suites[regle], fait.source_id.int] = _compute_one(
                    suite, suites[regle], arguments
                )
    return list(computed.values())


def compute_lues(faits: Iterable[Fait], contexte: Contexte) -> list[EcheanceCalculee]:
    """Return the delays that only the page of a dossier shows.

    Those of a fact still to be obtained are kept nowhere: they are shown from here.
    """
    lues, suivies = list_regles_lues(), list_regles_par_fait()
    return [
        _compute_one(fait, regle, contexte.list_arguments(regle))
        for fait in faits
        for regle in (lues if fait.le else suivies).get(fait.genre, ())
    ]


def _compute_one(
    fait: Fait, regle: str, arguments: tuple[tuple[str, str], ...]
) -> EcheanceCalculee:
    if fait.le is None:
        found = _undetermined(list_a_obtenir()[fait.genre])
    else:
        if fait.arguments:
            arguments += fait.arguments
        found = compute_dated(regle, fait.le, arguments)
    return EcheanceCalculee(fait.dossier_id, regle, fait.source_type, fait.source_id, found)


@droit.remembered(maxsize=524_288)
def compute_dated(regle: str, debut_le: date, arguments: tuple[tuple[str, str], ...]) -> Calcul:
    """Return what is stored of a deadline: many dossiers share rule, day and arguments."""
    try:
        resultat = explain(regle=regle, debut_le=debut_le, arguments=dict(arguments))
    except droit.DateHorsPeriode:
        return _undetermined("le texte applicable à cette date")
    except droit.FaitsContradictoires:
        return _undetermined("la correction de deux dates qui se contredisent")
    if resultat.date is None:
        # Overseas the trêve is set by each préfet: the engine has no date to give.
        a_obtenir = resultat.a_obtenir or "la date fixée localement"
        return Calcul(
            debut_le, None, _list_autres(resultat), resultat.certitude, resultat.parametre,
            arguments, a_obtenir[:200],
        )  # fmt: skip
    return Calcul(
        debut_le,
        resultat.date,
        _list_autres(resultat),
        resultat.certitude,
        resultat.parametre,
        arguments,
        "",
    )


def _list_autres(resultat: droit.Resultat) -> tuple[date, ...]:
    return tuple(dict.fromkeys(autre.date for autre in resultat.autres))


@cache
def _undetermined(a_obtenir: str) -> Calcul:
    return Calcul(None, None, (), "to_check", "", (), a_obtenir)
