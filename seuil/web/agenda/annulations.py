"""What calendars were told and is no more: of acts withdrawn, or of a procedure that ended."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q

from seuil.actes.models import Acte, TypeActe
from seuil.acteurs.models import Agent
from seuil.acteurs.rules import why_not
from seuil.echeances.queries.retraits import list_echeances_retirees
from seuil.echeances.rules.audiences import FINS
from seuil.echeances.rules.faits import CATEGORIE_PAR_REGLE
from seuil.web.agenda.queries import Evenement, Filtres, list_regles, only_reached
from seuil.web.agenda.revisions import find_revision_des_actes

# A calendar that has not read for longer starts again from what it reads.
DUREE = timedelta(days=60)
# What ended a procedure before has no hearing left that a calendar holds.
_ANNEE = timedelta(days=366)


def list_annulations(*, agent: Agent, on: date, filtres: Filtres) -> list[Evenement]:
    """Return the hearings and deadlines that files have no more since an act of the last days."""
    if why_not(agent.profil, "dossier.lire"):
        return []
    found: list[Evenement] = []
    if filtres.genre in {"", "audience"}:
        found += _list_audiences(agent, on, filtres)
    for genre in ("legale", "convention"):
        if filtres.genre in {"", genre}:
            found += _list_echeances(agent, on, filtres, genre)
    return found


def _list_audiences(agent: Agent, on: date, filtres: Filtres) -> Iterator[Evenement]:
    acts = Acte.objects.filter(dossier=OuterRef("dossier"))
    recent = acts.filter(
        Q(retire_le__gte=on - DUREE)
        | Q(type__in=FINS, annonce_le__gte=on - DUREE, survenu_le__gte=on - _ANNEE)
    )
    told = only_reached(
        Acte.objects.filter(Q(type=TypeActe.AUDIENCE) | Q(audience_le__isnull=False)),
        agent, on, filtres,
    ).filter(Exists(recent), dossier__situation__audience_le=None)  # fmt: skip
    rows = (
        told.annotate(revu_at=find_revision_des_actes("dossier_id"))
        .order_by("dossier_id", "annonce_le", "survenu_le", "pk")
        .values_list(
            "dossier_id", "dossier__numero", "type", "survenu_le", "audience_le",
            "audience_heure", "revu_at",
        )
    )  # fmt: skip
    # The last told of each file.
    for pk, numero, type_, survenu_le, audience_le, heure, revu_at in {
        row[0]: row for row in rows
    }.values():
        le = survenu_le if type_ == TypeActe.AUDIENCE else audience_le
        yield Evenement(le, "audience", pk, numero, heure=heure, revu_at=revu_at, annule=True)


def _list_echeances(agent: Agent, on: date, filtres: Filtres, genre: str) -> Iterator[Evenement]:
    withdrawn = only_reached(Acte.objects.filter(retire_le__gte=on - DUREE), agent, on, filtres)
    rows = withdrawn.annotate(revu_at=find_revision_des_actes("dossier_id"))
    files = {
        pk: (numero, revu_at)
        for pk, numero, revu_at in rows.values_list("dossier_id", "dossier__numero", "revu_at")
    }
    # What is of another category than the acts is told to fewer people: it only leaves.
    regles = set(list_regles(genre)) - set(CATEGORIE_PAR_REGLE)
    for e in list_echeances_retirees(dossier_ids=files, depuis=on - DUREE) if files else ():
        if e.le and e.regle in regles:
            numero, revu_at = files[e.dossier_id]
            yield Evenement(
                e.le, genre, e.dossier_id, numero, code=e.regle, source_id=e.source_id,
                revu_at=revu_at, annule=True,
            )  # fmt: skip
