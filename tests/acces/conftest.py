"""The lattice of canary dossiers, written once for all the tests of a module."""

from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.acces.oracle import Oracle
from tests.acces.treillis import Treillis, build


@pytest.fixture(scope="session")
def oracle() -> Oracle:
    return Oracle()


@pytest.fixture(scope="module")
def _treillis(django_db_setup: None, django_db_blocker: object) -> Iterator[Treillis]:
    """Write the lattice in a transaction that never commits."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def treillis(_treillis: Treillis, db: None) -> Treillis:
    """The lattice, as it was: what a test writes is undone after it (`db`)."""
    return _treillis
