"""Make silent faults loud: unknown template variables, rows whose order nobody asked for."""

import logging
from contextvars import ContextVar
from typing import Any

import pytest
from django.db.models.expressions import OrderBy
from django.db.models.functions import Random
from django.db.models.sql.compiler import SQLCompiler
from django.template.base import VariableDoesNotExist
from django.template.context import BaseContext
from django.template.defaulttags import TemplateLiteral

# Templates shipped by others look up optional names on purpose.
_FOREIGN = ("django/", "dsfr/")
_in_condition: ContextVar[bool] = ContextVar("in_condition", default=False)


class UnknownVariableFails(logging.Filter):
    """Fail the test when a template asks for what it was not given.

    `{% if nom %}` may ask whether an optional name was given; it may not misspell an attribute.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, VariableDoesNotExist):
            return record.levelno > logging.DEBUG
        bit, holder = error.params
        name, template = record.args
        if str(template).startswith(_FOREIGN):
            return False
        optional = isinstance(holder, BaseContext | dict | str) or holder is None
        if not (optional and _in_condition.get()):
            pytest.fail(f"gabarit {template} : « {bit} » est inconnu (variable « {name} »)")
        return False


def install_strict_templates(patch: pytest.MonkeyPatch) -> None:
    """Make unknown template variables fail, for as long as `patch` lasts."""
    original = TemplateLiteral.eval

    def eval_condition(self: TemplateLiteral, context: Any) -> Any:
        token = _in_condition.set(True)
        try:
            return original(self, context)
        finally:
            _in_condition.reset(token)

    patch.setattr(TemplateLiteral, "eval", eval_condition)
    logger = logging.getLogger("django.template")
    patch.setattr(logger, "level", logging.DEBUG)
    patch.setattr(logger, "filters", [UnknownVariableFails()])
    logging.Logger.manager._clear_cache()


def install_random_order(patch: pytest.MonkeyPatch) -> None:
    """Return rows of the domain in random order when the query names none."""
    original = SQLCompiler.get_order_by

    def get_order_by(self: SQLCompiler) -> list[Any]:
        order = original(self)
        if order or not _may_shuffle(self.query):
            return order
        shuffle = OrderBy(Random())
        return [(shuffle, ("RANDOM()", (), False))]

    patch.setattr(SQLCompiler, "get_order_by", get_order_by)


def _may_shuffle(query: Any) -> bool:
    return (
        query.model is not None
        and query.model.__module__.startswith("seuil.")
        and query.default_ordering
        and not query.subquery
        and not query.distinct
        and not query.combinator
        and query.group_by is None
        and not any(a.contains_aggregate for a in query.annotation_select.values())
    )
