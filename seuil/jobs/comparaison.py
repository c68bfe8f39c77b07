"""What two databases have in common, row by row and right by right: a copy and its original."""

import re
from typing import Any, cast

import psycopg
from psycopg import sql

# The same text whatever the session: the digests of two databases compare.
SESSION = "-c timezone=UTC -c datestyle=ISO -c extra_float_digits=1 -c row_security=off"
TABLES = (
    "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%'"
    " AND n.nspname <> 'information_schema' ORDER BY 1, 2"
)
_ACL = (
    "coalesce((SELECT string_agg(concat_ws(' ', coalesce(r.rolname, 'PUBLIC'), a.privilege_type,"
    " a.is_grantable), ',' ORDER BY r.rolname, a.privilege_type)"
    " FROM aclexplode({acl}) a LEFT JOIN pg_roles r ON r.oid = a.grantee"
    # Of PostgreSQL 17: an owner has it there and had it not before.
    " WHERE a.privilege_type <> 'MAINTAIN'), '')"
)
# What protects the data, one line a thing: policies, owners, grants, triggers, definer functions.
_PROTECTIONS = (
    "SELECT concat_ws(' | ', 'table', n.nspname, c.relname, o.rolname, c.relrowsecurity,"  # noqa: S608 - constants
    " c.relforcerowsecurity, " + _ACL.format(acl="c.relacl") + ")"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " JOIN pg_roles o ON o.oid = c.relowner WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S')"
    " AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
    " UNION ALL SELECT concat_ws(' | ', 'policy', schemaname, tablename, policyname, permissive,"
    " array_to_string(roles, ','), cmd, qual, with_check) FROM pg_policies"
    " UNION ALL SELECT concat_ws(' | ', 'trigger', pg_get_triggerdef(t.oid), t.tgenabled)"
    " FROM pg_trigger t WHERE NOT t.tgisinternal"
    " UNION ALL SELECT concat_ws(' | ', 'function', n.nspname, p.proname,"
    " pg_get_function_identity_arguments(p.oid), o.rolname, p.prosecdef,"
    " array_to_string(p.proconfig, ','), md5(p.prosrc), " + _ACL.format(acl="p.proacl") + ")"
    " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
    " JOIN pg_roles o ON o.oid = p.proowner"
    # Those of an extension belong to whoever restores it, and come with PostgreSQL.
    " WHERE NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass"
    " AND d.objid = p.oid AND d.deptype = 'e')"
    " AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
    " UNION ALL SELECT concat_ws(' | ', 'schema', n.nspname, o.rolname, "
    + _ACL.format(acl="n.nspacl")
    + ") FROM pg_namespace n JOIN pg_roles o ON o.oid = n.nspowner"
    " WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1"
)
# Whose functions come with PostgreSQL: older copies listed them too.
_EXTENSIONS = (
    "SELECT concat('function | ', n.nspname, ' | ', p.proname, ' | ') FROM pg_proc p"
    " JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_depend d ON d.objid = p.oid"
    " WHERE d.classid = 'pg_proc'::regclass AND d.deptype = 'e'"
)
# PostgreSQL writes a list of texts in two ways, before and after it reads it again.
_REECRIT = re.compile(r"::character varying|::text|\[\]|[()\s]")


def count_tables(*, connection: "psycopg.Connection[Any]") -> dict[str, list[str]]:
    """Return, by table, its number of rows and a digest that their order does not change."""
    found = {}
    for schema, table in connection.execute(TABLES).fetchall():
        row = connection.execute(
            sql.SQL(
                "SELECT count(*)::text,"
                " coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text || '/' ||"
                " coalesce(bit_xor(hashtextextended(t::text, 7)), 0)::text FROM {} t"
            ).format(sql.Identifier(schema, table))
        ).fetchone()
        assert row is not None
        found[f"{schema}.{table}"] = list(row)
    return found


def list_protections(*, connection: "psycopg.Connection[Any]") -> list[str]:
    """Return what protects the data: policies, owners, grants, triggers, functions."""
    rows = connection.execute(cast("Any", _PROTECTIONS)).fetchall()
    return [_REECRIT.sub("", text) if text.startswith("policy") else text for (text,) in rows]


def find_changed(*, connection: "psycopg.Connection[Any]", kept: list[str]) -> list[str]:
    """Return what protects the database and not its copy, or the reverse."""
    rows = connection.execute(_EXTENSIONS).fetchall()
    apart = tuple(prefix for (prefix,) in rows)
    found = set(list_protections(connection=connection))
    return sorted(line for line in found ^ set(kept) if not line.startswith(apart))
