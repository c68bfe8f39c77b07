"""What a tab of a dossier says of itself: what it shows, to whom, what it adds to the timeline."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, models
from psycopg import sql

from seuil.acteurs.matrice import load_matrice
from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.dossiers.queries import Ouverture
from seuil.kernel.tables import get_table
from seuil.web.access import AgentRequest, may


@dataclass(frozen=True, slots=True)
class Lecture:
    """Who reads which dossier, on what day."""

    request: AgentRequest
    agent: Agent
    on: date
    dossier: Dossier
    ouverture: Ouverture

    @property
    def key(self) -> dict[str, Any]:
        """The arguments that every query of a dossier takes."""
        return {"agent": self.agent, "on": self.on, "dossier": self.dossier}

    def may(self, verbe: str) -> bool:
        """Tell whether the agent's role holds a verb."""
        return may(self.request, verbe)

    def writes(self, verbe: str, categorie: str) -> bool:
        """Tell whether the agent may add to a category of this file, by a verb."""
        return self.may(verbe) and self.ouverture.allows(categorie, "ecrire")


@dataclass(frozen=True, slots=True)
class Geste:
    """What may be done about one line of the timeline: its page, and what it takes to open it."""

    libelle: str
    page: str
    objet: UUID
    verbe: str
    categorie: str


@dataclass(frozen=True, slots=True)
class Evenement:
    """One line of the timeline. `retrait` says why it counts no more."""

    le: date
    titre: str
    detail: str
    source: str
    retrait: str = ""
    gestes: Sequence[Geste] = ()


@dataclass(frozen=True, slots=True)
class Fil:
    """A kind of fact of the timeline: the category that shows it, its query, its lines."""

    genre: str
    libelle: str
    # Its place among the filters.
    rang: int
    categorie: str
    # Its table names the dossier: most dossiers have no such fact, and are not asked for it.
    modele: type[models.Model]
    read: Callable[..., Any]
    write: Callable[[Any], Iterable[Evenement]]

    @property
    def categories(self) -> frozenset[str]:
        """Every category of which it may show a line: some tables hold several."""
        others: Mapping[Any, str] = getattr(self.modele.Rls, "par_valeur", ("", {}))[1]  # type: ignore[attr-defined]
        return frozenset({self.categorie, *others.values()})


@dataclass(frozen=True, slots=True)
class Onglet:
    """A tab: what it shows, for who reads one of its categories (all, when it names none)."""

    libelle: str
    # Its place among the tabs.
    rang: int
    template: str
    read: Callable[[Lecture], dict[str, Any]]
    categories: tuple[str, ...] = ()
    fils: tuple[Fil, ...] = ()


def list_present(dossier: Dossier, fils: Sequence[Fil]) -> list[Fil]:
    """Return the kinds of fact of which a dossier already found has at least one; one query.

    Only a hint of what to read: the reads themselves say what the agent may see.
    """
    if not fils:
        return []
    there = sql.SQL("EXISTS (SELECT 1 FROM {} WHERE dossier_id = %(dossier)s)")
    tables = [sql.Identifier(get_table(fil.modele)) for fil in fils]
    with connection.cursor() as cursor:
        asked = sql.SQL(", ").join(there.format(table) for table in tables)
        cursor.execute(sql.SQL("SELECT {}").format(asked), {"dossier": dossier.pk})
        found = cursor.fetchone()
    return [fil for fil, present in zip(fils, found, strict=True) if present]


def list_reserves(ouverture: Ouverture, categories: Iterable[str]) -> list[str]:
    """Name the categories that a page could show and that the reader may not read."""
    closed = {c for c in categories if not ouverture.allows(c)}
    return [label for code, label in load_matrice().categories.items() if code in closed]


def join(parts: Iterable[str]) -> str:
    """Write what is known, separated by commas."""
    return ", ".join(p for p in parts if p)
