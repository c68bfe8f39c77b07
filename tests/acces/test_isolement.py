"""T06, short: what one thread says is never heard by another on the same connection."""

import os

import pytest

from tests.acces import isolement

DEMANDES = int(os.environ.get("SEUIL_ISOLEMENT", "1984"))


@pytest.mark.django_db(transaction=True)
def test_no_request_sees_the_rows_of_another() -> None:
    agents = {code: str(a.pk) for code, a in isolement.write().items()}
    try:
        total = isolement.run(agents=agents, demandes=DEMANDES, graine=7)
    finally:
        isolement.erase()

    assert total.demandes >= DEMANDES - isolement.FILS
    assert (total.etrangeres, total.manquantes, total.restes) == (0, 0, 0)
    assert set(total.fins) == {"fin", "erreur", "point", "sql", "delai"}
