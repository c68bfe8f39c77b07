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
    """Copy a database that holds what every instance does; drop it at the end."""
    from django.test.utils import setup_test_environment

    from tests.harness.base import open_database

    setup_test_environment()
    with open_database():
        yield


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
