"""Which rules a fact sets running, and the deadline each gives."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from seuil.engines import droit

# Fact → rules of engines/droit that it starts. The identifiers are those of the law table.
REGLES_PAR_FAIT: Mapping[str, tuple[str, ...]] = {
    "commandement": ("A1",),
    "audience": ("C2", "C3", "C6"),
    "dsf_demande": ("C5",),
    "cql": ("F1", "F4"),
    "cql_recu": ("G4",),
    "rfp": ("G3", "G7"),
    "cfp_accord": ("G5",),
    "expulsion": ("G12",),
    "mandat_transmis": ("EM1", "EM2", "EM2b"),
    "mandat_debut": ("EM3", "EM5"),
    "echange": ("EM4", "EM6"),
}

# What to obtain when the day of a starting fact is not known, in the words of the screen.
FAIT_A_OBTENIR: Mapping[str, str] = {
    "audience": "la date de l’audience",
    "dsf_demande": "la date à laquelle le préfet a saisi l’organisme chargé du diagnostic",
    "cql_recu": "la date à laquelle le préfet a reçu le commandement de quitter les lieux",
}

# The lease decides of the clause résolutoire only.
_REGLES_DU_BAIL = frozenset({"A1"})


@dataclass(frozen=True, slots=True)
class Fait:
    """A dated fact that starts delays; `le` is None when its day is still to be obtained."""

    dossier_id: UUID
    genre: str
    le: date | None
    source_type: str
    source_id: UUID


@dataclass(frozen=True, slots=True)
class Contexte:
    """What else of a dossier selects the version or the calendar of a rule."""

    departement: str
    commune: str = ""
    bail_le: date | None = None
    clause: str = ""


@dataclass(frozen=True, slots=True)
class EcheanceCalculee:
    """A deadline before it is written; see the model."""

    dossier_id: UUID
    regle: str
    source_type: str
    source_id: UUID
    debut_le: date | None
    le: date | None
    autres: tuple[date, ...]
    certitude: str
    parametre: str
    arguments: Mapping[str, str]
    a_obtenir: str


def compute_echeances(
    faits: Iterable[Fait], contextes: Mapping[UUID, Contexte]
) -> list[EcheanceCalculee]:
    """Return every deadline the facts entail; a fact without a day gives one “to determine”.

    The order of the facts changes nothing; two facts of the same source and rule give one row.
    """
    computed: dict[tuple[UUID, str, UUID], EcheanceCalculee] = {}
    for fait in faits:
        contexte = contextes[fait.dossier_id]
        for regle in REGLES_PAR_FAIT[fait.genre]:
            computed[fait.dossier_id, regle, fait.source_id] = (
                _a_determiner(fait, regle)
                if fait.le is None
                else _datee(fait, fait.le, regle, contexte)
            )
    return list(computed.values())


def explain(*, regle: str, debut_le: date, arguments: Mapping[str, str]) -> droit.Resultat:
    """Recompute a stored deadline with the arguments it was computed with, for its explanation."""
    bail = arguments.get("bail")
    return droit.compute(
        regle,
        depuis=debut_le,
        bail=date.fromisoformat(bail) if bail else None,
        clause=arguments.get("clause"),
        commune=arguments.get("commune"),
        departement=arguments.get("departement"),
    )


def _datee(fait: Fait, debut_le: date, regle: str, contexte: Contexte) -> EcheanceCalculee:
    arguments = {"departement": contexte.departement}
    if contexte.commune and contexte.departement in _ALSACE_MOSELLE:
        arguments["commune"] = contexte.commune
    if regle in _REGLES_DU_BAIL:
        if contexte.bail_le:
            arguments["bail"] = contexte.bail_le.isoformat()
        if contexte.clause:
            arguments["clause"] = contexte.clause
    resultat = explain(regle=regle, debut_le=debut_le, arguments=arguments)
    return EcheanceCalculee(
        dossier_id=fait.dossier_id,
        regle=regle,
        source_type=fait.source_type,
        source_id=fait.source_id,
        debut_le=debut_le,
        le=resultat.date,
        autres=tuple(autre.date for autre in resultat.autres),
        certitude=resultat.certitude,
        parametre=resultat.parametre,
        arguments=arguments,
        a_obtenir="" if resultat.date else "un fait manque : " + resultat.libelle,
    )


# Good Friday is a holiday in some communes only: elsewhere the commune does not matter.
_ALSACE_MOSELLE = frozenset({"57", "67", "68"})


def _a_determiner(fait: Fait, regle: str) -> EcheanceCalculee:
    return EcheanceCalculee(
        dossier_id=fait.dossier_id,
        regle=regle,
        source_type=fait.source_type,
        source_id=fait.source_id,
        debut_le=None,
        le=None,
        autres=(),
        certitude="to_check",
        parametre="",
        arguments={},
        a_obtenir=FAIT_A_OBTENIR[fait.genre],
    )
