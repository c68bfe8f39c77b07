"""The tables that hang on a file, and what they hold, drawn from the models."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.db import models

from seuil.conservation.models import DemandeDroit
from seuil.dossiers.models import Dossier
from seuil.kernel.cartes import list_domain_models, read_carte
from seuil.kernel.tables import get_column, get_meta, list_columns


def list_tables_du_dossier() -> list[tuple[type[models.Model], tuple[tuple[str, Any], ...]]]:
    """Return the tables that hang on a file, the nearest first, with how each hangs.

    Drawn from the models: a new table that names a file is purged without anybody thinking of it.
    Each item is a model and its pairs (field, model that the field names). The register of requests
    stays: it is detached.
    """
    return list(_tables_du_dossier())


@cache
def _tables_du_dossier() -> tuple[tuple[type[models.Model], tuple[tuple[str, Any], ...]], ...]:
    known: list[type[models.Model]] = [Dossier]
    ways: dict[type[models.Model], list[tuple[str, Any]]] = {Dossier: []}
    waiting = [m for m in list_domain_models() if m not in {Dossier, DemandeDroit}]
    while True:
        # A table comes once all those that it names among the file's are placed.
        found = {m: _list_links(m, set(ways)) for m in waiting}
        ready = [m for m, links in found.items() if links]
        if not ready:
            return tuple((m, tuple(ways[m])) for m in known)
        pending = set(ready)
        free = [m for m in ready if not _list_links(m, pending - {m})] or ready
        for model in free:
            ways[model] = found[model]
            known.append(model)
            waiting.remove(model)


def _list_links(model: type[models.Model], among: Collection[Any]) -> list[tuple[str, Any]]:
    return [
        (field.name, field.related_model)
        for field in list_columns(model)
        if field.remote_field and field.related_model in among
    ]


def list_rows_du_dossier(*, dossier_id: UUID) -> dict[type[models.Model], list[Any]]:
    """Return the keys of the rows of every table that hang on a file, nearest table first."""
    keys: dict[type[models.Model], list[Any]] = {}
    for model, links in list_tables_du_dossier():
        if model is Dossier:
            keys[model] = [dossier_id]
            continue
        found: set[Any] = set()
        for name, parent in links:
            if keys[parent]:
                rows = model._base_manager.filter(**{f"{name}__in": keys[parent]})
                found.update(rows.order_by("pk").values_list("pk", flat=True))
        keys[model] = sorted(found)
    return keys


def name_field(*, model: type[models.Model], field: str) -> str:
    """Return the name of a column in plain French."""
    found: Any = get_column(model, field)
    plain = found.name.replace("_", " ")
    if found.is_relation and found.verbose_name == plain:
        return str(get_meta(found.related_model).verbose_name)
    return str(found.verbose_name)


def list_personnelles(*, model: type[models.Model]) -> list[str]:
    """Return the columns of a table that are personal for the people of a file.

    Those of agents and the technical ones are not.
    """
    carte = read_carte(model)
    named = {
        f for code, names in carte.classes.items() if code not in {"technique", "agent"}
        for f in names
    }  # fmt: skip
    return [f.name for f in carte.meta.concrete_fields if f.name in named]


def get_categorie(*, row: models.Model) -> str:
    """Return the category of the matrix that a row of a file belongs to."""
    rls: Any = type(row).Rls  # type: ignore[attr-defined]
    column, special = getattr(rls, "par_valeur", ("", {}))
    if column and getattr(row, column) in special:
        return str(special[getattr(row, column)])
    return str(getattr(rls, "categorie", "identite")) or "identite"


def list_rows(*, model: type[models.Model], keys: Sequence[Any]) -> list[models.Model]:
    """Return rows of a table by key, in the order in which they were written."""
    order = "created_at" if any(f.name == "created_at" for f in get_meta(model).fields) else "pk"
    rows = model._base_manager.filter(pk__in=keys)
    return list(rows.order_by(order, "pk"))
