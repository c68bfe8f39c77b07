"""The test database: migrated and filled once, then copied; emptied fast after a test that commits.

Making it takes six seconds, copying it a fraction of one. What it was made from is in its name: a
change of code, of data or of key makes another.
"""

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction
from django.test import TransactionTestCase

from config.database import DATA_DIR, ROOT, django_database, start_embedded

_PREFIX = "modele_essais_"
# What a table held when the database was made: a copy of each that held something.
_KEPT = "essais"


@contextmanager
def open_database() -> Iterator[None]:
    """Copy the model database and use the copy, dropped at the end."""
    with _alone():
        start_embedded()
        _find_server()
        model = _PREFIX + _fingerprint()
        if not _ask("SELECT 1 FROM pg_database WHERE datname = %s", model):
            _make(model)
        name = connection.creation._get_test_db_name()
        _create(name, f'TEMPLATE "{model}"')
    served = connection.settings_dict["NAME"]
    _use(name)
    try:
        yield
    finally:
        _use(served)
        # A live server may outlive it: its threads keep a connection each.
        _run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@contextmanager
def _alone() -> Iterator[None]:
    """Let one worker at a time start the server, make the model, touch the roles."""
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    with (DATA_DIR / "essais.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _find_server() -> None:
    """Tell Django where the socket is: known only once the server runs."""
    for key, value in django_database().items():
        if key in {"HOST", "PORT"}:
            connection.settings_dict[key] = connections.databases["default"][key] = value


def _fingerprint() -> str:
    """Return a digest of all that a database is made from."""
    told = hashlib.sha256(settings.SECRET_KEY.encode())
    for path in sorted(
        [*(ROOT / "seuil").rglob("*"), ROOT / "uv.lock", ROOT / "tests/harness/base.py"]
    ):
        if path.suffix in {".py", ".sql", ".yaml", ".csv", ".json", ".lock"}:
            told.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return told.hexdigest()[:16]


def _make(model: str) -> None:
    """Make the model, under another name until it is whole; drop those of before."""
    for (old,) in _ask("SELECT datname FROM pg_database WHERE datname LIKE %s", f"{_PREFIX}%"):
        # Unless another run is copying it.
        with suppress(DatabaseError):
            _run(f'DROP DATABASE IF EXISTS "{old}"')
    unfinished = f"{model}_inacheve"
    _create(unfinished)
    served = connection.settings_dict["NAME"]
    _use(unfinished)
    _fill()
    _use(served)
    _run(f'ALTER DATABASE "{unfinished}" RENAME TO "{model}"')


def _fill() -> None:
    """Write what every instance holds: tables, policies, geography, journal."""
    from seuil.acteurs.operations.territoires import import_geography
    from seuil.protection.installation import install
    from seuil.protection.journal import install_journal

    call_command("migrate", verbosity=0, interactive=False)
    install()
    import_geography(departements=["33"])
    with connection.cursor() as cursor:
        install_journal(cursor=cursor)
        cursor.execute(f"CREATE SCHEMA {_KEPT}")
        for table in connection.introspection.django_table_names(only_existing=True):
            cursor.execute(f'SELECT EXISTS (SELECT FROM "{table}")')
            if cursor.fetchone()[0]:
                cursor.execute(f'CREATE TABLE {_KEPT}."{table}" AS TABLE "{table}"')


def install_quick_flush(patch: pytest.MonkeyPatch) -> None:
    """Empty the database row by row after a test that commits, which leaves few."""
    patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: restore())


def restore() -> None:
    """Put every table back as the model has it, although the journal refuses to be emptied."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [_KEPT])
        kept = {name for (name,) in cursor.fetchall()}
        tables = set(connection.introspection.django_table_names(only_existing=True))
        cursor.execute(";".join(f'DELETE FROM "{table}"' for table in tables - kept))
        for table in kept:
            cursor.execute(
                f'SELECT EXISTS (TABLE "{table}" EXCEPT TABLE {_KEPT}."{table}")'
                f' OR EXISTS (TABLE {_KEPT}."{table}" EXCEPT TABLE "{table}")'
            )
            if cursor.fetchone() == (True,):
                cursor.execute(f'DELETE FROM "{table}"')
                cursor.execute(f'INSERT INTO "{table}" TABLE {_KEPT}."{table}"')


def _create(name: str, options: str = "") -> None:
    _run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    _run(f'CREATE DATABASE "{name}" {options}')


def _use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = name


def _run(statement: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement)


def _ask(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()
