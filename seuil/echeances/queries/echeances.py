"""The deadlines of one dossier, each with its explanation."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from uuid import UUID

from django.db.models import Q

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.dossiers.queries import readable
from seuil.echeances.models import Echeance
from seuil.echeances.queries.faits import get_faits_connus
from seuil.echeances.rules.calculs import (
    Calcul,
    Contexte,
    EcheanceCalculee,
    compute_lues,
)
from seuil.echeances.rules.explications import explain
from seuil.engines import droit


@dataclass(frozen=True, slots=True)
class EcheanceVue:
    """A deadline and its explanation; `resultat` is None when its day is to be determined.

    `id` is None for a delay computed for the page alone.
    """

    id: UUID | None
    regle: str
    # The fact that starts it.
    source_id: UUID
    libelle: str
    le: date | None
    autres: Sequence[date]
    certitude: str
    a_obtenir: str
    # Set by the law, not by a local convention.
    legale: bool
    resultat: droit.Resultat | None
    # Its step is done since that day.
    faite_le: date | None = None
    # Its step has no object from that day.
    caduque_le: date | None = None
    # First day of eviction, passed: what the calendar says from today (trêve, Sunday, holiday).
    aujourdhui: str = ""


def is_attendue(*, on: date) -> Q:
    """Keep the deadlines that are still waited for: neither done nor without object."""
    return Q(faite_le=None) & (Q(caduque_le=None) | Q(caduque_le__gt=on))


def list_dates_legales(*, agent: Agent, on: date, dossier: Dossier) -> Sequence[tuple[date, str]]:
    """Return the coming dates that the law sets, with the label of their rule, nearest first."""
    regles = droit.regles()
    rows = readable(rows=Echeance.objects.all(), agent=agent, on=on, dossier=dossier).filter(
        is_attendue(on=on), le__gte=on, regle__parmi=list_legales()
    )
    return [
        (le, regles[regle].libelle)
        for le, regle in rows.order_by("le", "regle").values_list("le", "regle")
        if le
    ]


def list_jours(*, agent: Agent, on: date, dossier: Dossier) -> dict[tuple[UUID, str], date]:
    """Return the last day of each rule that runs in a file, by dossier and rule."""
    rows = readable(rows=Echeance.objects.all(), agent=agent, on=on, dossier=dossier)
    rows = rows.filter(le__isnull=False).order_by("le")
    return {
        (pk, regle): le for pk, regle, le in rows.values_list("dossier_id", "regle", "le") if le
    }


def list_echeances(*, agent: Agent, on: date, dossier: Dossier) -> list[EcheanceVue]:
    """Return the deadlines of a file with their explanation, by date, undetermined ones last."""
    rows = readable(rows=Echeance.objects.all(), agent=agent, on=on, dossier=dossier)
    found = [_explained(e) for e in rows.order_by("regle", "source_id")]
    connus = get_faits_connus(agent=agent, on=on, dossier=dossier)
    if connus:
        found += [_view(None, e) for e in compute_lues(connus.list_lus(), connus.contexte)]
    if connus and not any(a.type in _SORTIES for a in connus.actes):
        found = [_tell_today(e, connus.contexte, on) for e in found]
    return sorted(found, key=lambda e: (e.le is None, e.le or date.max, e.regle))


# What the préfet asks of the body that makes the diagnosis.
_ENTRETIEN = "C5"


def list_entretiens(*, agent: Agent, on: date, dossier: Dossier) -> list[EcheanceVue]:
    """Return the interviews due to the household for its diagnoses, as far as one may read."""
    rows = readable(rows=Echeance.objects.all(), agent=agent, on=on, dossier=dossier)
    return [_explained(e) for e in rows.filter(regle=_ENTRETIEN).order_by("pk")]


# What ends the occupation: no eviction is to come any more.
_SORTIES = frozenset({"expulsion", "depart", "reprise"})


def _tell_today(echeance: EcheanceVue, contexte: Contexte, on: date) -> EcheanceVue:
    """Add, to a first day of eviction that is passed, whether today's calendar still forbids it."""
    if echeance.regle != droit.EXECUTION or echeance.le is None or echeance.le >= on:
        return echeance
    le, steps = droit.next_execution_day(
        on, departement=contexte.departement, commune=contexte.commune or None
    )
    if le == on:
        return echeance
    return replace(echeance, aujourdhui=f"Aujourd’hui non : {steps[-1]}.")


def _explained(echeance: Echeance) -> EcheanceVue:
    arguments = tuple(echeance.arguments.items())
    calculee = EcheanceCalculee(
        echeance.dossier_id, echeance.regle, echeance.source_type, echeance.source_id,
        Calcul(
            echeance.debut_le, echeance.le, tuple(echeance.autres), echeance.certitude,
            echeance.parametre, arguments, echeance.a_obtenir,
        ),
    )  # fmt: skip
    vue = _view(echeance.pk, calculee)
    return replace(vue, faite_le=echeance.faite_le, caduque_le=echeance.caduque_le)


def _view(pk: UUID | None, echeance: EcheanceCalculee) -> EcheanceVue:
    resultat = None
    if echeance.debut_le and (echeance.le or echeance.calcul.parametre):
        resultat = explain(
            regle=echeance.regle,
            debut_le=echeance.debut_le,
            arguments=dict(echeance.calcul.arguments),
        )
    return EcheanceVue(
        id=pk,
        regle=echeance.regle,
        source_id=echeance.source_id,
        libelle=resultat.libelle if resultat else droit.regles()[echeance.regle].libelle,
        le=echeance.le,
        autres=echeance.autres,
        certitude=echeance.certitude,
        a_obtenir=echeance.a_obtenir,
        legale=echeance.regle in list_legales(),
        resultat=resultat,
    )


@cache
def list_legales() -> tuple[str, ...]:
    """Return the rules whose dates the law sets."""
    return tuple(sorted(r.id for r in droit.regles().values() if r.origine == "loi"))
