"""Read the work queue of an agent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from seuil.acteurs.models import Agent, Role
from seuil.acteurs.rules import get_perimetre, why_not
from seuil.dossiers.models import Acces
from seuil.travail.models import Tache
from seuil.travail.rules import GENRES

TACHES_PAR_PAGE = 50
_ROLES_DE_TERRAIN = (Role.TRAVAILLEUR_SOCIAL, Role.JURISTE)


@dataclass(frozen=True, slots=True)
class TacheRow:
    """A task for the screen."""

    id: UUID
    genre: str
    libelle: str
    pourquoi: str
    ecran: str
    numero: str
    menage: str
    commune: str
    stade: str
    due_le: date
    legale: bool
    regle: str
    source_id: UUID
    agent: str
    en_retard: bool


@dataclass(frozen=True, slots=True)
class AFaire:
    """A page of the queue with its counts, by period and by kind."""

    taches: list[TacheRow]
    par_periode: Mapping[str, int]
    par_genre: Mapping[str, int]
    total: int
    page: int
    pages: int


def filter_taches(*, agent: Agent, on: date) -> QuerySet[Tache]:
    """Return the tasks that are the agent's to do or to distribute on that day."""
    if why_not(agent.role, "a_faire.lire"):
        return Tache.objects.none()
    seen = Tache.objects.filter(visible_le__lte=on).filter(
        Q(caduque_le=None) | Q(caduque_le__gt=on)
    )
    perimetre = get_perimetre(agent.role)
    if perimetre in {"departement", "instruction"}:
        return seen.filter(departement=agent.departement_id, role=agent.role)
    if perimetre == "mandat":
        return seen.filter(organisation=agent.organisation_id)
    # A file is followed by two people: each sees what the other has to do on it.
    shared = Acces.objects.filter(
        dossier=OuterRef("dossier"), relation=Acces.Relation.AFFECTATION, agent=agent.pk
    ).open(on=on)
    return seen.filter(Q(agent=agent.pk) | Q(Exists(shared), role__in=_ROLES_DE_TERRAIN))


def get_a_faire(
    *, agent: Agent, on: date, genre: str = "", periode: str = "", page: int = 1
) -> AFaire:
    """Return the agent's queue, late ones first, then by date; three queries."""
    mine = filter_taches(agent=agent, on=on)
    week = on + timedelta(days=7)
    periodes = {
        "en_retard": Q(due_le__lt=on),
        "aujourdhui": Q(due_le=on),
        "semaine": Q(due_le__gt=on, due_le__lte=week),
        "plus_tard": Q(due_le__gt=week),
    }
    counts = list(
        mine.values_list("genre")
        .annotate(**{name: Count("id", filter=which) for name, which in periodes.items()})
        .order_by("genre")
    )
    par_genre = dict(
        sorted(((code, sum(n)) for code, *n in counts), key=lambda pair: (-pair[1], pair[0]))
    )
    shown = [n for code, *n in counts if genre not in GENRES or code == genre]
    par_periode = {name: sum(n[i] for n in shown) for i, name in enumerate(periodes)}
    chosen = mine.filter(genre=genre) if genre in GENRES else mine
    if periode in periodes:
        chosen = chosen.filter(periodes[periode])
        total = par_periode[periode]
    else:
        total = sum(par_periode.values())
    pages = max(1, -(-total // TACHES_PAR_PAGE))
    page = min(max(1, page), pages)
    first = (page - 1) * TACHES_PAR_PAGE
    # The queue alone gives the page, without joining what it does not show. The numbers of the
    # dossiers follow the order of their ids.
    ids = [
        *chosen.order_by("due_le", "dossier_id", "genre", "id").values_list("id", flat=True)[
            first : first + TACHES_PAR_PAGE
        ]
    ]
    rows = Tache.objects.filter(pk__in=ids).order_by("due_le", "dossier_id", "genre", "id")
    return AFaire(
        taches=[_row(row, on) for row in rows.values_list(*_COLUMNS)],
        par_periode=par_periode,
        par_genre=par_genre,
        total=total,
        page=page,
        pages=pages,
    )


def list_taches(*, agent: Agent, on: date) -> list[TacheRow]:
    """Return the first page of the agent's queue."""
    return get_a_faire(agent=agent, on=on).taches


_COLUMNS = (
    "id", "genre", "dossier__numero", "dossier__situation__nom_affiche",
    "dossier__logement__commune__nom", "dossier__situation__stade", "due_le", "legale",
    "regle", "source_id", "agent__prenom", "agent__nom",
)  # fmt: skip


def _row(row: tuple, on: date) -> TacheRow:  # type: ignore[type-arg]
    (
        pk, genre, numero, menage, commune, stade, due_le, legale, regle, source_id, prenom, nom,
    ) = row  # fmt: skip
    kind = GENRES[genre]
    return TacheRow(
        id=pk,
        genre=genre,
        libelle=kind.libelle,
        pourquoi=kind.pourquoi,
        ecran=kind.ecran,
        numero=numero,
        menage=menage or "",
        commune=commune or "",
        stade=stade or "",
        due_le=due_le,
        legale=legale,
        regle=regle,
        source_id=source_id,
        agent=f"{prenom} {nom}" if nom else "",
        en_retard=due_le < on,
    )
