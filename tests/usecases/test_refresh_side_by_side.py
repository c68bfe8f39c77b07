"""A whole département is recomputed by two processes, and each row is written once."""

from datetime import date

import pytest
from django.db import connection

from seuil.acteurs.operations.territoires import import_geography
from seuil.echeances.models import Echeance, Situation
from seuil.usecases import refresh_dossiers
from tests.conftest import ON
from tests.factories.base import make_acte, make_dossier


@pytest.mark.django_db(transaction=True)
def test_two_processes_write_what_one_would(monkeypatch: pytest.MonkeyPatch) -> None:
    import_geography(departements=["33"])
    dossiers = [make_dossier() for _ in range(7)]
    for rank, dossier in enumerate(dossiers):
        make_acte(dossier=dossier, type="commandement", survenu_le=date(2026, 1, 5 + rank))
    # The processes are copies of this one: they see the same size.
    monkeypatch.setattr(refresh_dossiers, "_BATCH", 2)

    done = list(refresh_dossiers.refresh_all(departement="33", on=ON))

    assert done == [2, 4, 6, 7]
    assert Situation.objects.count() == 7
    assert set(Echeance.objects.order_by("pk").values_list("regle", flat=True)) == {"A1"}
    rows = list(Echeance.objects.order_by("pk").values_list("pk", "le"))
    assert list(refresh_dossiers.refresh_all(departement="33", on=ON)) == done
    assert list(Echeance.objects.order_by("pk").values_list("pk", "le")) == rows


@pytest.mark.django_db(transaction=True)
def test_the_processes_leave_the_connection_of_the_page_that_called_them_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import_geography(departements=["33"])
    for _ in range(4):
        make_dossier()
    monkeypatch.setattr(refresh_dossiers, "_BATCH", 2)
    session = _read_session()

    list(refresh_dossiers.refresh_all(departement="33", on=ON))

    assert _read_session() == session


def _read_session() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_failure_in_a_process_is_not_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    import_geography(departements=["33"])
    for _ in range(4):
        make_dossier()
    monkeypatch.setattr(refresh_dossiers, "_BATCH", 2)

    def fail(*args: object, **kwargs: object) -> None:
        raise ArithmeticError

    monkeypatch.setattr(refresh_dossiers, "refresh_echeances", fail)

    with pytest.raises(ArithmeticError):
        list(refresh_dossiers.refresh_all(departement="33", on=ON))
