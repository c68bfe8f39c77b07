"""The facts that the acts of a dossier set running."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from uuid import UUID

from seuil.echeances.rules.audiences import find_audiences
from seuil.echeances.rules.faits import Fait
from seuil.echeances.rules.pauses import (
    ATTENTES,
    INDETERMINEES,
    RETIENT_EXECUTION,
    RETIENT_JUSQU_A,
    RETIENT_TANT_QUE,
    Acte,
    Pause,
    has_pauses,
    list_pauses,
)
from seuil.engines import droit


def list_faits(dossier_id: UUID, actes: Collection[Acte]) -> list[Fait]:
    """Return the facts that the acts of one dossier set running."""
    pauses = list_pauses(actes) if has_pauses(actes) else []
    faits = [
        Fait(dossier_id, genre, le, "acte", acte.id, arguments)
        for acte in actes
        for genre, le, arguments in _list_starts(acte, actes, pauses)
    ]
    hearings = find_audiences(actes)
    if hearings:
        (first_le, first_id), (last_le, last_id) = hearings
        faits.append(Fait(dossier_id, "premiere_audience", first_le, "acte", first_id))
        faits.append(Fait(dossier_id, "audience", last_le, "acte", last_id))
    return faits


_Start = tuple[str, date | None, tuple[tuple[str, str], ...]]


def _list_starts(
    acte: Acte, actes: Collection[Acte], pauses: Collection[Pause]
) -> Iterator[_Start]:
    if acte.type == "commandement":
        printed = (("delai_annonce", acte.delai_annonce),) if acte.delai_annonce else ()
        yield "cdp_signifie", acte.survenu_le, printed
    elif acte.type == "cql":
        yield from _list_starts_cql(acte, actes, pauses)
    elif acte.type == "rfp":
        yield _start_rfp(acte, actes, pauses)
    elif fait := _FAITS.get((acte.type, acte.sens)) or _FAITS.get((acte.type, "")):
        yield fait, acte.survenu_le, ()


# Kind and sense of an act → the fact that it is in the law (engines/droit/faits.yaml).
_FAITS: Mapping[tuple[str, str], str] = {
    ("saisine_ccapex", ""): "saisine_ccapex",
    ("signification", "fond"): "signification_jugement",
    ("signification", "refere"): "signification_refere",
    ("cfp", "accord"): "decision_cfp",
    ("expulsion", ""): "pv_expulsion",
    ("surendettement", "depot"): "depot_surendettement",
    ("surendettement", "recevable"): "recevabilite",
    ("surendettement", "suspension"): "decision_suspension",
    ("surendettement", "effacement"): "effacement",
    ("pcs", "signe"): "pcs_signe",
    ("dalo", "recours"): "dalo_dossier_complet",
    ("dalo", "reconnu"): "decision_comed",
}


def _start_rfp(acte: Acte, actes: Collection[Acte], pauses: Collection[Pause]) -> _Start:
    # The requisition counts from its reception by the préfet (CPCE R153-1).
    le = acte.recu_le or acte.survenu_le
    arguments = []
    cql = _find_cql(actes, acte)
    until = _find_delais_juge(pauses, le, cql)
    if until:
        arguments.append(("delais_jusqu_au", until.isoformat()))
    refused = [a.survenu_le for a in actes if (a.type, a.sens) == ("cfp", "refus")]
    refus_le = min((day for day in refused if day >= le), default=None)
    if refus_le:
        arguments.append(("refus_le", refus_le.isoformat()))
    if cql and cql.recu_le:
        arguments.append(("cql_recu_le", cql.recu_le.isoformat()))
    elif cql:
        arguments.append(("cql_recu_inconnu", "oui"))
    return "rfp_recue", le, tuple(arguments)


def _list_starts_cql(
    acte: Acte, actes: Collection[Acte], pauses: Collection[Pause]
) -> Iterator[_Start]:
    seized = (
        ("prefet_saisi_le", acte.recu_le.isoformat())
        if acte.recu_le
        else ("prefet_non_saisi", "oui")
    )
    yield "cql_signifie", acte.survenu_le, (seized,)
    # The truce is that of the day when it is served.
    yield "jour", acte.survenu_le, (seized,)
    yield "cql_recu_prefet", acte.recu_le, ()
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
        if p.genre in RETIENT_EXECUTION
        and p.fin_le
        and p.fin_le >= acte.survenu_le
        and not (p.genre == "cfp_report" and p.perdue_le)
    ]
    if held:
        arguments.append((ATTENTES, " ".join(sorted(held))))
    still_open = {
        p.genre
        for p in pauses
        if (p.genre in RETIENT_TANT_QUE and p.perdue_le is None)
        or (p.genre in RETIENT_JUSQU_A and p.fin_le is None)
    }
    if still_open:
        arguments.append((INDETERMINEES, " ".join(sorted(still_open))))
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
        lus = _FAITS_LUS.get((acte.type, acte.sens)) or _FAITS_LUS.get((acte.type, ""), ())
        faits += [Fait(dossier_id, genre, acte.survenu_le, "acte", acte.id) for genre in lus]
    jugement = next((a for a in actes if a.type == "jugement"), None)
    if jugement and "signification" not in types:
        faits.append(Fait(dossier_id, "signification_jugement", None, "acte", jugement.id))
    assignable = next((a for a in actes if a.type == "commandement"), None)
    if bailleur_saisit and assignable and not types & {"saisine_ccapex", "jugement", "cql"}:
        faits.append(Fait(dossier_id, "saisine_ccapex", None, "acte", assignable.id))
    return faits


# The facts of the law that an act is too, for the delays that only the page shows.
_FAITS_LUS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("commandement", ""): ("cdp_signifie",),
    ("jugement", "resiliation"): ("date_jugement", "titre_executoire"),
    ("jugement", "delais"): ("date_jugement", "titre_executoire"),
    ("cql", ""): ("cql_signifie",),
    ("cfp", "refus"): ("decision_attaquee",),
    ("expulsion", ""): ("pv_expulsion",),
}
