"""Which rules a fact sets running, and the deadline each gives."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import NamedTuple
from uuid import UUID

from seuil.engines import droit

# Fact → rules of engines/droit that it starts. The identifiers are those of the law table.
REGLES_PAR_FAIT: Mapping[str, tuple[str, ...]] = {
    "saisine_ccapex": ("C1",),
    "commandement": ("A1",),
    "premiere_audience": ("C2", "C3"),
    "audience": ("C6",),
    "dsf_demande": ("C5",),
    "signification_fond": ("E4",),
    "signification_refere": ("E5",),
    "cql": ("F1", "F4"),
    "cql_execution": (droit.EXECUTION,),
    "cql_recu": ("G4",),
    "rfp": ("G3", "G7"),
    "cfp_accord": ("G5",),
    "expulsion": ("G12",),
    "surendettement_depot": ("I10",),
    "surendettement_recevable": ("I2",),
    "surendettement_suspension": ("I4",),
    "surendettement_effacement": ("I9",),
    "pcs_signe": ("J2",),
    "dalo_recours": ("K1",),
    "dalo_reconnu": ("K2",),
    "mandat_transmis": ("EM1", "EM2", "EM2b"),
    "mandat_debut": ("EM3", "EM5"),
    "echange": ("EM4",),
    "relance": ("EM6",),
}

# Rules that start when another one ends.
SUITES: Mapping[str, str] = {"K2": "K3"}

# Delays that the page of a dossier shows and that no list nor task waits for: computed when read.
REGLES_LUES: Mapping[str, tuple[str, ...]] = {
    "commandement": ("A4",),
    "jugement": ("E7", "E8"),
    "signification_a_obtenir": ("E4",),
    "saisine_a_obtenir": ("C1",),
    "cql": ("G14",),
    "cfp_refus": ("G10",),
    "expulsion": ("G12c", "G12d"),
}

# Deadlines that tell of more than the procedure: who may read them, in the matrix of accesses.
CATEGORIE_PAR_REGLE: Mapping[str, str] = {
    **dict.fromkeys(("G3", "G5", "G7", "G10", "G12", "G12c", "G12d"), "concours"),
    **dict.fromkeys(("K1", "K2", "K3"), "dalo"),
    **dict.fromkeys(("EM1", "EM2", "EM2b", "EM3", "EM4", "EM5", "EM6"), "accompagnement"),
}

# What to obtain when the day of a starting fact is not known, in the words of the screen.
FAIT_A_OBTENIR: Mapping[str, str] = {
    "premiere_audience": "la date de l’audience",
    "audience": "la date de l’audience",
    "dsf_demande": "la date à laquelle le préfet a saisi l’organisme chargé du diagnostic",
    "cql_recu": "la date à laquelle le préfet a reçu le commandement de quitter les lieux",
    "signification_a_obtenir": "la date de signification de la décision",
    "saisine_a_obtenir": "la date à laquelle le bailleur a saisi la CCAPEX",
}


class Fait(NamedTuple):
    """A dated fact that starts delays; `le` is None when its day is still to be obtained.

    `arguments` are the other facts that decide of its dates: name and value, dates in ISO form.
    """

    dossier_id: UUID
    genre: str
    le: date | None
    source_type: str
    source_id: UUID
    arguments: tuple[tuple[str, str], ...] = ()


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
    for fait in faits:
        contexte = contextes[fait.dossier_id]
        known = places.get(contexte)
        if known is None:
            known = places[contexte] = {}
        for regle in REGLES_PAR_FAIT[fait.genre]:
            arguments = known.get(regle)
            if arguments is None:
                arguments = known[regle] = contexte.list_arguments(regle)
            found = _compute_one(fait, regle, arguments)
            computed[regle, fait.source_id.int] = found
            if regle in SUITES and found.le:
                # The end of this delay starts another one.
                suite = fait._replace(le=found.le, arguments=())
                computed[SUITES[regle], fait.source_id.int] = _compute_one(
                    suite, SUITES[regle], arguments
                )
    return list(computed.values())


def compute_lues(faits: Iterable[Fait], contexte: Contexte) -> list[EcheanceCalculee]:
    """Return the delays that only the page of a dossier shows."""
    return [
        _compute_one(fait, regle, contexte.list_arguments(regle))
        for fait in faits
        for regle in REGLES_LUES.get(fait.genre, ())
    ]


def _compute_one(
    fait: Fait, regle: str, arguments: tuple[tuple[str, str], ...]
) -> EcheanceCalculee:
    if fait.le is None:
        found = _undetermined(FAIT_A_OBTENIR[fait.genre])
    else:
        if fait.arguments:
            arguments += fait.arguments
        found = _compute_dated(regle, fait.le, arguments)
    return EcheanceCalculee(fait.dossier_id, regle, fait.source_type, fait.source_id, found)


@droit.remembered(maxsize=524_288)
def _compute_dated(regle: str, debut_le: date, arguments: tuple[tuple[str, str], ...]) -> Calcul:
    """Return what is stored of a deadline: many dossiers share rule, day and arguments."""
    try:
        resultat = explain(regle=regle, debut_le=debut_le, arguments=dict(arguments))
    except droit.DateHorsPeriode:
        return _undetermined("le texte applicable à cette date")
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


_DATES = frozenset({
    "bail", "reconduit_le", "prefet_saisi_le", "delais_jusqu_au", "cfp_le", "cql_recu_le",
})  # fmt: skip
# Which of its facts each rule of its own kind takes; the others take none of them.
_ATTENTES = "attentes"
_INDETERMINEES = "indeterminees"
# Facts known to be missing.
_DRAPEAUX = frozenset({"prefet_non_saisi", "cql_recu_inconnu"})


def explain(*, regle: str, debut_le: date, arguments: Mapping[str, str]) -> droit.Resultat:
    """Recompute a stored deadline with the arguments it was computed with, for its explanation.

    Raises droit.DateHorsPeriode.
    """
    values: dict[str, object] = {
        name: date.fromisoformat(value) if name in _DATES else value
        for name, value in arguments.items()
        if name not in {_ATTENTES, _INDETERMINEES, *_DRAPEAUX}
    }
    values |= {name: True for name in _DRAPEAUX if name in arguments}
    if regle == droit.EXECUTION:
        still_open = {**_RETIENT_TANT_QUE, **_RETIENT_JUSQU_A}
        return droit.compute_execution(
            cql_le=debut_le,
            attentes=tuple(read_attentes(arguments.get(_ATTENTES, ""))),
            indeterminees=tuple(still_open[g] for g in arguments.get(_INDETERMINEES, "").split()),
            **values,  # type: ignore[arg-type]
        )
    return droit.compute(regle, depuis=debut_le, **values)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Acte:
    """An act as the projections read it."""

    id: UUID
    type: str
    survenu_le: date
    recu_le: date | None
    audience_le: date | None
    sens: str
    delai_jusqu_au: date | None = None
    delai_annonce: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """What suspends or stops the procedure of a dossier: a kind of engines/droit, and its days.

    `au` is the last day, None while no fact nor law gives one; `perdue_le` the day it was lost.
    """

    genre: str
    du: date
    au: date | None
    source_id: UUID
    perdue_le: date | None = None

    @property
    def fin_le(self) -> date | None:
        """Return the last day that counts: the end, or the loss when it came before."""
        days = [day for day in (self.au, self.perdue_le) if day is not None]
        return min(days, default=None)


def list_pauses(actes: Collection[Acte]) -> list[Pause]:
    """Return the suspensions and stops that the facts of one dossier tell, by their start.

    The law's own limit ends those whose end no fact gives: two years for a suspension by the
    judge (I4), two years for a protocole (J2), two years after an erasure (I9).
    """
    ordered = sorted(actes, key=lambda acte: (acte.survenu_le, acte.type, acte.sens))
    pauses = []
    for acte in ordered:
        genre = _PAUSES.get((acte.type, acte.sens)) or _PAUSES.get((acte.type, ""))
        if genre is None:
            continue
        ends = _FINS.get(genre, frozenset())
        later = [a for a in ordered if a.survenu_le >= acte.survenu_le and a is not acte]
        losses = [a.survenu_le for a in later if (a.type, a.sens) in ends]
        if genre in _PROPRES_A_LA_PROCEDURE:
            losses += _list_procedures_suivantes(acte, later)
        lost = min(losses, default=None)
        au = acte.delai_jusqu_au or _find_limit(genre, acte.survenu_le)
        pauses.append(Pause(genre, acte.survenu_le, au, acte.id, lost))
    pauses += [
        Pause("prefet_non_saisi", a.survenu_le, None, a.id)
        for a in ordered
        if a.type == "cql" and a.recu_le is None
    ]
    return pauses


def _list_procedures_suivantes(acte: Acte, later: Sequence[Acte]) -> list[date]:
    """Return the days when a procedure begun after a fact ended the lease in its turn.

    A commandement alone does not: it may ask for a new debt while the time granted still runs; nor
    a judgment alone, which may be the very one that granted it.
    """
    begun = [
        a.survenu_le
        for a in later
        if a.type == "commandement" and a.survenu_le > acte.survenu_le
    ]  # fmt: skip
    if not begun:
        return []
    return [
        a.survenu_le
        for a in later
        if (a.type, a.sens) == ("jugement", "resiliation") and a.survenu_le > begun[0]
    ]


# Kind and sense of a fact → the pause it opens (engines/droit/pauses.yaml).
_PAUSES: Mapping[tuple[str, str], str] = {
    ("jugement", "delais"): "delais_paiement",
    ("delais_quitter", ""): "delais_quitter",
    ("surendettement", "recevable"): "surendettement_recevabilite",
    ("surendettement", "suspension"): "surendettement_suspension",
    ("surendettement", "effacement"): "surendettement_effacement",
    ("plan_apurement", "signe"): "plan_apurement",
    ("pcs", "signe"): "pcs",
    ("dalo", "recours"): "dalo_recours",
    ("dalo", "reconnu"): "dalo_reconnu",
    ("appel", ""): "appel",
    ("cfp", "report"): "cfp_report",
}
# What ends a pause before its day.
_FINS: Mapping[str, frozenset[tuple[str, str]]] = {
    "delais_paiement": frozenset({("defaut_plan", "")}),
    "surendettement_recevabilite": frozenset({
        ("surendettement", "mesures"), ("surendettement", "effacement"), ("surendettement", "fin"),
    }),
    "surendettement_suspension": frozenset({
        ("surendettement", "mesures"), ("surendettement", "effacement"), ("surendettement", "fin"),
    }),
    "surendettement_effacement": frozenset({("defaut_plan", "")}),
    "plan_apurement": frozenset({("plan_apurement", "rompu")}),
    "pcs": frozenset({("pcs", "rompu")}),
    "cfp_report": frozenset({("cfp", "accord"), ("cfp", "refus")}),
    "dalo_recours": frozenset({("dalo", "reconnu"), ("dalo", "rejet")}),
    "dalo_reconnu": frozenset({("dalo", "offre")}),
}  # fmt: skip
# What was granted inside a procedure holds that one only.
_PROPRES_A_LA_PROCEDURE = frozenset({
    "delais_paiement", "delais_quitter", "surendettement_effacement", "plan_apurement", "pcs",
    "cfp_report",
})  # fmt: skip
_LIMITES: Mapping[str, str] = {
    "surendettement_recevabilite": "I2",
    "surendettement_suspension": "I4",
    "surendettement_effacement": "I9",
    "pcs": "J2",
}
# The pauses that hold back the eviction until a day, as the explanation names them.
_RETIENT_EXECUTION: Mapping[str, str] = {
    "surendettement_suspension": "Expulsion suspendue par le juge (surendettement)",
    "cfp_report": "Concours reporté par le préfet",
}
# Respected, they leave no eviction at all; at the first default it is possible at once: no fact
# gives a day.
_RETIENT_TANT_QUE: Mapping[str, tuple[str, str]] = {
    "delais_paiement": (
        "délais de paiement du juge", "si les délais de paiement sont respectés, ou rompus",
    ),
    "surendettement_effacement": (
        "clause suspendue après l’effacement de la dette", "si le loyer courant est payé",
    ),
    "pcs": (
        "protocole de cohésion sociale", "si le protocole est respecté, ou rompu",
    ),
}  # fmt: skip
# They hold until a day that the fact should have given.
_RETIENT_JUSQU_A: Mapping[str, tuple[str, str]] = {
    "delais_quitter": (
        "délais pour quitter les lieux", "la fin des délais accordés pour quitter les lieux",
    ),
    "cfp_report": ("report du concours", "la fin du report décidé par le préfet"),
}  # fmt: skip


def _find_limit(genre: str, du: date) -> date | None:
    regle = _LIMITES.get(genre)
    return droit.compute(regle, depuis=du).date if regle else None


def list_faits(dossier_id: UUID, actes: Collection[Acte]) -> list[Fait]:
    """Return the facts that the acts of one dossier set running."""
    pauses = list_pauses(actes) if _has_pauses(actes) else []
    faits = [
        Fait(dossier_id, genre, le, "acte", acte.id, arguments)
        for acte in actes
        for genre, le, arguments in _list_starts(acte, actes, pauses)
    ]
    hearings = _find_audiences(actes)
    if hearings:
        (first_le, first_id), (last_le, last_id) = hearings
        faits.append(Fait(dossier_id, "premiere_audience", first_le, "acte", first_id))
        faits.append(Fait(dossier_id, "audience", last_le, "acte", last_id))
    return faits


def _has_pauses(actes: Collection[Acte]) -> bool:
    return any(a.type in _TYPES_DE_PAUSE for a in actes)


_TYPES_DE_PAUSE = frozenset({type_acte for type_acte, _ in _PAUSES} | {"cql"})

_Start = tuple[str, date | None, tuple[tuple[str, str], ...]]


def _list_starts(
    acte: Acte, actes: Collection[Acte], pauses: Collection[Pause]
) -> Iterator[_Start]:
    if acte.type == "commandement":
        printed = (("delai_annonce", acte.delai_annonce),) if acte.delai_annonce else ()
        yield "commandement", acte.survenu_le, printed
    elif acte.type in {"saisine_ccapex", "expulsion"}:
        yield acte.type, acte.survenu_le, ()
    elif acte.type == "cql":
        yield from _list_starts_cql(acte, actes, pauses)
    elif acte.type == "rfp":
        # The requisition counts from its reception by the préfet (CPCE R153-1).
        le = acte.recu_le or acte.survenu_le
        arguments = []
        cql = _find_cql(actes, acte)
        until = _find_delais_juge(pauses, le, cql)
        if until:
            arguments.append(("delais_jusqu_au", until.isoformat()))
        if cql and cql.recu_le:
            arguments.append(("cql_recu_le", cql.recu_le.isoformat()))
        elif cql:
            arguments.append(("cql_recu_inconnu", "oui"))
        yield "rfp", le, tuple(arguments)
    elif acte.type == "dalo" and acte.sens == "reconnu":
        yield "dalo_reconnu", acte.survenu_le, ()
    elif (genre := f"{acte.type}_{acte.sens}") in REGLES_PAR_FAIT:
        yield genre, acte.survenu_le, ()


def _list_starts_cql(
    acte: Acte, actes: Collection[Acte], pauses: Collection[Pause]
) -> Iterator[_Start]:
    seized = (
        ("prefet_saisi_le", acte.recu_le.isoformat())
        if acte.recu_le
        else ("prefet_non_saisi", "oui")
    )
    yield "cql", acte.survenu_le, (seized,)
    yield "cql_recu", acte.recu_le, ()
    arguments = [seized]
    until = max(
        (p.fin_le for p in pauses if p.genre == "delais_quitter" and p.fin_le), default=None
    )
    if until:
        arguments.append(("delais_jusqu_au", until.isoformat()))
    granted = _find_concours(actes, acte)
    if granted:
        arguments.append(("cfp_le", granted.isoformat()))
    held = [
        f"{p.genre}={p.fin_le.isoformat()}"
        for p in pauses
        # A report ends with the decision that follows it, whose own day counts.
        if p.genre in _RETIENT_EXECUTION
        and p.fin_le
        and p.fin_le >= acte.survenu_le
        and not (p.genre == "cfp_report" and p.perdue_le)
    ]
    if held:
        arguments.append((_ATTENTES, " ".join(sorted(held))))
    still_open = {
        p.genre
        for p in pauses
        if (p.genre in _RETIENT_TANT_QUE and p.perdue_le is None)
        or (p.genre in _RETIENT_JUSQU_A and p.fin_le is None)
    }
    if still_open:
        arguments.append((_INDETERMINEES, " ".join(sorted(still_open))))
    yield "cql_execution", acte.survenu_le, tuple(arguments)


def _find_concours(actes: Collection[Acte], cql: Acte) -> date | None:
    """Return the day of the concours when the last decision since the commandement grants it."""
    decisions = [
        (a.survenu_le, a.sens) for a in actes if a.type == "cfp" and a.survenu_le >= cql.survenu_le
    ]
    le, sens = max(decisions, default=(None, ""))
    return le if sens == "accord" else None


def _find_cql(actes: Collection[Acte], rfp: Acte) -> Acte | None:
    """Return the commandement de quitter les lieux that a requisition follows."""
    before = [a for a in actes if a.type == "cql" and a.survenu_le <= rfp.survenu_le]
    return max(before, key=lambda a: a.survenu_le) if before else None


def read_attentes(text: str) -> Iterator[tuple[str, date]]:
    """Yield the name and the last day of each pause kept in the arguments of a deadline."""
    for part in text.split():
        genre, until = part.split("=")
        yield _RETIENT_EXECUTION[genre], date.fromisoformat(until)


def _find_delais_juge(pauses: Collection[Pause], rfp_le: date, cql: Acte | None) -> date | None:
    """Return the end of the judge's time that ran when the refusal was born, if some did."""
    if not pauses:
        return None
    refus_le = droit.compute("G3", depuis=rfp_le, cql_recu_le=cql.recu_le if cql else None).date
    ends = [
        p.fin_le
        for p in pauses
        if p.genre in {"delais_quitter", "delais_paiement"}
        and p.fin_le
        and refus_le
        and p.du <= refus_le <= p.fin_le
    ]
    return max(ends, default=None)


def list_faits_lus(
    dossier_id: UUID, actes: Collection[Acte], *, bailleur_saisit: bool
) -> list[Fait]:
    """Return the facts, and the missing ones, whose delays only the page of a dossier shows.

    `bailleur_saisit`: the landlord is a legal person, who must seize the CCAPEX.
    """
    faits = []
    types = {acte.type for acte in actes}
    for acte in actes:
        genre = acte.type
        if genre == "cfp":
            genre = f"cfp_{acte.sens}"
        elif genre == "jugement" and acte.sens not in {"resiliation", "delais"}:
            continue
        if genre in REGLES_LUES:
            faits.append(Fait(dossier_id, genre, acte.survenu_le, "acte", acte.id))
    jugement = next((a for a in actes if a.type == "jugement"), None)
    if jugement and "signification" not in types:
        faits.append(Fait(dossier_id, "signification_a_obtenir", None, "acte", jugement.id))
    assignable = next((a for a in actes if a.type == "commandement"), None)
    if bailleur_saisit and assignable and not types & {"saisine_ccapex", "jugement", "cql"}:
        faits.append(Fait(dossier_id, "saisine_a_obtenir", None, "acte", assignable.id))
    return faits


_Audience = tuple[date | None, UUID]


def _find_audiences(actes: Collection[Acte]) -> tuple[_Audience, _Audience] | None:
    """Return the first hearing fixed and the one that counts, the latest: a deferral replaces it.

    The notification to the préfet and the registry are due before the first one: a deferral
    regularises nothing (C2c). An assignation without hearing gives a hearing still to be known.
    """
    current = _since_last_assignation(actes)
    dated = [(a.audience_le, a.id) for a in current if a.type == "assignation" and a.audience_le]
    dated += [(a.survenu_le, a.id) for a in current if a.type == "audience"]
    if dated:
        return min(dated), max(dated)
    assignations = [(a.survenu_le, a.id) for a in current if a.type == "assignation"]
    if not assignations:
        return None
    unknown = (None, max(assignations)[1])
    return unknown, unknown


def _since_last_assignation(actes: Collection[Acte]) -> list[Acte]:
    """Keep the last assignation and what followed it; everything when there is none."""
    last = max((a.survenu_le for a in actes if a.type == "assignation"), default=None)
    return [a for a in actes if last is None or a.survenu_le >= last]


@dataclass(frozen=True, slots=True)
class Mouvement:
    """A date before and after a change of facts or of law; None where it is not known."""

    regle: str
    source_id: UUID
    avant: EcheanceCalculee | None
    apres: EcheanceCalculee | None

    @property
    def jours(self) -> int | None:
        """Return by how many days the date moves, None when one side has no date."""
        if self.avant is None or self.apres is None:
            return None
        if self.avant.le is None or self.apres.le is None:
            return None
        return (self.apres.le - self.avant.le).days

    @property
    def bouge(self) -> bool:
        """Tell whether something that a person reads changes: date, other readings, certainty."""
        return _shown(self.avant) != _shown(self.apres)


def _shown(echeance: EcheanceCalculee | None) -> tuple[object, ...] | None:
    if echeance is None:
        return None
    return (echeance.le, echeance.autres, echeance.certitude, echeance.a_obtenir)


def compare_echeances(
    avant: Iterable[EcheanceCalculee], apres: Iterable[EcheanceCalculee]
) -> list[Mouvement]:
    """Return what becomes of each deadline, by its date after the change then before it."""
    old = {(e.regle, e.source_id): e for e in avant}
    new = {(e.regle, e.source_id): e for e in apres}
    moves = [
        Mouvement(regle, source, old.get((regle, source)), new.get((regle, source)))
        for regle, source in {**old, **new}
    ]
    return sorted(moves, key=_order)


def _order(mouvement: Mouvement) -> tuple[date, str]:
    dates = [e.le for e in (mouvement.apres, mouvement.avant) if e and e.le]
    return (dates[0] if dates else date.max, mouvement.regle)


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
REGLES_EN_AMONT = frozenset({*SUITES, *_LIMITES.values(), "G3"})
REGLES_EN_AVAL = frozenset({*SUITES.values(), droit.EXECUTION, "G7"})
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
            found = _compute_dated(connue.regle, connue.debut_le, connue.arguments)
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
