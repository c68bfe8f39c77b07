"""When a diagnosis may be dated and is due; what the facts of a dossier say of its acts."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from seuil.accompagnements.rules.besoins import EtatMandat, make_besoin
from seuil.engines import droit
from seuil.travail.rules.besoins import Besoin
from seuil.travail.rules.etapes import DsfLu

_STADES_AMONT = frozenset({"commandement", "assignation"})


@dataclass(frozen=True, slots=True)
class DsfDate:
    """The days of one diagnosis; see the model."""

    fin: str
    termine_le: date | None
    transmis_juge_le: date | None
    transmis_ccapex_le: date | None


@dataclass(frozen=True, slots=True)
class Audience:
    """A hearing of a dossier, and the day (C6) the diagnosis reaches the judge at the latest."""

    le: date
    transmission_le: date | None


@dataclass(frozen=True, slots=True)
class FinDsfSaisie:
    """How and when a diagnosis ended, and to whom it was sent."""

    fin: str
    termine_le: date
    transmis_juge_le: date | None = None
    transmis_ccapex_le: date | None = None


def why_not_record(
    *,
    fin: str,
    termine_le: date | None,
    transmis_juge_le: date | None,
    transmis_ccapex_le: date | None,
    demande_le: date | None,
    on: date,
) -> str | None:
    """Return the French reason why the end of a diagnosis may not be recorded, or None."""
    if not fin or termine_le is None:
        return "Indiquez comment le diagnostic se termine, et à quelle date."
    transmissions = [le for le in (transmis_juge_le, transmis_ccapex_le) if le is not None]
    if max([termine_le, *transmissions]) > on:
        return "Une date du diagnostic est à venir : enregistrez-la quand elle est passée."
    if any(le < termine_le for le in transmissions):
        return "Le diagnostic ne peut pas être transmis avant d’être terminé."
    if demande_le is not None and termine_le < demande_le:
        return "Le diagnostic ne peut pas être terminé avant d’avoir été demandé."
    return None


def is_done(*, dsf: Iterable[DsfDate], since: date, has_audience: bool) -> bool:
    """Tell whether a diagnosis was ended and sent since that day.

    A carence needs no sending; with a hearing, the judge must have received it.
    """
    return any(
        d.termine_le is not None
        and d.termine_le >= since
        and (
            d.fin == "carence"
            or d.transmis_juge_le is not None
            or (not has_audience and d.transmis_ccapex_le is not None)
        )
        for d in dsf
    )


def list_transmissions(dsf: Iterable[DsfLu]) -> list[date]:
    """Return the days when the judge received a diagnosis, or when it ended by a carence."""
    days = (d.transmis_le or (d.termine_le if d.carence else None) for d in dsf)
    return [le for le in days if le]


def compute_besoins(
    *,
    mandat: EtatMandat,
    em3_le: date | None,
    audiences: Collection[Audience],
    dsf: Collection[DsfDate],
) -> list[Besoin]:
    """Return the diagnosis the équipe mobile still owes on an accepted mandate, if any.

    Due six weeks after the start, or earlier when a hearing commands it; without object the day
    after the last hearing. Downstream of the judgment an evaluation is asked, not a diagnosis
    (AMI Gironde 2023, § 6).
    """
    if mandat.repondu_le is None or em3_le is None or mandat.stade not in _STADES_AMONT:
        return []
    debut_le = mandat.repondu_le
    a_venir = sorted((a for a in audiences if a.le >= debut_le), key=lambda a: a.le)
    if is_done(dsf=dsf, since=mandat.transmis_le, has_audience=bool(a_venir)):
        return []
    transmission_le = a_venir[0].transmission_le if a_venir else None
    commanded = transmission_le is not None and transmission_le < em3_le
    due_le = transmission_le if transmission_le is not None and commanded else em3_le
    return [
        make_besoin(
            mandat,
            "dsf_a_transmettre",
            debut_le,
            due_le,
            regle="C6" if commanded else "EM3",
            legale=commanded,
            caduque_le=a_venir[-1].le + timedelta(days=1) if a_venir else None,
        )
    ]


# Regularity of acts

OBSERVATION_MAX = 1000
AVIS_DE_LEQUIPE = "avis de l’équipe, le juge apprécie"
# Good Friday is a holiday in some communes only: elsewhere the commune does not matter.
_ALSACE_MOSELLE = frozenset({"57", "67", "68"})
_DECIDED = frozenset({"regulier", "irregulier", "sans_objet"})
_NBSP = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class ActeLu:
    """An act as the checklist reads it; see the model."""

    id: UUID
    type: str
    survenu_le: date
    recu_le: date | None = None
    audience_le: date | None = None
    montant: Decimal | None = None
    sens: str = ""
    delai_annonce: str = ""
    delai_jusqu_au: date | None = None


@dataclass(frozen=True, slots=True)
class Contexte:
    """What else of a dossier the checklist reads."""

    departement: str
    commune: str = ""
    bail_le: date | None = None
    reconduit_le: date | None = None
    clause: str = ""
    loyer: Decimal | None = None
    bailleur_nature: str = ""
    actes: Sequence[ActeLu] = ()
    dsf: Sequence[DsfDate] = ()


@dataclass(frozen=True, slots=True)
class Avis:
    """What a person found of one question, and when."""

    question: str
    reponse: str
    observation: str
    constate_le: date
    par: str
    enregistre_at: datetime


@dataclass(frozen=True, slots=True)
class ConstatSaisi:
    """A finding as typed, before it is written."""

    question: str
    reponse: str
    observation: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """One question of an act: what the engine finds, what people found, the last one first."""

    constat: droit.Constat
    avis: tuple[Avis, ...] = field(default=())

    @property
    def dernier(self) -> Avis | None:
        return self.avis[0] if self.avis else None

    @property
    def reponse(self) -> str:
        """The finding that holds: the last of a person, else the engine's."""
        return self.dernier.reponse if self.dernier else self.constat.reponse

    @property
    def consequence(self) -> str:
        """What an irregularity entails, to be read after a colon."""
        return _lower_first(self.constat.consequence)

    @property
    def is_repondu(self) -> bool:
        return self.reponse in _DECIDED

    @property
    def is_contredit(self) -> bool:
        """Tell whether a person and the engine decided otherwise."""
        return bool(
            self.dernier
            and {self.dernier.reponse, self.constat.reponse} <= _DECIDED
            and self.dernier.reponse != self.constat.reponse
        )


@dataclass(frozen=True, slots=True)
class Phrase:
    """A finding in one sentence, ready for the diagnosis."""

    acte: str
    question: str
    reponse: str
    texte: str
    reference: str
    source: str
    is_contredit: bool

    def __str__(self) -> str:
        doute = (
            f" Le calcul conclut autrement{_NBSP}: à trancher avant de reprendre."
            if self.is_contredit
            else ""
        )
        return (
            f"{self.acte}{_NBSP}: {self.texte}{doute} ({self.reference}{_NBSP}; {AVIS_DE_LEQUIPE})"
        )


def compute_faits(acte: ActeLu, contexte: Contexte) -> dict[str, Any]:
    """Return what is known of an act and around it, in the words of the checklists."""
    faits: dict[str, Any] = {
        "departement": contexte.departement,
        "commune": contexte.commune if contexte.departement in _ALSACE_MOSELLE else "",
        **_GATHERERS.get(acte.type, _gather_nothing)(acte, contexte),
    }
    return {nom: value for nom, value in faits.items() if value not in ("", None)}


def _gather_nothing(_acte: ActeLu, _contexte: Contexte) -> dict[str, Any]:
    return {}


def _gather_bail(contexte: Contexte) -> dict[str, Any]:
    return {
        "bail_le": contexte.bail_le,
        "bail_reconduit_le": contexte.reconduit_le,
        "clause": contexte.clause,
        "bailleur_nature": contexte.bailleur_nature,
    }


def _gather_commandement(acte: ActeLu, contexte: Contexte) -> dict[str, Any]:
    return {
        **_gather_bail(contexte),
        "delai_annonce": acte.delai_annonce,
        "dette": acte.montant,
        "loyer": contexte.loyer,
        # Who received the commandement was told of it: that is the signalement.
        "cdp_signale_le": acte.recu_le,
    }


def _gather_assignation(acte: ActeLu, contexte: Contexte) -> dict[str, Any]:
    previous = _last(contexte, "assignation", before=acte.survenu_le - timedelta(days=1))
    since = previous.survenu_le if previous else date.min
    cdp = _last(contexte, "commandement", before=acte.survenu_le)
    saisine = _first(contexte, "saisine_ccapex", since=since, before=acte.survenu_le)
    signalement = _first(contexte, "signalement", since=since, before=acte.survenu_le)
    transmis = [
        d.transmis_juge_le
        for d in contexte.dsf
        if d.transmis_juge_le and d.transmis_juge_le >= acte.survenu_le
    ]
    carence = any(
        d.fin == "carence" and d.termine_le and d.termine_le >= acte.survenu_le
        for d in contexte.dsf
    )
    return {
        **_gather_bail(contexte),
        "prefet_le": acte.recu_le,
        "audience_le": acte.audience_le,
        "cdp_le": cdp.survenu_le if cdp else None,
        "saisine_ccapex_le": saisine.survenu_le if saisine else None,
        "signalement_le": signalement.survenu_le if signalement else None,
        "dsf_juge_le": min(transmis) if transmis else None,
        "dsf_carence": carence or None,
    }


def _gather_jugement(acte: ActeLu, contexte: Contexte) -> dict[str, Any]:
    suivant = _first(contexte, "jugement", since=acte.survenu_le + timedelta(days=1))
    signification = _first(contexte, "signification", since=acte.survenu_le)
    # A service after another judgment may be the other's.
    doubtful = suivant and signification and signification.survenu_le >= suivant.survenu_le
    return {
        "signification_le": (signification.survenu_le if signification and not doubtful else None)
    }


def _gather_signification(acte: ActeLu, contexte: Contexte) -> dict[str, Any]:
    jugement = _last(contexte, "jugement", before=acte.survenu_le)
    return {"jugement_le": jugement.survenu_le if jugement else None}


def _gather_cql(acte: ActeLu, contexte: Contexte) -> dict[str, Any]:
    signification = _last(contexte, "signification", before=acte.survenu_le)
    if signification is None:
        later = _first(contexte, "signification", since=acte.survenu_le)
        jugement = _first(contexte, "jugement", since=acte.survenu_le)
        # A decision given after the commandement explains a later service.
        signification = None if jugement else later
    return {
        "prefet_le": acte.recu_le,
        "signification_le": signification.survenu_le if signification else None,
    }


def _gather_rfp(acte: ActeLu, contexte: Contexte) -> dict[str, Any]:
    cql = _last(contexte, "cql", before=acte.survenu_le)
    return {"rfp_recue_le": acte.recu_le, "cql_prefet_le": cql.recu_le if cql else None}


def _gather_cfp(acte: ActeLu, contexte: Contexte) -> dict[str, Any]:
    cql = _last(contexte, "cql", before=acte.survenu_le)
    return {"cfp_sens": acte.sens, "cql_prefet_le": cql.recu_le if cql else None}


def _gather_expulsion(acte: ActeLu, contexte: Contexte) -> dict[str, Any]:
    cql = _last(contexte, "cql", before=acte.survenu_le)
    accords = [a for a in contexte.actes if a.type == "cfp" and a.sens == "accord"]
    delais = [
        a.delai_jusqu_au
        for a in contexte.actes
        if a.delai_jusqu_au
        and a.survenu_le <= acte.survenu_le
        and (a.type == "delais_quitter" or (a.type, a.sens) == ("jugement", "resiliation"))
    ]
    accordes = [a.survenu_le for a in accords if a.survenu_le <= acte.survenu_le]
    return {
        "cql_le": cql.survenu_le if cql else None,
        "cql_prefet_le": cql.recu_le if cql else None,
        "delais_jusqu_au": max(delais) if delais else None,
        "cfp_accord_le": max(accordes) if accordes else None,
    }


_GATHERERS = {
    "commandement": _gather_commandement,
    "assignation": _gather_assignation,
    "jugement": _gather_jugement,
    "signification": _gather_signification,
    "cql": _gather_cql,
    "rfp": _gather_rfp,
    "cfp": _gather_cfp,
    "expulsion": _gather_expulsion,
}


def _last(contexte: Contexte, kind: str, *, before: date) -> ActeLu | None:
    """Find the last act of a kind up to a day."""
    found = [a for a in contexte.actes if a.type == kind and a.survenu_le <= before]
    return max(found, key=lambda a: a.survenu_le, default=None)


def _first(contexte: Contexte, kind: str, *, since: date, before: date = date.max) -> ActeLu | None:
    """Find the first act of a kind from a day on."""
    found = [a for a in contexte.actes if a.type == kind and since <= a.survenu_le <= before]
    return min(found, key=lambda a: a.survenu_le, default=None)


def compute_points(acte: ActeLu, contexte: Contexte, avis: Iterable[Avis]) -> list[Point]:
    """Return the checklist of an act, answered; `avis` come newest first."""
    par_question: dict[str, list[Avis]] = {}
    for found in avis:
        par_question.setdefault(found.question, []).append(found)
    return [
        Point(constat, tuple(par_question.get(constat.question, ())))
        for constat in droit.regularite(acte.type, acte.survenu_le, compute_faits(acte, contexte))
    ]


def compute_phrases(acte: str, points: Iterable[Point]) -> list[Phrase]:
    """Return the findings of an act that are decided, irregular ones first.

    The observation of the person stays inside the team: a diagnosis is read by the landlord too.
    """
    phrases = [_write_phrase(acte, p) for p in points if p.reponse in ("regulier", "irregulier")]
    return sorted(phrases, key=lambda p: p.reponse != "irregulier")


def _write_phrase(acte: str, point: Point) -> Phrase:
    constat, dernier = point.constat, point.dernier
    irregular = point.reponse == "irregulier"
    texte = [constat.irregulier if irregular else constat.regulier]
    if constat.explication and constat.reponse == point.reponse:
        texte.append(constat.explication)
    if irregular:
        texte.append(f"Conséquence possible{_NBSP}: {point.consequence}")
    return Phrase(
        acte=acte,
        question=constat.question,
        reponse=point.reponse,
        texte=" ".join(texte),
        reference=f"{_NBSP}; ".join(r.titre for r in constat.references),
        source="équipe" if dernier else "calcul",
        is_contredit=point.is_contredit,
    )


def _lower_first(texte: str) -> str:
    return texte if texte[1:2].isupper() else texte[:1].lower() + texte[1:]


def select_changes(
    saisis: Iterable[ConstatSaisi], vus: Mapping[str, Avis], derniers: Mapping[str, Avis]
) -> list[ConstatSaisi]:
    """Keep the findings that differ from those the person saw, and from those that hold now.

    The first spares a colleague's answer given meanwhile; the second a form sent twice.
    """
    return [s for s in saisis if not _is_same(s, vus) and not _is_same(s, derniers)]


def _is_same(saisi: ConstatSaisi, connus: Mapping[str, Avis]) -> bool:
    connu = connus.get(saisi.question)
    return connu is not None and (connu.reponse, connu.observation) == (
        saisi.reponse,
        saisi.observation,
    )


def why_not_record_constat(saisi: ConstatSaisi, questions: Collection[str]) -> str | None:
    """Return the French reason why a finding may not be recorded, or None."""
    if saisi.question not in questions:
        return f"La question {saisi.question} ne se pose pas pour cet acte."
    if not saisi.reponse:
        return "Choisissez une réponse pour garder l’observation."
    if len(saisi.observation) > OBSERVATION_MAX:
        return f"L’observation dépasse {OBSERVATION_MAX} caractères{_NBSP}: raccourcissez-la."
    return None
