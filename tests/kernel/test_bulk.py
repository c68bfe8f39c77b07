"""A projection becomes exactly its rows, whatever their number and the way they are sent."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from seuil.echeances.models import Echeance
from seuil.kernel import bulk
from tests.factories.base import make_dossier

pytestmark = pytest.mark.django_db

CONTENT = (
    "source_type", "debut_le", "le", "autres", "certitude", "parametre", "arguments", "a_obtenir",
    "departement",
)  # fmt: skip


def rows(dossier: UUID, days: dict[str, date | None]) -> list[tuple[object, ...]]:
    return [
        (
            (dossier, regle, dossier),
            (
                "acte", le, le, bulk.as_array([le] if le else []), "sure", "X@2024",
                '{"departement": "33"}', "" if le else "la date", "33",
            ),
        )
        for regle, le in days.items()
    ]  # fmt: skip


@pytest.fixture(params=["few", "many"])
def replace(request, monkeypatch):
    """Replace through each of the two ways of sending rows."""
    monkeypatch.setattr(bulk, "_FEW", 20 if request.param == "few" else 0)

    def run(dossier: UUID, days: dict[str, date | None]) -> None:
        bulk.replace_projection(
            Echeance,
            scope="dossier_id",
            scope_ids=[dossier],
            key=("dossier_id", "regle", "source_id"),
            content=CONTENT,
            rows=rows(dossier, days),
        )

    return run


def kept() -> dict[str, tuple[UUID, date | None]]:
    return {e.regle: (e.pk, e.le) for e in Echeance.objects.order_by("regle")}


def test_rows_are_added_changed_and_removed_and_keep_their_identity(replace, gironde) -> None:
    dossier = make_dossier().pk
    day = date(2026, 5, 7)
    replace(dossier, {"A1": day, "C2": day, "F1": None})
    before = kept()

    replace(dossier, {"A1": day, "C2": day + timedelta(days=1), "G3": day})

    after = kept()
    assert set(after) == {"A1", "C2", "G3"}
    assert after["A1"] == before["A1"]
    assert after["C2"] == (before["C2"][0], day + timedelta(days=1))


def test_unchanged_rows_are_not_written_again(replace, gironde, django_assert_num_queries) -> None:
    dossier = make_dossier().pk
    replace(dossier, {"A1": date(2026, 5, 7), "F1": None})
    versions = list(Echeance.objects.order_by("pk").extra(select={"v": "xmin"}).values_list("v"))

    replace(dossier, {"A1": date(2026, 5, 7), "F1": None})

    assert versions == list(
        Echeance.objects.order_by("pk").extra(select={"v": "xmin"}).values_list("v")
    )


def test_no_row_empties_the_scope_and_nothing_else(replace, gironde) -> None:
    one, other = make_dossier().pk, make_dossier().pk
    replace(one, {"A1": date(2026, 5, 7)})
    replace(other, {"A1": date(2026, 5, 7)})

    replace(one, {})

    assert list(Echeance.objects.values_list("dossier", flat=True)) == [other]
