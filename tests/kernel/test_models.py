"""Identifiers are opaque and follow time; the database dates the rows."""

from seuil.kernel.models import new_id
from tests.factories.base import make_organisation


def test_identifiers_are_uuid_version_7_and_grow_with_time() -> None:
    ids = [new_id() for _ in range(50)]

    assert {i.version for i in ids} == {7}
    assert len(set(ids)) == 50
    assert [i.int >> 80 for i in ids] == sorted(i.int >> 80 for i in ids)


def test_the_database_dates_each_row(gironde: str) -> None:
    organisation = make_organisation()

    organisation.refresh_from_db()

    assert organisation.created_at.tzinfo is not None
