"""Which rules a fact sets running, and the deadline each gives."""

from collections.abc import Collection, Iterable, Mapping
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
    "echange": ("EM4",),
    "relance": ("EM6",),
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
                _a_determiner(fait, regle, FAIT_A_OBTENIR[fait.genre])
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
    try:
        resultat = explain(regle=regle, debut_le=debut_le, arguments=arguments)
    except droit.DateHorsPeriode:
        return _a_determiner(fait, regle, "le texte applicable à cette date")
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
        # Overseas the trêve is set by each préfet: the engine has no date to give.
        a_obtenir="" if resultat.date else "la date fixée localement",
    )


# Good Friday is a holiday in some communes only: elsewhere the commune does not matter.
_ALSACE_MOSELLE = frozenset({"57", "67", "68"})


def _a_determiner(fait: Fait, regle: str, a_obtenir: str) -> EcheanceCalculee:
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
        a_obtenir=a_obtenir,
    )


@dataclass(frozen=True, slots=True)
class Acte:
    """An act as the projections read it."""

    id: UUID
    type: str
    survenu_le: date
    recu_le: date | None
    audience_le: date | None
    sens: str


def list_faits(dossier_id: UUID, actes: Collection[Acte]) -> list[Fait]:
    """Return the facts that the acts of one dossier set running."""
    faits = [
        Fait(dossier_id, genre, le, "acte", acte.id)
        for acte in actes
        for genre, le in _list_starts(acte)
    ]
    hearing = _find_audience(actes)
    if hearing:
        faits.append(Fait(dossier_id, "audience", hearing[0], "acte", hearing[1]))
    return faits


def _list_starts(acte: Acte) -> list[tuple[str, date | None]]:
    if acte.type in {"commandement", "expulsion"}:
        return [(acte.type, acte.survenu_le)]
    if acte.type == "cql":
        return [("cql", acte.survenu_le), ("cql_recu", acte.recu_le)]
    if acte.type == "rfp":
        # The requisition counts from its reception by the préfet (CPCE R153-1).
        return [("rfp", acte.recu_le or acte.survenu_le)]
    if acte.type == "cfp" and acte.sens == "accord":
        return [("cfp_accord", acte.survenu_le)]
    return []


def _find_audience(actes: Collection[Acte]) -> tuple[date | None, UUID] | None:
    """Return the hearing that counts: the latest one fixed, a deferral replacing the first.

    An assignation without hearing gives a hearing still to be known.
    """
    dated = [(a.audience_le, a.id) for a in actes if a.type == "assignation" and a.audience_le]
    dated += [(a.survenu_le, a.id) for a in actes if a.type == "audience"]
    if dated:
        return max(dated)
    assignations = [(a.survenu_le, a.id) for a in actes if a.type == "assignation"]
    return (None, max(assignations)[1]) if assignations else None


# From the first to the last stage of the procedure.
STADES = ("commandement", "assignation", "jugement", "cql", "rfp", "cfp", "expulsion")
_STADE_DE = {stade: stade for stade in STADES} | {"audience": "assignation"}


@dataclass(frozen=True, slots=True)
class Avancement:
    """The stage a dossier reached, since when, and its hearing."""

    stade: str
    stade_le: date
    audience_le: date | None


def compute_avancement(actes: Iterable[Acte]) -> Avancement | None:
    """Return where the procedure stands: the last stage reached by the acts, None without act.

    A new commandement more than a year after everything else opens a new procedure: the stage
    is then that of the acts that follow it.
    """
    ordered = sorted(
        (acte for acte in actes if acte.type in _STADE_DE),
        key=lambda acte: (acte.survenu_le, STADES.index(_STADE_DE[acte.type])),
    )
    if not ordered:
        return None
    start = 0
    for index in range(1, len(ordered)):
        gap = ordered[index].survenu_le - ordered[index - 1].survenu_le
        if ordered[index].type == "commandement" and gap.days > _NEW_PROCEDURE_DAYS:
            start = index
    current = ordered[start:]
    reached = max(current, key=lambda acte: STADES.index(_STADE_DE[acte.type]))
    hearings = [a.survenu_le for a in current if a.type == "audience"]
    hearings += [a.audience_le for a in current if a.audience_le]
    return Avancement(
        stade=_STADE_DE[reached.type],
        stade_le=reached.survenu_le if reached.type != "audience" else _first_le(current),
        audience_le=max(hearings, default=None),
    )


_NEW_PROCEDURE_DAYS = 365


def _first_le(actes: Iterable[Acte]) -> date:
    return min(acte.survenu_le for acte in actes)
