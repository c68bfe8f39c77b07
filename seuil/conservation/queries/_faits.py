"""The dated facts of a file, as the cards of the tables say them: see `Fait`."""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any

from psycopg import sql

from seuil.kernel.cartes import Carte, Fait, Model, list_cartes, list_parents
from seuil.kernel.tables import get_column, get_meta


@cache
def render_faits() -> str:
    """Return the statement that reads every fact of the files `ids`: what compute_sort takes."""
    parts = [
        _write_fait(carte, fait) for carte in list_cartes() for fait in carte.privacy.faits or ()
    ]
    return "\nUNION ALL\n".join(parts)


def _write_fait(carte: Carte, fait: Fait) -> str:
    tables, dossier = _write_way(carte)
    said = {
        name: sql.SQL("x.{}").format(_find_column(carte.model, column)) if column else sql.SQL("''")
        for name, column in (("type", fait.type), ("sens", fait.sens))
    }
    statement = sql.SQL(
        "SELECT {dossier}, {nature}, x.{le}, {type}, {sens}, {contact} FROM {tables}"
        " WHERE {dossier} = ANY(%(ids)s::uuid[]) AND x.{le} IS NOT NULL"
    ).format(
        dossier=dossier,
        nature=sql.Literal(fait.nature),
        le=_find_column(carte.model, fait.le),
        contact=sql.Literal(fait.contact),
        tables=tables,
        **said,
    )
    return f"{statement.as_string()} AND {render_condition(fait=fait)}"


def _write_way(carte: Carte) -> tuple[sql.Composable, sql.Composable]:
    """Return the table with those that lead to its file, and the column that names the file."""
    tables: sql.Composable = sql.SQL("{} x").format(sql.Identifier(carte.table))
    alias, model = "x", carte.model
    for n, (key, parent) in enumerate(
        zip(carte.rls.chemin, list_parents(carte)[1:], strict=True), 1
    ):
        assert parent is not None
        meta: Any = get_meta(parent)
        column = _find_column(model, key)
        tables = sql.SQL("{} JOIN {} {p} ON {p}.{pk} = {x}.{key}").format(
            tables, sql.Identifier(meta.db_table), p=sql.SQL(f"p{n}"),
            pk=sql.Identifier(str(meta.pk.column)), x=sql.SQL(alias), key=column,
        )  # fmt: skip
        alias, model = f"p{n}", parent
    return tables, sql.SQL("{}.{}").format(sql.SQL(alias), _find_column(model, "dossier"))


def _find_column(model: Model, field: str) -> sql.Identifier:
    found: Any = get_column(model, field)
    return sql.Identifier(found.column)


def render_condition(*, fait: Fait) -> str:
    """Return which rows `x` are the fact."""
    parts = [_write_among(fait.si)] if fait.si else []
    if fait.sauf:
        parts.append(f"({_write_among(fait.sauf)}) IS NOT TRUE")
    return " AND ".join(parts) or "true"


def _write_among(values: Mapping[str, Collection[str]]) -> str:
    return " AND ".join(
        sql.SQL("x.{} = ANY({})").format(sql.Identifier(c), sql.Literal(sorted(v))).as_string()
        for c, v in values.items()
    )
