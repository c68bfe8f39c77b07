"""The next dates of a dossier, whoever fixed them: the one list that every page of it shows."""

from datetime import date
from typing import Any

from seuil.acteurs.models import Agent
from seuil.contacts.queries import list_rendez_vous
from seuil.dossiers.models import DateAnnoncee, Dossier
from seuil.dossiers.queries import get_ouverture, list_dates_annoncees
from seuil.echeances.queries.prochaines import FIXEE, ProchaineDate, list_prochaines
from seuil.engines import droit
from seuil.kernel.contexte import get_memo

# Of what the next dates of a file may tell: who reads less is told so.
CATEGORIES_DES_DATES = frozenset({"procedure", "concours", "echanges", "annonces"})


def list_dates(*, agent: Agent, on: date, dossier: Dossier) -> list[ProchaineDate]:
    """Return the next dates that the agent may read: procedure, appointments, dates told.

    The header and the tab say the same: asked once in a request.
    """
    memo = get_memo()
    if memo is None:
        return _list_dates(agent, on, dossier)
    key = ("dates", agent.pk, on, dossier.pk)
    if key not in memo:
        memo[key] = _list_dates(agent, on, dossier)
    kept: list[ProchaineDate] = memo[key]
    return kept


def _list_dates(agent: Agent, on: date, dossier: Dossier) -> list[ProchaineDate]:
    found: list[ProchaineDate] = []
    key: dict[str, Any] = {"agent": agent, "on": on, "dossier": dossier}
    ouverture = get_ouverture(**key)
    if ouverture.allows("procedure"):
        found += list_prochaines(**key)
    if ouverture.allows("echanges"):
        found += _list_rendez_vous(key)
    if ouverture.allows("annonces"):
        found += _list_annoncees(key, {d.le for d in found})
    return sorted(found, key=lambda d: (d.le, d.rang, d.libelle))


def _list_rendez_vous(key: dict[str, Any]) -> list[ProchaineDate]:
    return [
        ProchaineDate(
            c.prochain_le, FIXEE, f"Contact prévu avec {_AVEC[c.avec]}",
            legale=False, precision=str(c.organisation),
        )
        for c in list_rendez_vous(**key)
        if c.prochain_le
    ]  # fmt: skip


_AVEC = {"menage": "le ménage", "bailleur": "le bailleur"}


def _list_annoncees(key: dict[str, Any], known: set[date]) -> list[ProchaineDate]:
    """Return the dates told that are not those shown already: somebody counts on them."""
    told: dict[tuple[object, ...], DateAnnoncee] = {}
    for a in list_dates_annoncees(**key):
        # The last told prevails.
        told.setdefault((a.regle, a.fait_id, a.a_qui), a)
    regles = droit.regles()
    return [
        ProchaineDate(
            a.annoncee_le, FIXEE, f"Date annoncée {a.get_a_qui_display()}", legale=False,
            precision=regles[a.regle].libelle if a.regle in regles else "",
        )
        for a in told.values()
        if a.annoncee_le >= key["on"] and a.annoncee_le not in known
    ]  # fmt: skip
