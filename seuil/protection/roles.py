"""Who signs in to the database, and what each may do of its tables and functions."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import connection
from psycopg import sql

from seuil.kernel.cartes import list_cartes
from seuil.kernel.contexte import ROLE, TRAVAUX
from seuil.kernel.refusal import Refusal
from seuil.protection.cartes import list_tables

# Reads everything to copy it, writes nothing.
SAUVEGARDE = "seuil_sauvegarde"
# Owns the functions that answer who asks; nobody signs in as it.
DROITS = "seuil_droits"
# Owns what writes and reads the journal, whatever the policies; nobody signs in as it.
JOURNAL = "seuil_journal"

# May it sign in, does it read despite the policies. An administrator of the server may make them
# beforehand (docs/exploitation/roles.sql): then `migrer` needs no superuser.
COMPTES: Mapping[str, tuple[bool, bool]] = {
    ROLE: (True, False),
    TRAVAUX: (True, False),
    SAUVEGARDE: (True, True),
    DROITS: (False, True),
    JOURNAL: (False, True),
}
# The server's own log otherwise copies a statement that failed, and what was typed in it. These
# belong to a superuser: set on each role, whatever the server's configuration.
JOURNAL_DU_SERVEUR = {
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_statement": "none",
    "log_min_duration_statement": "-1",
    "log_min_duration_sample": "-1",
}
_QUI = (
    "SELECT current_user, r.rolsuper, r.rolbypassrls, pg_encoding_to_char(d.encoding),"
    " pg_has_role(current_user, d.datdba, 'MEMBER')"
    " FROM pg_roles r, pg_database d"
    " WHERE r.rolname = current_user AND d.datname = current_database()"
)


class BaseMalPreparee(Refusal):
    """The database or its roles are not what the product needs; nothing was written."""


def prepare_roles(*, cursor: Any) -> None:
    """Make the roles what they must be, or say what a superuser must run first.

    Before anything is written. Raises BaseMalPreparee.
    """
    cursor.execute(_QUI)
    user, is_super, bypasses, encoding, owns = cursor.fetchone()
    if encoding != "UTF8":
        raise BaseMalPreparee(
            f"La base est en {encoding} : les noms s’y perdraient. Créez-la en UTF8"
            " (CREATE DATABASE … TEMPLATE template0 ENCODING 'UTF8'). Rien n’a été écrit."
        )
    missing = list_missing(cursor=cursor)
    if is_super:
        missing += list_unset(cursor=cursor)
    else:
        missing += _list_installer_lacks(cursor, user, bypasses=bypasses, owns=owns)
    if not is_super and missing:
        raise BaseMalPreparee(
            f"Le compte « {user} » ne suffit pas :"
            " un superutilisateur de PostgreSQL doit d’abord lancer docs/exploitation/roles.sql, ou"
            " ceci :\n" + "".join(f"  {line};\n" for line in missing) + "Rien n’a été écrit."
        )
    for statement in missing:
        cursor.execute(statement)


def list_missing(*, cursor: Any) -> list[str]:
    """Return what makes of the roles what they must be."""
    cursor.execute(
        "SELECT rolname, rolcanlogin, rolbypassrls, rolsuper FROM pg_roles WHERE rolname = ANY(%s)",
        [list(COMPTES)],
    )
    known = {name: (login, bypass, is_super) for name, login, bypass, is_super in cursor.fetchall()}
    found = []
    for name, (login, bypass) in COMPTES.items():
        options = f"{'LOGIN' if login else 'NOLOGIN'} {'BYPASSRLS' if bypass else 'NOBYPASSRLS'}"
        if name not in known:
            found.append(f"CREATE ROLE {name} {options}")
        elif known[name] != (login, bypass, False):
            found.append(f"ALTER ROLE {name} NOSUPERUSER {options}")
    if not {ROLE, TRAVAUX} <= set(known) or not _is_member(cursor, TRAVAUX, ROLE):
        found.append(f"GRANT {ROLE} TO {TRAVAUX}")
    return found


def list_unset(*, cursor: Any) -> list[str]:
    """Return what keeps the names that people type out of the server's own log, and is not set."""
    cursor.execute(
        "SELECT rolname, rolconfig FROM pg_roles WHERE rolname = ANY(%s)", [list(COMPTES)]
    )
    known = {name: set(settings or ()) for name, settings in cursor.fetchall()}
    return [
        f"ALTER ROLE {name} SET {setting} = '{value}'"
        for name, (login, _) in COMPTES.items()
        for setting, value in JOURNAL_DU_SERVEUR.items()
        if login and f"{setting}={value}" not in known.get(name, set())
    ]


def _list_installer_lacks(cursor: Any, user: str, *, bypasses: bool, owns: bool) -> list[str]:
    """Return what an account that is no superuser lacks to own the tables."""
    name = sql.Identifier(user).as_string()
    found = [] if bypasses else [f"ALTER ROLE {name} BYPASSRLS"]
    lacking = [group for group in (DROITS, JOURNAL) if not _is_member(cursor, user, group)]
    found += [f"GRANT {group} TO {name}" for group in lacking]
    if not owns:
        cursor.execute("SELECT current_database()")
        base = sql.Identifier(cursor.fetchone()[0]).as_string()
        found.append(f"ALTER DATABASE {base} OWNER TO {name}")
    return found


def _is_member(cursor: Any, member: str, group: str) -> bool:
    cursor.execute(
        "SELECT coalesce((SELECT pg_has_role(m.oid, g.oid, 'MEMBER') FROM pg_roles m, pg_roles g"
        " WHERE m.rolname = %s AND g.rolname = %s), false)",
        [member, group],
    )
    return bool(cursor.fetchone()[0])


def list_grants(*, lues: Iterable[str]) -> Iterator[str]:
    """Yield what each role may do: rows, never tables. `lues`: those that the functions ask."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1"
        )
        tables = [name for (name,) in cursor.fetchall()]
    yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    yield f"GRANT USAGE ON SCHEMA public, droits TO {ROLE}, {SAUVEGARDE}, {DROITS}"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {ROLE}"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA public, droits TO {SAUVEGARDE}"
    yield f"GRANT SELECT ON ALL SEQUENCES IN SCHEMA public TO {SAUVEGARDE}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA droits FROM PUBLIC, {ROLE}"
    yield "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA droits FROM PUBLIC"
    yield f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA droits TO {ROLE}"
    yield f"GRANT SELECT ON ALL TABLES IN SCHEMA droits TO {DROITS}"
    # Two digests: the server that starts asks whether the database is of its version.
    yield f"GRANT SELECT ON droits.version TO {ROLE}"
    yield f"GRANT INSERT, UPDATE ON droits.seance, droits.ouverture TO {DROITS}"
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {DROITS}"
    yield f"GRANT SELECT ON {', '.join(sorted(lues))} TO {DROITS}"
    # A session is found by its key, and by nothing else (comptes.sql).
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON django_session TO {DROITS}"
    yield f"GRANT SELECT ON connexions_connexion TO {DROITS}"
    # The journal asks who acts.
    yield f"GRANT USAGE ON SCHEMA droits TO {JOURNAL}"
    yield f"GRANT EXECUTE ON FUNCTION droits.auteur(), droits.departement() TO {JOURNAL}"
    yield f"GRANT EXECUTE ON FUNCTION droits.moi() TO {JOURNAL}"
    # Written by migrations and installations only; the journal's lines, by its own functions, which
    # say who acts (journal.inscrire).
    read_only = {t.table for t in list_tables() if t.portee in {"reference", "journal"}}
    read_only.add("django_migrations")
    for name in tables:
        if name == "django_session":
            yield f"REVOKE ALL ON django_session FROM {ROLE}"
            continue
        rights = "SELECT" if name in read_only else "SELECT, INSERT, UPDATE, DELETE"
        yield f'REVOKE ALL ON "{name}" FROM {ROLE}'
        yield f'GRANT {rights} ON "{name}" TO {ROLE}'
    yield from list_secrets()


def list_secrets() -> Iterator[str]:
    """Yield what leaves the application every column of a table but its secrets, column by column.

    From the models: a column that is new changes the text, and is granted at the next start.
    """
    for carte in list_cartes():
        if not carte.rls.secretes:
            continue
        fields = carte.meta.concrete_fields
        seen = ", ".join(f'"{f.column}"' for f in fields if f.name not in carte.rls.secretes)
        hidden = ", ".join(f'"{f.column}"' for f in fields if f.name in carte.rls.secretes)
        yield f'REVOKE SELECT ON "{carte.table}" FROM {ROLE}'
        yield f'GRANT SELECT ({seen}) ON "{carte.table}" TO {ROLE}'
        if carte.rls.travaux_lisent:
            yield f'GRANT SELECT ({hidden}) ON "{carte.table}" TO {TRAVAUX}'


def list_owned() -> Iterator[str]:
    """Yield the change of owner of the functions: they answer with their own rights."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n"
            " ON n.oid = p.pronamespace WHERE n.nspname = 'droits' AND p.prosecdef ORDER BY 1"
        )
        functions = [name for (name,) in cursor.fetchall()]
    yield f"GRANT CREATE ON SCHEMA droits TO {DROITS}"
    for name in functions:
        yield f"ALTER FUNCTION {name} OWNER TO {DROITS}"
    yield f"REVOKE CREATE ON SCHEMA droits FROM {DROITS}"
