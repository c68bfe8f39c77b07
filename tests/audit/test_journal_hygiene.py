"""No value that names a household reaches a log, and nobody breaks a line of it."""

import logging
from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from seuil.audit.models import Event
from seuil.kernel.logs import DiscreetFormatter
from tests.architecture.test_routes import ROUTES
from tests.audit.monde import list_addresses, make_monde, read_text
from tests.harness.client import StrictClient

ATTAQUE = "CANARIATTAQUE\r\nERROR seuil faux"


@pytest.mark.parametrize("role", ["secretariat", "travailleur_social"])
def test_no_canary_is_in_the_logs_after_every_page(
    gironde: str, role: str, on: date, client_de: Callable[..., StrictClient],
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monde = make_monde(on)
    client = client_de(monde.agents[role])
    caplog.set_level(logging.DEBUG)
    discreet = DiscreetFormatter("%(levelname)s %(name)s %(message)s")
    monkeypatch.setattr(caplog.handler, "formatter", discreet)
    # What a developer may turn on is not what an instance writes.
    logging.getLogger("django.db.backends").setLevel(logging.INFO)

    for route, pattern in ROUTES:
        for address in list_addresses(pattern, route, monde):
            if pattern.name != "deconnexion":
                read_text(client.get(address, {"q": ATTAQUE, "texte": "CANARINOM0"}))
    client.post(
        reverse("connexion"), {"username": f"a{ATTAQUE}@x.invalid", "password": "CANARIMDP"}
    )
    client.get(reverse("dossier", args=[ATTAQUE]))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 'CANARINOM0'::int")

    written = caplog.text
    assert "CANARI" not in written
    assert monde.valeurs["jeton"] not in written
    assert "\nERROR seuil faux" not in written
    journal = "".join(map(str, Event.objects.exclude(nature="acte").values_list()))
    assert "CANARI" not in journal
    assert "060700000" not in journal


def test_a_failure_of_the_database_is_logged_without_its_values(gironde: str) -> None:
    formatter = DiscreetFormatter("%(message)s")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT %s::int", ["CANARINOM0"])
    except DatabaseError:
        import sys

        record = logging.LogRecord("seuil", 40, "x", 1, "panne", (), sys.exc_info())

    text = formatter.format(record)

    assert "CANARI" not in text
    assert "DataError" in text


def test_a_line_feed_in_a_message_does_not_make_a_line() -> None:
    record = logging.LogRecord("seuil", 30, "x", 1, "vu %s", (ATTAQUE,), None)

    assert "\n" not in DiscreetFormatter("%(message)s").format(record)
