"""The lattice in a database of its own, for the long proofs: no pytest, nothing kept."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def prepare(name: str) -> None:
    """Set Django up on a database of that name; before any import of a model."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["SEUIL_TEST_DB"] = name
    os.environ["SEUIL_TODAY"] = "2026-11-21"
    from config.database import start_embedded

    start_embedded()
    import django

    django.setup()
    from django.conf import settings

    settings.SEUIL_DOCUMENTS = Path(tempfile.mkdtemp(prefix="seuil-preuves-"))
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@contextmanager
def database() -> Iterator[None]:
    """Make the database, fill it as every instance is, drop it at the end."""
    from django.test.utils import setup_databases, setup_test_environment, teardown_databases

    setup_test_environment()
    kept = setup_databases(verbosity=0, interactive=False)
    try:
        from seuil.acteurs.operations.territoires import import_geography
        from seuil.protection.installation import install

        install()
        import_geography(departements=["33"])
        from django.db import connection

        from seuil.protection.journal import install_journal

        # Without the journal, the pages show nothing: they answer 503.
        install_journal(cursor=connection.cursor())
        yield
    finally:
        teardown_databases(kept, verbosity=0)


@contextmanager
def lattice(*, complet: bool) -> Iterator[tuple[Any, Any]]:
    """Give the lattice and the oracle, in a transaction that never commits."""
    with database():
        from django.db import transaction

        from tests.acces.http import write_documents
        from tests.acces.oracle import Oracle
        from tests.acces.treillis import build

        with transaction.atomic():
            built = build(complet=complet)
            write_documents(built)
            yield built, Oracle()
            transaction.set_rollback(True)


def commit() -> str:
    """Return the commit that is proved."""
    told = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return told.stdout.strip() or "inconnu"
