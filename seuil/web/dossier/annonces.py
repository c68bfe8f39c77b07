"""Dates told to someone, beside the deadlines as they are computed today."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from seuil.dossiers.models import DateAnnoncee
from seuil.echeances.queries.echeances import EcheanceVue
from seuil.engines import droit

_PREVENIR = {
    DateAnnoncee.Destinataire.MENAGE: "prévenir le ménage",
    DateAnnoncee.Destinataire.BAILLEUR: "prévenir le bailleur",
    DateAnnoncee.Destinataire.PARTENAIRE: "prévenir le partenaire",
}


@dataclass(frozen=True, slots=True)
class AnnonceVue:
    """A date as told, and what to say when the computed one differs."""

    annonce: DateAnnoncee
    a_qui: str
    # Empty when the date told is the one computed today, or was told again since.
    ecart: str
    a_prevenir: bool


@dataclass(frozen=True, slots=True)
class EcheanceAnnoncee:
    """A deadline and the dates told about it, the last told first."""

    vue: EcheanceVue
    code: str
    annonces: Sequence[AnnonceVue]


def write_code(echeance: EcheanceVue) -> str:
    """Name a deadline by its rule and the fact that starts it."""
    return f"{echeance.regle}.{echeance.source_id}"


def join_annonces(
    echeances: Iterable[EcheanceVue], annonces: Sequence[DateAnnoncee], *, on: date
) -> list[EcheanceAnnoncee]:
    """Put beside each deadline what was told about it; `annonces` have the last told first."""
    return [
        EcheanceAnnoncee(
            vue=e,
            code=write_code(e),
            annonces=_read_annonces(
                e, [a for a in annonces if (a.regle, a.fait_id) == (e.regle, e.source_id)], on
            ),
        )
        for e in echeances
    ]


def list_orphelines(
    echeances: Iterable[EcheanceVue], annonces: Iterable[DateAnnoncee]
) -> list[tuple[str, DateAnnoncee]]:
    """Return the dates told of a deadline that is no longer computed, with its label."""
    known = {(e.regle, e.source_id) for e in echeances}
    regles = droit.regles()
    return [
        (regles[a.regle].libelle if a.regle in regles else a.regle, a)
        for a in annonces
        if (a.regle, a.fait_id) not in known
    ]


def _read_annonces(
    echeance: EcheanceVue, annonces: Iterable[DateAnnoncee], on: date
) -> list[AnnonceVue]:
    found, heard = [], set()
    for annonce in annonces:
        # Told again since: the earlier word no longer calls for anything.
        last = annonce.a_qui not in heard
        heard.add(annonce.a_qui)
        ecart, a_prevenir = _write_ecart(echeance, annonce, on) if last else ("", False)
        found.append(AnnonceVue(annonce, annonce.get_a_qui_display(), ecart, a_prevenir))
    return found


def _write_ecart(echeance: EcheanceVue, annonce: DateAnnoncee, on: date) -> tuple[str, bool]:
    """Return the sentence that warns, and whether someone still has to be told."""
    told, le = annonce.annoncee_le, echeance.le
    if told == le:
        return "", False
    remedy = _PREVENIR[DateAnnoncee.Destinataire(annonce.a_qui)]
    if le is None:
        return f"La date est aujourd’hui à déterminer : {remedy}.", True
    now = f"La date calculée est aujourd’hui le {droit.write_date(le)}"
    if max(told, le) < on:
        return f"{now}.", False
    if told in echeance.autres:
        return f"{now} ; celle qui a été annoncée reste une lecture défendable : {remedy}.", True
    return f"{now} : {remedy}.", True
