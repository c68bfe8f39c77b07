"""Which tables the journal follows, what their columns say of a household, who saw a dossier."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models

from seuil.audit.rules import CATEGORIES, TableSuivie

_DOSSIER = "dossiers_dossier"
# Tables of the domain whose changes are not journaled, and why.
NON_SUIVIES: Mapping[str, str] = {
    "acteurs_departement": "référentiel public",
    "acteurs_arrondissement": "référentiel public",
    "acteurs_commune": "référentiel public",
    "dossiers_compteur": "dernier numéro donné, sans contenu",
    "actes_ligne": "salle d’attente de l’import : l’application de la liste est journalisée",
    "echeances_echeance": "projection recalculée",
    "echeances_situation": "projection recalculée",
    "echeances_situationdette": "projection recalculée",
    "echeances_situationsuivi": "projection recalculée",
    "echeances_nomcherche": "projection recalculée",
    "travail_tache": "projection recalculée",
    "connexions_essai": "essais comptés : chaque refus de connexion est une ligne",
    "audit_event": "le journal lui-même",
    "audit_sceau": "le journal lui-même",
    "audit_ancre": "le journal lui-même",
}
# Columns that the machine writes at each reading: the reading is already a line.
_MUETTES = {
    "acteurs_abonnementagenda": frozenset({"dernier_acces_at"}),
    "connexions_connexion": frozenset({"vue_at"}),
}


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


def list_domain_models() -> Sequence[type[models.Model]]:
    """Return the tables of the product, those of many-to-many links too."""
    found = apps.get_models(include_auto_created=True)
    return [m for m in found if m.__module__.startswith("seuil.") and m._meta.managed]


@cache
def get_registre() -> Mapping[str, Mapping[str, str]]:
    """Return table → column → class of data, for what speaks of a household.

    The one function to change if the classes come from elsewhere than `class Privacy`.
    """
    registre: dict[str, dict[str, str]] = {}
    for model in list_domain_models():
        privacy = vars(getattr(model, "Privacy", object))
        named = {name: code for code in CATEGORIES for name in privacy.get(code, ())}
        columns = {
            str(f.column): named[f.name]
            for f in model._meta.local_concrete_fields
            if f.name in named
        }
        if columns:
            registre[model._meta.db_table] = columns
    return registre


def list_tables_suivies() -> Sequence[TableSuivie]:
    """Return the tables whose changes are journaled: all those of the domain but NON_SUIVIES."""
    return [_describe(m) for m in list_domain_models() if m._meta.db_table not in NON_SUIVIES]


def list_consultations(*, dossier_id: UUID, depuis: datetime) -> Sequence[Consultation]:
    """Return who saw a dossier, oldest first. Whoever calls has checked the right to ask."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM journal.consultations(%s, %s)", [dossier_id, depuis])
        return [
            Consultation(**dict(zip(_VUE, row, strict=True)) | {"categories": frozenset(row[-1])})
            for row in cursor.fetchall()
        ]


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


def _describe(model: type[models.Model]) -> TableSuivie:
    meta: Any = model._meta
    columns = tuple(f.column for f in meta.local_concrete_fields)
    return TableSuivie(
        nom=meta.db_table,
        cle=meta.pk.column,
        colonnes=columns,
        dossier=_path_to_dossier(model),
        departement="departement_id" if "departement_id" in columns else "",
        muettes=_MUETTES.get(meta.db_table, frozenset()),
    )


def _path_to_dossier(model: type[models.Model]) -> str:
    """Return the SQL of the dossier of a row `x`, by the shortest way through its parents."""
    if model._meta.db_table == _DOSSIER:
        return "x.id"
    ways: deque[tuple[Any, str]] = deque([(model, "x.{}")])
    seen = {model}
    while ways:
        here, sql = ways.popleft()
        for field in here._meta.local_concrete_fields:
            target = field.related_model
            if target is None or target in seen or target == "self":
                continue
            meta = target._meta
            if meta.db_table == _DOSSIER:
                return sql.format(field.column)
            seen.add(target)
            where = f"FROM {meta.db_table} p WHERE p.{meta.pk.column} = "
            step = "(SELECT p.{} " + where
            ways.append((target, step + sql.format(field.column) + ")"))
    return "NULL::uuid"
