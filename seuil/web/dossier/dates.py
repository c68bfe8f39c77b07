"""The next dates of a dossier, whoever fixed them: the one list that every page of it shows."""

from seuil.contacts.queries import list_rendez_vous
from seuil.dossiers.models import DateAnnoncee, Dossier
from seuil.dossiers.queries import get_ouverture, list_dates_annoncees
from seuil.echeances.queries.prochaines import FIXEE, ProchaineDate, list_prochaines
from seuil.engines import droit
from seuil.kernel.contexte import get_memo
from seuil.web.access import AgentRequest, get_agent, request_day
from seuil.web.dossier.onglet import Lecture


def list_dates_of(request: AgentRequest, dossier: Dossier, *, limit: int) -> list[ProchaineDate]:
    """Return the first dates to come of a dossier, for the page of a form about it."""
    agent, on = get_agent(request), request_day(request)
    ouverture = get_ouverture(agent=agent, on=on, dossier=dossier)
    return list_dates(Lecture(request, agent, on, dossier, ouverture))[:limit]


def list_dates(lecture: Lecture) -> list[ProchaineDate]:
    """Return the next dates that the agent may read: procedure, appointments, dates told.

    The header and the tab say the same: asked once in a request.
    """
    memo = get_memo()
    if memo is None:
        return _list_dates(lecture)
    key = ("dates", lecture.agent.pk, lecture.on, lecture.dossier.pk)
    if key not in memo:
        memo[key] = _list_dates(lecture)
    kept: list[ProchaineDate] = memo[key]
    return kept


def _list_dates(lecture: Lecture) -> list[ProchaineDate]:
    found: list[ProchaineDate] = []
    if lecture.ouverture.allows("procedure"):
        found += list_prochaines(**lecture.key)
    if lecture.ouverture.allows("echanges"):
        found += _list_rendez_vous(lecture)
    if lecture.ouverture.allows("annonces"):
        found += _list_annoncees(lecture, {d.le for d in found})
    return sorted(found, key=lambda d: (d.le, d.rang, d.libelle))


def _list_rendez_vous(lecture: Lecture) -> list[ProchaineDate]:
    return [
        ProchaineDate(
            c.prochain_le, FIXEE, f"Contact prévu avec {_AVEC[c.avec]}",
            legale=False, precision=str(c.organisation),
        )
        for c in list_rendez_vous(**lecture.key)
        if c.prochain_le
    ]  # fmt: skip


_AVEC = {"menage": "le ménage", "bailleur": "le bailleur"}


def _list_annoncees(lecture: Lecture, known: set[object]) -> list[ProchaineDate]:
    """Return the dates told that are not those shown already: somebody counts on them."""
    told: dict[tuple[object, ...], DateAnnoncee] = {}
    for a in list_dates_annoncees(**lecture.key):
        # The last told prevails.
        told.setdefault((a.regle, a.fait_id, a.a_qui), a)
    regles = droit.regles()
    return [
        ProchaineDate(
            a.annoncee_le, FIXEE, f"Date annoncée {a.get_a_qui_display()}", legale=False,
            precision=regles[a.regle].libelle if a.regle in regles else "",
        )
        for a in told.values()
        if a.annoncee_le >= lecture.on and a.annoncee_le not in known
    ]  # fmt: skip
