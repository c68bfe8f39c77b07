"""What suspends or stops the procedure, until when, and what of it holds back the eviction."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from seuil.engines import droit

# Which of its facts each rule of its own kind takes; the others take none of them.
ATTENTES = "attentes"
INDETERMINEES = "indeterminees"


class Acte(NamedTuple):
    """An act as the projections read it: made by the hundred thousand."""

    id: UUID
    type: str
    survenu_le: date
    recu_le: date | None
    audience_le: date | None
    sens: str
    delai_jusqu_au: date | None = None
    delai_annonce: str = ""
    annonce_le: date | None = None
    # Typed by a person, and not read in a list.
    a_la_main: bool = False


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
LIMITES: Mapping[str, str] = {
    "surendettement_recevabilite": "I2",
    "surendettement_suspension": "I4",
    "surendettement_effacement": "I9",
    "pcs": "J2",
}
# The pauses that hold back the eviction until a day, as the explanation names them.
RETIENT_EXECUTION: Mapping[str, str] = {
    "surendettement_suspension": "Expulsion suspendue par le juge (surendettement)",
    "cfp_report": "Concours reporté par le préfet",
}
# Respected, they leave no eviction at all; at the first default it is possible at once: no fact
# gives a day.
RETIENT_TANT_QUE: Mapping[str, tuple[str, str]] = {
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
RETIENT_JUSQU_A: Mapping[str, tuple[str, str]] = {
    "delais_quitter": (
        "délais pour quitter les lieux", "la fin des délais accordés pour quitter les lieux",
    ),
    "cfp_report": ("report du concours", "la fin du report décidé par le préfet"),
}  # fmt: skip


def _find_limit(genre: str, du: date) -> date | None:
    regle = LIMITES.get(genre)
    return droit.compute(regle, depuis=du).date if regle else None


def has_pauses(actes: Collection[Acte]) -> bool:
    return any(a.type in _TYPES_DE_PAUSE for a in actes)


_TYPES_DE_PAUSE = frozenset({type_acte for type_acte, _ in _PAUSES} | {"cql"})


def read_attentes(text: str) -> Iterator[tuple[str, date]]:
    """Yield the name and the last day of each pause kept in the arguments of a deadline."""
    for part in text.split():
        genre, until = part.split("=")
        yield RETIENT_EXECUTION[genre], date.fromisoformat(until)
