"""What Django says of a model's table: documented by it, private by its name alone.

The one place of the product that reads `_meta`.
"""

from typing import Any

from django.db.models import Field, Model
from django.db.models.options import Options

Table = type[Model] | Model


def get_meta(model: Table) -> "Options[Any]":
    """Return what Django knows of the model."""
    return model._meta  # noqa: SLF001 - documented by Django, private by its name alone


def get_table(model: Table) -> str:
    """Return the name of the table in PostgreSQL."""
    return get_meta(model).db_table


def list_columns(model: Table) -> "tuple[Field[Any, Any], ...]":
    """Return what the table holds, column by column."""
    return tuple(get_meta(model).concrete_fields)


def get_column(model: Table, name: str) -> Any:
    """Return a field by its name, a relation read backwards included."""
    return get_meta(model).get_field(name)
