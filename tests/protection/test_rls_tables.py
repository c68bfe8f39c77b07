"""A table that is new gets its grants, whatever its policies."""

import pytest

from seuil.protection import installation

pytestmark = pytest.mark.django_db


def test_a_new_table_without_policy_is_seen_by_the_installation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert installation.install() is False
    before = [t for t in installation.list_tables() if t.table != "acteurs_decoupage"]
    monkeypatch.setattr(installation, "list_tables", lambda: before)

    assert installation.install() is True
