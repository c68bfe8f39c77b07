"""A valid row of any table, from its columns: for the tables that no factory writes by hand."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models


def complete_row(
    model: type[models.Model],
    *,
    parents: Mapping[type[models.Model], models.Model],
    on: date,
    texte: Callable[[models.Field], str | None],
) -> dict[str, Any]:
    """Return values for the columns that a row must have.

    A foreign key takes the row of its table among `parents`; a free text, what `texte` says.
    """
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.has_default() or field.db_default is not models.NOT_PROVIDED:
            continue
        if field.remote_field:
            if not field.null:
                values[field.name] = parents[field.related_model]
        elif not field.null and (value := _value(field, on, texte)) is not None:
            values[field.name] = value
    return values


def _value(field: models.Field, on: date, texte: Callable[[models.Field], str | None]) -> Any:
    if field.choices:
        return next(code for code, _ in field.choices if code != "")
    if isinstance(field, models.CharField | models.TextField):
        return texte(field)
    if isinstance(field, models.DateField):
        return on
    if isinstance(field, models.BooleanField):
        return False
    if isinstance(field, models.DecimalField):
        return Decimal(1)
    if isinstance(field, models.IntegerField):
        return 1
    raise AssertionError(f"{field} : type sans valeur d’essai, écrire la ligne à la main")
