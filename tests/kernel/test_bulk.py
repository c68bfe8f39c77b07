"""A projection is replaced whole, by difference."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from seuil.acteurs.models import Organisation
from seuil.dossiers.models import Dossier
from seuil.kernel.bulk import copy_rows, replace_projection
from seuil.kernel.models import new_id
from seuil.travail.models import Tache
from tests.factories.base import make_dossier

COLUMNS = [
    "id", "dossier_id", "departement", "genre", "source_id", "role", "organisation_id",
    "agent_id", "visible_le", "due_le", "caduque_le", "legale", "regle",
]  # fmt: skip


def row(dossier: Dossier, genre: str, due_le: date, **other: Any) -> list[Any]:
    values: dict[str, Any] = {
        "id": new_id(),
        "dossier_id": dossier.pk,
        "departement": "33",
        "genre": genre,
        "source_id": dossier.pk,
        "role": "secretariat",
        "organisation_id": None,
        "agent_id": None,
        "visible_le": date(2026, 11, 1),
        "due_le": due_le,
        "caduque_le": None,
        "legale": False,
        "regle": "",
        **other,
    }
    return [values[c] for c in COLUMNS]


def replace(dossiers: list[Dossier], rows: list[list[Any]]) -> None:
    replace_projection(
        Tache,
        scope="dossier_id",
        scope_ids=[d.pk for d in dossiers],
        key=["dossier_id", "genre", "source_id"],
        columns=COLUMNS,
        rows=rows,
    )


def written() -> dict[tuple[Any, str], tuple[Any, date]]:
    return {(t.dossier_id, t.genre): (t.id, t.due_le) for t in Tache.objects.order_by("id")}


@pytest.fixture
def dossier(gironde: str) -> Dossier:
    return make_dossier()


def test_rows_absent_before_are_written(dossier: Dossier) -> None:
    replace([dossier], [row(dossier, "a", date(2026, 12, 1)), row(dossier, "b", date(2026, 12, 2))])

    assert [due for _, due in written().values()] == [date(2026, 12, 1), date(2026, 12, 2)]


def test_replacing_by_the_same_rows_keeps_their_identifiers(dossier: Dossier) -> None:
    replace([dossier], [row(dossier, "a", date(2026, 12, 1))])
    before = written()

    replace([dossier], [row(dossier, "a", date(2026, 12, 1))])

    assert written() == before


def test_a_row_that_changed_keeps_its_identifier_and_takes_its_content(dossier: Dossier) -> None:
    replace([dossier], [row(dossier, "a", date(2026, 12, 1))])
    ((identifier, _),) = written().values()

    replace([dossier], [row(dossier, "a", date(2027, 1, 15), caduque_le=date(2027, 2, 1))])

    assert list(written().values()) == [(identifier, date(2027, 1, 15))]
    assert Tache.objects.get().caduque_le == date(2027, 2, 1)


def test_a_row_that_is_no_longer_entailed_disappears(dossier: Dossier) -> None:
    replace([dossier], [row(dossier, "a", date(2026, 12, 1)), row(dossier, "b", date(2026, 12, 2))])

    replace([dossier], [row(dossier, "b", date(2026, 12, 2))])

    assert [genre for _, genre in written()] == ["b"]


def test_rows_of_other_dossiers_are_left_alone(dossier: Dossier) -> None:
    other = make_dossier()
    replace([other], [row(other, "a", date(2026, 12, 1))])

    replace([dossier], [])

    assert list(written()) == [(other.pk, "a")]


def test_two_replacements_fit_in_one_transaction(dossier: Dossier) -> None:
    other = make_dossier()

    replace([dossier], [row(dossier, "a", date(2026, 12, 1))])
    replace([other], [row(other, "b", date(2026, 12, 2))])

    assert sorted(genre for _, genre in written()) == ["a", "b"]


def test_the_number_of_statements_does_not_depend_on_the_number_of_rows(dossier: Dossier) -> None:
    counts = []
    for size in (1, 40):
        rows = [row(dossier, f"genre {n}", date(2026, 12, 1)) for n in range(size)]
        with CaptureQueriesContext(connection) as queries:
            replace([dossier], rows)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_copying_writes_accents_and_empty_values_as_they_are(gironde: str) -> None:
    copy_rows(
        Organisation,
        ["id", "departement_id", "type", "nom", "telephone", "courriel", "adresse"],
        [[new_id(), "33", "ccas", "CCAS d’Ambarès\tet\nLagrave \\N", "", "", "Œuvre é ç"]],
    )

    organisation = Organisation.objects.get(type="ccas")
    assert organisation.nom == "CCAS d’Ambarès\tet\nLagrave \\N"
    assert organisation.adresse == "Œuvre é ç"
    assert organisation.telephone == ""
