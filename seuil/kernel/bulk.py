"""Writing thousands of rows: COPY, and whole replacement of a projection.

A projection is written by difference: rows whose natural key and content did not change keep
their identifier, so that what people attached to them survives and recomputing twice writes
nothing.
"""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import connection, models
from psycopg import sql

from seuil.kernel.models import new_id, new_key
from seuil.kernel.tables import get_table, list_columns

# The values of a row's key, and those of its content.
Keyed = tuple[Sequence[Any], Sequence[Any]]


@contextmanager
def paused_collector() -> Iterator[None]:
    """Pause the search for reference cycles while thousands of plain rows are handled.

    They hold no cycle and are freed as they go; looking for some takes a third of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def as_array(values: Iterable[object]) -> str:
    """Return identifiers or dates as the text of a PostgreSQL array.

    Thousands of them are then one value to send, not as many to adapt. Cast it in the query.
    """
    # Half of a large recomputation would go in writing the dashes of identifiers.
    texts = [f"{v.int:032x}" if v.__class__ is UUID else str(v) for v in values]
    return "{" + ",".join(texts) + "}"


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
    content: Sequence[str],
    rows: Iterable[Keyed],
) -> None:
    """Make the rows of `model` whose `scope` is in `scope_ids` exactly `rows`.

    `key` and `content` are column names, `scope` among the key's; each row is the values of its key
    and those of its content. A row already there with the same key is updated only where its
    content differs, and keeps its `id`; a row absent from `rows` is deleted; a new one gets an
    `id`, when the table has that column. Rows that share one content object are cheaper.
    """
    incoming = _Incoming(model, key, content)
    if len(scope_ids) <= _FEW:
        source = incoming.as_values([(*keys, *values) for keys, values in rows])
        incoming.replace(source, scope=scope, scope_ids=scope_ids)
    else:
        incoming.replace_by_difference(rows, scope=scope, scope_ids=scope_ids)


# A temporary table costs more than it saves for the few rows of one dossier.
_FEW = 20


class _Incoming:
    """The rows that a projection becomes, and the three statements that make it so."""

    def __init__(
        self, model: type[models.Model], key: Sequence[str], content: Sequence[str]
    ) -> None:
        self.model = model
        self.table = _table(model)
        self.columns = [*key, *content]
        self.key = key
        self.content = content
        self.types = {f.column: f.db_type(connection) for f in list_columns(model)}
        self.has_id = any(f.column == "id" for f in list_columns(model))
        self.match = sql.SQL(" AND ").join(
            sql.SQL("t.{c} = s.{c}").format(c=sql.Identifier(c)) for c in key
        )

    def _all_columns(self) -> Sequence[str]:
        return ("id", *self.columns) if self.has_id else self.columns

    def as_temp_table(self, rows: Iterable[Sequence[Any]]) -> tuple[sql.Composable, list[Any]]:
        """COPY the rows aside; return what to read them from."""
        temp = _table(self.model, "incoming_")
        with connection.cursor() as cursor:
            cursor.execute(
                sql.SQL(
                    "CREATE TEMP TABLE IF NOT EXISTS {temp} (LIKE {table} INCLUDING DEFAULTS)"
                    " ON COMMIT DROP"
                ).format(temp=temp, table=self.table)
            )
            cursor.execute(sql.SQL("TRUNCATE {temp}").format(temp=temp))
        # The copy of the table asks for an identifier, which an update does not use.
        self._copy_with_ids(temp, rows)
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("ANALYZE {temp}").format(temp=temp))
        return temp, []

    def as_values(self, rows: Sequence[Sequence[Any]]) -> tuple[sql.Composable, list[Any]]:
        """Return the rows as a typed list of values, in the statement itself."""
        if self.has_id:
            rows = [(new_id(), *row) for row in rows]
        columns = self._all_columns()
        names = sql.SQL(", ").join(map(sql.Identifier, columns))
        # The first branch, always empty, names the columns.
        typed = sql.SQL("SELECT {names} FROM {table} WHERE false").format(
            names=names, table=self.table
        )
        if not rows:
            return sql.SQL("({})").format(typed), []
        row = sql.SQL("({})").format(
            sql.SQL(", ").join(sql.SQL(f"%s::{self.types[c]}") for c in columns)
        )
        values = sql.SQL("({typed} UNION ALL VALUES {rows})").format(
            typed=typed, rows=sql.SQL(", ").join([row] * len(rows))
        )
        return values, [value for line in rows for value in line]

    def replace_by_difference(
        self, rows: Iterable[Keyed], *, scope: str, scope_ids: Sequence[Any]
    ) -> None:
        """Compare here the rows with those of the table, as text, and write what differs.

        Most recomputations change little: reading text costs a tenth of writing it. A text that
        differs for an equal value (an order of keys) is only a row sent for nothing.
        """
        known = self._read_known(scope, scope_ids)
        if not known:
            self._copy_with_ids(self.table, ((*keys, *values) for keys, values in rows))
            return
        new: list[Sequence[Any]] = []
        changed: list[Sequence[Any]] = []
        # By identity: the contents are kept here, so that none is freed and mistaken for another.
        texts: dict[int, tuple[Sequence[Any], str]] = {}
        for keys, values in rows:
            found = known.pop(_UNIT.join(map(_write_text, keys)), None)
            if found is None:
                new.append((*keys, *values))
                continue
            kept = texts.get(id(values))
            if kept is None:
                text = _UNIT.join(map(_write_text, values))
                kept = texts[id(values)] = (values, text)
            if found != kept[1]:
                changed.append((*keys, *values))
        if known:
            self._delete(known, scope, scope_ids)
        if changed:
            source, _ = self.as_temp_table(changed)
            self._update(source, [])
        if new:
            self._copy_with_ids(self.table, new)

    def _copy_with_ids(self, table: sql.Composable, rows: Iterable[Sequence[Any]]) -> None:
        if self.has_id:
            rows = ((new_key(), *row) for row in rows)
        _copy(table, self._all_columns(), rows)

    def _read_known(self, scope: str, scope_ids: Sequence[Any]) -> dict[str, str]:
        """Return the rows of the scope: key → content, both as text."""
        statement = sql.SQL(
            "SELECT string_agg({key} || {group} || {content}, {record}) FROM {table} t"
            " WHERE t.{scope} = ANY(%s::uuid[])"
        ).format(
            key=self._as_text(self.key),
            content=self._as_text(self.content),
            group=sql.Literal(_GROUP),
            record=sql.Literal(_RECORD),
            table=self.table,
            scope=sql.Identifier(scope),
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, [as_array(scope_ids)])
            text = cursor.fetchone()[0]
        return dict(record.split(_GROUP, 1) for record in text.split(_RECORD)) if text else {}

    def _as_text(self, columns: Sequence[str]) -> sql.Composed:
        """Write columns as one text, each value as `_write_text` does."""

        def write(column: str) -> sql.Composed:
            kind = self.types[column]
            if kind == "boolean":
                text = sql.SQL("CASE WHEN {c} THEN 'True' ELSE 'False' END")
            elif kind == "uuid":
                text = sql.SQL("coalesce(encode(uuid_send({c}), 'hex'), {null})")
            else:
                text = sql.SQL("coalesce({c}::text, {null})")
            return text.format(c=sql.Identifier("t", column), null=sql.Literal(_NULL))

        return sql.SQL(" || E'\\x1f' || ").join(map(write, columns))

    def _delete(self, keys: Iterable[str], scope: str, scope_ids: Sequence[Any]) -> None:
        statement = sql.SQL(
            "DELETE FROM {table} t WHERE t.{scope} = ANY(%s::uuid[]) AND {key} = ANY(%s::text[])"
        ).format(table=self.table, scope=sql.Identifier(scope), key=self._as_text(self.key))
        with connection.cursor() as cursor:
            cursor.execute(statement, [as_array(scope_ids), list(keys)])

    def _update(self, source: sql.Composable, values: Sequence[Any]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                sql.SQL(
                    "UPDATE {table} t SET {sets} FROM {source} s"
                    " WHERE {match} AND ({old}) IS DISTINCT FROM ({new})"
                ).format(**self._parts(source)),
                values,
            )

    def _parts(self, source: sql.Composable) -> dict[str, sql.Composable]:
        return {
            "table": self.table,
            "source": source,
            "match": self.match,
            "names": _names(self._all_columns()),
            "theirs": _names(self._all_columns(), "s"),
            "sets": sql.SQL(", ").join(self._list_sets()),
            "old": _names(self.content, "t"),
            "new": _names(self.content, "s"),
        }

    def _list_sets(self) -> Iterator[sql.Composable]:
        """Yield what an update sets; a table that says when its rows changed has it said too."""
        for column in self.content:
            yield sql.SQL("{c} = s.{c}").format(c=sql.Identifier(column))
        if "change_at" in self.types:
            yield sql.SQL("change_at = statement_timestamp()")

    def replace(
        self, source: tuple[sql.Composable, list[Any]], *, scope: str, scope_ids: Sequence[Any]
    ) -> None:
        """Delete what is not among the rows, update what differs, insert what is new."""
        origin, values = source
        parts = self._parts(origin) | {"scope": sql.Identifier(scope)}
        with connection.cursor() as cursor:
            cursor.execute(
                sql.SQL(
                    "DELETE FROM {table} t WHERE t.{scope} = ANY(%s::uuid[])"
                    " AND NOT EXISTS (SELECT 1 FROM {source} s WHERE {match})"
                ).format(**parts),
                [as_array(scope_ids), *values],
            )
        self._update(origin, values)
        with connection.cursor() as cursor:
            cursor.execute(
                sql.SQL(
                    "INSERT INTO {table} ({names}) SELECT {theirs} FROM {source} s"
                    " WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE {match})"
                ).format(**parts),
                values,
            )


# Separators that no value of a projection contains, and what stands for NULL.
_RECORD, _GROUP, _UNIT, _NULL = "\x1e", "\x1d", "\x1f", "\\N"


def _write_text(value: Any) -> str:
    """Write a value as `_Incoming._as_text` has the database write it."""
    kind = value.__class__
    if kind is str:
        return value  # type: ignore[no-any-return]
    if kind is UUID:
        return f"{value.int:032x}"
    return _NULL if value is None else str(value)


def _names(columns: Sequence[str], alias: str = "") -> sql.Composed:
    identifiers = (sql.Identifier(alias, c) if alias else sql.Identifier(c) for c in columns)
    return sql.SQL(", ").join(identifiers)


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
    return sql.Identifier(prefix + get_table(model))


def _copy(target: sql.Composable, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows, aside first where PostgreSQL applies policies: it refuses to COPY into those."""
    if not _has_policies(target):
        _stream(target, columns, rows)
        return
    aside = sql.Identifier("copied_" + target._obj[0])  # noqa: SLF001 - psycopg tells no name otherwise
    names = _names(columns)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(
                "CREATE TEMP TABLE {aside} ON COMMIT DROP AS SELECT {names} FROM {target}"
                " WITH NO DATA"
            ).format(aside=aside, names=names, target=target)
        )
    _stream(aside, columns, rows)
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("INSERT INTO {target} ({names}) SELECT {names} FROM {aside}").format(
                target=target, names=names, aside=aside
            )
        )
        cursor.execute(sql.SQL("DROP TABLE {aside}").format(aside=aside))


def _has_policies(target: sql.Composable) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_security_active(%s)", [target.as_string(cursor.cursor)])
        return bool(cursor.fetchone()[0])


def _stream(target: sql.Composable, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(target, _names(columns))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
