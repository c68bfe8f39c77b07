"""Writing thousands of rows: COPY, and whole replacement of a projection.

A projection is written by difference: rows whose natural key and content did not change keep
their identifier, so that what people attached to them survives and recomputing twice writes
nothing.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models
from psycopg import sql


def copy_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """COPY `rows` into the table of `model`; `columns` are column names, in the rows' order."""
    _copy(_table(model), columns, rows)


def replace_projection(
    model: type[models.Model],
    *,
    scope: str,
    scope_ids: Sequence[Any],
    key: Sequence[str],
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
) -> None:
    """Make the rows of `model` whose `scope` is in `scope_ids` exactly `rows`.

    `columns` contains `id`, `scope`, the `key` and the content. A row already there with the same
    key is updated only where its content differs, and keeps its `id`; a row absent from `rows` is
    deleted.
    """
    table = _table(model)
    temp = _table(model, "incoming_")
    content = [c for c in columns if c not in {"id", *key}]
    match = sql.SQL(" AND ").join(sql.SQL("t.{c} = s.{c}").format(c=sql.Identifier(c)) for c in key)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "CREATE TEMP TABLE IF NOT EXISTS {temp} (LIKE {table} INCLUDING DEFAULTS)"
                " ON COMMIT DROP"
            ).format(temp=temp, table=table)
        )
        cursor.execute(sql.SQL("TRUNCATE {temp}").format(temp=temp))
    _copy(temp, columns, rows)
    differs = sql.SQL("({t}) IS DISTINCT FROM ({s})").format(
        t=sql.SQL(", ").join(sql.SQL("t.{}").format(sql.Identifier(c)) for c in content),
        s=sql.SQL(", ").join(sql.SQL("s.{}").format(sql.Identifier(c)) for c in content),
    )
    values = {
        "table": table,
        "temp": temp,
        "scope": sql.Identifier(scope),
        "match": match,
        "columns": sql.SQL(", ").join(map(sql.Identifier, columns)),
        "source": sql.SQL(", ").join(sql.SQL("s.{}").format(sql.Identifier(c)) for c in columns),
        "sets": sql.SQL(", ").join(
            sql.SQL("{c} = s.{c}").format(c=sql.Identifier(c)) for c in content
        ),
        "differs": differs,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("ANALYZE {temp}").format(temp=temp))
        cursor.execute(
            sql.SQL(
                "DELETE FROM {table} t WHERE t.{scope} = ANY(%s)"
                " AND NOT EXISTS (SELECT 1 FROM {temp} s WHERE {match})"
            ).format(**values),
            [list(scope_ids)],
        )
        if content:
            cursor.execute(
                sql.SQL(
                    "UPDATE {table} t SET {sets} FROM {temp} s WHERE {match} AND {differs}"
                ).format(**values)
            )
        cursor.execute(
            sql.SQL(
                "INSERT INTO {table} ({columns}) SELECT {source} FROM {temp} s"
                " WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE {match})"
            ).format(**values)
        )


def _copy(target: sql.Composable, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        target, sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def copy_new_rows(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """COPY `rows`, leaving aside those that a unique constraint already holds."""
    table = _table(model)
    temp = _table(model, "new_")
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "CREATE TEMP TABLE IF NOT EXISTS {temp} (LIKE {table} INCLUDING DEFAULTS)"
                " ON COMMIT DROP"
            ).format(temp=temp, table=table)
        )
        cursor.execute(sql.SQL("TRUNCATE {temp}").format(temp=temp))
    _copy(temp, columns, rows)
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "INSERT INTO {table} ({names}) SELECT {names} FROM {temp} ON CONFLICT DO NOTHING"
            ).format(table=table, temp=temp, names=names)
        )


def _table(model: type[models.Model], prefix: str = "") -> sql.Identifier:
    return sql.Identifier(prefix + model._meta.db_table)  # noqa: SLF001 - Django's public Meta
