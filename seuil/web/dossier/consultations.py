"""Who saw a dossier, as the household may ask it: by day, function and organisation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from seuil.acteurs.matrice import load_matrice
from seuil.acteurs.models import Role
from seuil.audit.queries import Consultation, list_consultations
from seuil.audit.rules import list_libelles, merge
from seuil.kernel import clock
from seuil.web.access import AgentRequest, find_dossier, get_agent, request_day, requires
from seuil.web.journal import saw

# Pages opened one after the other by the same person are one line.
_PAUSE = timedelta(minutes=30)
_ROLES = dict(Role.choices)
_MOTIFS = {
    "agenda_ics": "agenda de l’agent (numéro et date seulement)",
    "journal.lire": "réponse à une demande de savoir qui a consulté",
}


@dataclass(frozen=True, slots=True)
class Visite:
    """What one person opened of a dossier in one go."""

    debut: datetime
    fin: datetime
    pages: int
    qui: str
    organisation: str
    fonction: str
    categories: Sequence[str]
    motifs: Sequence[str]

    @property
    def minutes(self) -> bool:
        """Tell whether the visit ended at another minute than it began."""
        return f"{self.debut:%H:%M}" != f"{self.fin:%H:%M}"


@requires("journal.lire")
@require_safe
def consultations(request: AgentRequest, numero: str) -> HttpResponse:
    """Say who saw the dossier, to print for the household; this reading is told too."""
    found, agent, on = find_dossier(request, numero), get_agent(request), request_day(request)
    saw(categories={"journal"})
    mois = settings.SEUIL_JOURNAL_MOIS
    lignes = list_consultations(dossier_id=found.pk, depuis=clock.now() - timedelta(days=30 * mois))
    visites = group_consultations(
        consultations=lignes,
        zone=clock.zone(agent.departement_id),
        verbes=dict(load_matrice().verbes),
    )
    context = {
        "dossier": found,
        "on": on,
        "depuis": on - timedelta(days=30 * mois),
        "visites": visites,
        "organisation": agent.organisation.nom,
        "noms": settings.SEUIL_JOURNAL_NOMS,
        "mois": mois,
    }
    return render(request, "dossier/consultations.html", context)


def group_consultations(
    *, consultations: Iterable[Consultation], zone: ZoneInfo, verbes: dict[str, str]
) -> list[Visite]:
    """Return the visits, newest first; pages opened in one go by the same person are one."""
    by_person = sorted(consultations, key=lambda c: (c.by_id, c.vu_at))
    visites = []
    for _, lines in groupby(by_person, key=lambda c: c.by_id):
        current: list[Consultation] = []
        for line in lines:
            if current and line.vu_at - current[-1].vu_at > _PAUSE:
                visites.append(_visite(current, zone, verbes))
                current = []
            current.append(line)
        visites.append(_visite(current, zone, verbes))
    return sorted(visites, key=lambda v: v.debut, reverse=True)


def _visite(lines: Sequence[Consultation], zone: ZoneInfo, verbes: dict[str, str]) -> Visite:
    last = lines[-1]
    motifs = [line.motif or _MOTIFS.get(line.kind) or verbes.get(line.kind, "") for line in lines]
    return Visite(
        debut=lines[0].vu_at.astimezone(zone),
        fin=last.vu_at.astimezone(zone),
        pages=len(lines),
        qui=last.by_label.partition(" (")[0],
        organisation=last.organisation or "Seuil",
        fonction=_ROLES.get(last.role, last.role) or "traitement automatique",
        categories=list_libelles(merge(line.categories for line in lines)),
        motifs=sorted({m for m in motifs if m}),
    )
