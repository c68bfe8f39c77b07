"""A table that is new gets its grants, whatever its policies."""

import pytest

from seuil.protection import rls

pytestmark = pytest.mark.django_db


def test_a_new_table_without_policy_is_seen_by_the_installation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert rls.install() is False
    before = [t for t in rls.list_tables() if t.table != "acteurs_decoupage"]
    monkeypatch.setattr(rls, "list_tables", lambda: before)

    assert rls.install() is True
