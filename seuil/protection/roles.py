"""Who signs in to the database, and what each may do of its tables and functions."""

from collections.abc import Iterable, Iterator

from django.db import connection

from seuil.kernel.cartes import list_cartes
from seuil.kernel.contexte import ROLE, TRAVAUX
from seuil.protection.cartes import list_tables

# Reads everything to copy it, writes nothing.
SAUVEGARDE = "seuil_sauvegarde"
# Owns the functions that answer who asks; nobody signs in as it.
DROITS = "seuil_droits"
# Owns what writes and reads the journal, whatever the policies; nobody signs in as it.
JOURNAL = "seuil_journal"

ROLES = (
    *(
        f"DO $$ BEGIN CREATE ROLE {name} {options}; "
        "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        for name, options in (
            (ROLE, "LOGIN"),
            (TRAVAUX, "LOGIN"),
            (SAUVEGARDE, "LOGIN BYPASSRLS"),
            (DROITS, "NOLOGIN BYPASSRLS"),
            (JOURNAL, "NOLOGIN BYPASSRLS"),
        )
    ),
    f"GRANT {ROLE} TO {TRAVAUX}",
)


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
