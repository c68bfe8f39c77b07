"""The journal's functions and the triggers by which it follows every table of the domain."""

import hashlib
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import DatabaseError, models, transaction
from django.db.backends.utils import CursorWrapper

from seuil.kernel.cartes import Rls, list_cartes, list_domain_models, read_carte
from seuil.kernel.tables import get_meta, get_table

_FOLDER = Path(__file__).parent
_DOSSIER = "dossiers_dossier"


@dataclass(frozen=True, slots=True)
class TableSuivie:
    """A table whose changes are journaled, and where its rows find their dossier.

    `dossier` is SQL on the alias `x` of a row; `departement` the name of a column, if any.
    """

    nom: str
    cle: str
    colonnes: tuple[str, ...]
    dossier: str = "NULL::uuid"
    departement: str = ""
    muettes: frozenset[str] = frozenset()


def install_journal(*, cursor: CursorWrapper) -> None:
    """Put the functions and the triggers of the journal in the database. Idempotent.

    Called after `installation.install`, whose functions say who acts: a table that is new is then
    followed like the others. The schema bears the digest of what was installed: nothing is done,
    nor locked, when it is the same.
    """
    tables = list_tables_suivies()
    modele = _read_sql("declencheurs")
    statements = [
        _read_sql("journal"),
        *(write_triggers(table, modele) for table in tables),
        # What the triggers follow to the dossier, they read with the journal's own right.
        *(f"GRANT SELECT ON {name} TO seuil_journal" for name in list_tables_lues(tables=tables)),
        _read_sql("proprietaire"),
    ]
    digest = hashlib.sha256("\n".join(statements).encode()).hexdigest()
    cursor.execute("CREATE SCHEMA IF NOT EXISTS journal")
    cursor.execute("SELECT obj_description('journal'::regnamespace, 'pg_namespace')")
    if cursor.fetchone()[0] == digest:
        return
    for statement in statements:
        cursor.execute(statement)
    cursor.execute(f"COMMENT ON SCHEMA journal IS '{digest}'")


def _read_sql(name: str) -> str:
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8")


@contextmanager
def triggers_removed(*, cursor: CursorWrapper) -> Iterator[None]:
    """Take the triggers away while migrations change the tables; install_journal puts them back.

    When the migrations fail, those of before are put back: the service that goes on is followed,
    and what the old triggers cannot follow in a changed table is refused.
    """
    cursor.execute(
        "SELECT format('DROP TRIGGER %%I ON %%s', tgname, tgrelid::regclass),"
        " pg_get_triggerdef(oid) FROM pg_trigger WHERE tgname IN ('journal_insert',"
        " 'journal_update', 'journal_delete', 'journal_truncate')",
        [],
    )
    triggers = cursor.fetchall()
    for drop, _ in triggers:
        cursor.execute(drop)
    cursor.execute(
        "DO $$ BEGIN IF to_regnamespace('journal') IS NOT NULL THEN"
        " COMMENT ON SCHEMA journal IS NULL; END IF; END $$"
    )
    try:
        yield
    except BaseException:
        for _, create in triggers:
            # A table may be gone.
            with suppress(DatabaseError), transaction.atomic():
                cursor.execute(create)
        raise


def list_tables_suivies() -> Sequence[TableSuivie]:
    """Return the tables whose changes are journaled: all those whose card does not say why not."""
    apart = list_non_suivies()
    return [_describe(m) for m in list_domain_models(liens=True) if get_table(m) not in apart]


def list_non_suivies() -> Mapping[str, str]:
    """Return the tables of the domain whose changes are not journaled, and why."""
    return {c.table: c.rls.non_suivie for c in list_cartes() if c.rls.non_suivie}


def _describe(model: type[models.Model]) -> TableSuivie:
    meta: Any = get_meta(model)
    columns = tuple(f.column for f in meta.local_concrete_fields)
    # A link between two tables has no card of its own.
    rls = Rls() if meta.auto_created else read_carte(model).rls
    return TableSuivie(
        nom=meta.db_table,
        cle=meta.pk.column,
        colonnes=columns,
        dossier=_path_to_dossier(model),
        departement="departement_id" if "departement_id" in columns else "",
        muettes=rls.muettes,
    )


def _path_to_dossier(model: type[models.Model]) -> str:
    """Return the SQL of the dossier of a row `x`, by the shortest way through its parents."""
    if get_table(model) == _DOSSIER:
        return "x.id"
    ways: deque[tuple[Any, str]] = deque([(model, "x.{}")])
    seen = {model}
    while ways:
        here, sql = ways.popleft()
        for field in get_meta(here).local_concrete_fields:
            target: Any = field.related_model
            if target is None or target in seen or target == "self":
                continue
            meta = get_meta(target)
            if meta.db_table == _DOSSIER:
                return sql.format(field.column)
            seen.add(target)
            where = f"FROM {meta.db_table} p WHERE p.{meta.pk.column} = "
            step = "(SELECT p.{} " + where
            ways.append((target, step + sql.format(field.column) + ")"))
    return "NULL::uuid"


# A statement writes in one département: the context's, else that of one of its rows.
_DEP_COLONNE = "coalesce(nullif(d, ''), min(x.{colonne}::text), '')"
_DEP_DOSSIER = (
    "coalesce(nullif(d, ''), (SELECT o.departement_id FROM dossiers_dossier o"
    " WHERE o.id = (array_remove(array_agg({dossier}), NULL))[1]), '')"
)


def write_triggers(table: TableSuivie, modele: str) -> str:
    """Return the SQL that journals every statement that changes a table, from its model."""
    if table.departement:
        dep = _DEP_COLONNE.format(colonne=table.departement)
    elif table.dossier.startswith("NULL"):
        dep = "d"
    else:
        dep = _DEP_DOSSIER.format(dossier=table.dossier)
    compare = ", ".join(
        f"CASE WHEN a.{c} IS DISTINCT FROM x.{c} THEN '{c}' END"
        for c in table.colonnes
        if c not in table.muettes
    )
    return modele.format(
        nom=table.nom, cle=table.cle, dossier=table.dossier, dep=dep, compare=compare
    )


def list_tables_lues(*, tables: Iterable[TableSuivie]) -> list[str]:
    """Return the tables that the ways to a dossier go through, and that of the dossiers."""
    found = {name for t in tables for name in re.findall(r"FROM (\w+) p", t.dossier)}
    return sorted({_DOSSIER, *found})
