"""What the columns of the tables say of a household, who saw a dossier, what is past its term."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from uuid import UUID

from django.db import connection

from seuil.audit.rules import CATEGORIES, Volume
from seuil.kernel.cartes import list_domain_models
from seuil.kernel.tables import get_meta, get_table


@dataclass(frozen=True, slots=True)
class Consultation:
    """One request that showed a dossier."""

    vu_at: datetime
    kind: str
    by_id: str
    by_label: str
    organisation: str
    role: str
    canal: str
    motif: str
    categories: frozenset[str]


_VUE = (
    "vu_at", "kind", "by_id", "by_label", "organisation", "role", "canal", "motif", "categories",
)  # fmt: skip


@cache
def get_registre() -> Mapping[str, Mapping[str, str]]:
    """Return table → column → class of data, for what speaks of a household.

    The one function to change if the classes come from elsewhere than `class Privacy`.
    """
    registre: dict[str, dict[str, str]] = {}
    for model in list_domain_models(liens=True):
        privacy = vars(getattr(model, "Privacy", object))
        named = {name: code for code in CATEGORIES for name in privacy.get(code, ())}
        columns = {
            str(f.column): named[f.name]
            for f in get_meta(model).local_concrete_fields
            if f.name in named
        }
        if columns:
            registre[get_table(model)] = columns
    return registre


def list_consultations(*, dossier_id: UUID, depuis: datetime) -> Sequence[Consultation]:
    """Return who saw a dossier, oldest first. Whoever calls has checked the right to ask."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM journal.consultations(%s, %s)", [dossier_id, depuis])
        return [
            Consultation(**dict(zip(_VUE, row, strict=True)) | {"categories": frozenset(row[-1])})
            for row in cursor.fetchall()
        ]


def list_volumes(*, depuis: datetime) -> Sequence[Volume]:
    """Return how much each agent read, took away and was refused since an instant; the worker's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM journal.volumes(%s)", [depuis])
        return [Volume(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Alerte:
    """An excess that the journal showed, and what the officer noted of it, once it did."""

    id: UUID
    vue_at: datetime
    kind: str
    agent: str
    details: Mapping[str, int]
    note: str | None
    notee_at: datetime | None
    notee_par: str | None


def list_alertes(*, depuis: datetime) -> Sequence[Alerte]:
    """Return the alerts of the officer's département, the newest first; none to anybody else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM journal.alertes(%s)", [depuis])
        return [
            Alerte(pk, vue_at, kind, agent, json.loads(details), *noted)
            for pk, vue_at, kind, agent, details, *noted in cursor.fetchall()
        ]


def count_alertes(*, depuis: datetime) -> int:
    """Return how many of them nobody noted anything of."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM journal.alertes(%s) WHERE note IS NULL", [depuis])
        return int(cursor.fetchone()[0])


def get_retard_sceau() -> float:
    """Return for how many seconds the oldest line that is not sealed has waited; 0 when none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT journal.retard()")
        return float(cursor.fetchone()[0])


def count_lignes_a_terme(*, departement: str, avant: datetime) -> int:
    """Return how many sealed lines of a département are older than an instant."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit_sceau s JOIN audit_event e ON e.id = s.ligne"
            " WHERE s.departement = %s AND e.created_at < %s",
            [departement, avant],
        )
        return int(cursor.fetchone()[0])


def list_departements() -> Sequence[str]:
    """Return the départements that have a chain of seals."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT departement FROM audit_sceau ORDER BY 1")
        return [code for (code,) in cursor.fetchall()]
