"""Requests answered from end to end as in production: as the application's role, middleware too."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from seuil.kernel.contexte import ROLE


@contextmanager
def as_application() -> Iterator[None]:
    """Run the block as the role that owns nothing; the tests' own connection owns the tables."""
    before = connection.settings_dict["USER"]
    connection.settings_dict["USER"] = ROLE
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {ROLE}")
    try:
        yield
    finally:
        connection.settings_dict["USER"] = before
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


def install_application_role(patch: pytest.MonkeyPatch) -> None:
    """Send every request of a test's browser as the application's role."""
    plain = Client.request

    def request(self: Client, **asked: Any) -> Any:
        with as_application():
            return plain(self, **asked)

    patch.setattr(Client, "request", request)
