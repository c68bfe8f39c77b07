"""The next dates of a dossier: what a court fixed, what the law and the convention set."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from seuil.actes.models import Acte, TypeActe
from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.dossiers.queries import readable
from seuil.echeances.queries.echeances import list_dates_legales
from seuil.echeances.queries.situations import get_situation


@dataclass(frozen=True, slots=True, order=True)
class ProchaineDate:
    """A date to come. `fixee`: somebody fixed it, as a hearing or an appointment."""

    le: date
    # What is fixed comes before what is counted, on one day.
    rang: int
    libelle: str
    heure: time | None = None
    # Lost, it cannot be had again: shown in red when it is near.
    legale: bool = True
    precision: str = ""

    @property
    def fixee(self) -> bool:
        return self.rang == FIXEE


FIXEE, CALCULEE = 0, 1


def list_prochaines(*, agent: Agent, on: date, dossier: Dossier) -> list[ProchaineDate]:
    """Return the next dates of the procedure, nearest first, those whose step is done left out."""
    found = [
        ProchaineDate(le, CALCULEE, libelle)
        for le, libelle in list_dates_legales(agent=agent, on=on, dossier=dossier)
    ]
    audience = get_audience(agent=agent, on=on, dossier=dossier)
    if audience and audience.le >= on:
        found.append(audience)
    return sorted(found, key=lambda d: (d.le, d.rang, d.libelle))


def get_audience(*, agent: Agent, on: date, dossier: Dossier) -> ProchaineDate | None:
    """Return the hearing that counts, its hour and its court; None without any.

    To come or passed: nobody has judged yet.
    """
    situation = get_situation(agent=agent, on=on, dossier=dossier)
    if situation is None or situation.audience_le is None:
        return None
    acts = readable(rows=dossier.actes.en_vigueur(), agent=agent, on=on, dossier=dossier)
    told = list(_filter_fixant(acts, situation.audience_le).order_by("-survenu_le", "-id"))
    if not told:
        return None
    heure = next((a.audience_heure for a in told if a.audience_heure), None)
    court = next((a.juridiction for a in told if a.juridiction), "")
    return ProchaineDate(situation.audience_le, FIXEE, "Audience", heure, precision=court)


def list_heures(*, agent: Agent, on: date, ids: Collection[UUID]) -> dict[UUID, time]:
    """Return the hour of the hearing that counts, by file, where one was told; one query."""
    acts = readable(
        rows=Acte.objects.en_vigueur().filter(dossier__id__parmi=list(ids)),
        agent=agent, on=on, parmi=ids,
    )  # fmt: skip
    told = _filter_fixant(acts.exclude(audience_heure=None), F("dossier__situation__audience_le"))
    # The last one told is written over the others.
    found = told.order_by("survenu_le", "id").values_list("dossier_id", "audience_heure")
    return {pk: heure for pk, heure in found if heure}


def _filter_fixant(actes: QuerySet[Acte], le: Any) -> QuerySet[Acte]:
    """Keep the acts that fix a hearing on that day (a date, or the column that holds it)."""
    return actes.filter(Q(type=TypeActe.AUDIENCE, survenu_le=le) | Q(audience_le=le))
