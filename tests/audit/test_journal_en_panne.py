"""A journal that is locked or broken: nothing is shown, nothing is recorded, then all resumes."""

import time
from collections.abc import Callable
from contextlib import closing
from datetime import date

import psycopg
import pytest
from django.db import connection
from django.urls import reverse

from seuil.jobs.journal import connection_string
from tests.audit.monde import FAIL, REPAIR, ROLES, Monde, make_monde, open_pages, read_text
from tests.harness.client import StrictClient
from tests.harness.tailles import get_taille, is_complete

ClientDe = Callable[[object], StrictClient]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("role", ROLES if is_complete() else ["secretariat"])
def test_a_locked_journal_answers_503_within_five_seconds_then_resumes(
    on: date, client_de: ClientDe, role: str
) -> None:
    monde = make_monde(on)
    client = client_de(monde.agents[role])
    addresses = list_shown(monde, client) if is_complete() else list_few(monde)
    assert addresses or role not in {"secretariat", "chef_equipe"}

    with closing(psycopg.connect(connection_string())) as other:
        other.execute("LOCK TABLE audit_event IN ACCESS EXCLUSIVE MODE")
        for address in addresses[: get_taille("T12")]:
            start = time.monotonic()
            response = client.get(address)
            waited = time.monotonic() - start
            assert response.status_code == 503, address

            assert waited < 5, (address, waited)
            assert monde.seen_in(read_text(response)) == {}

    again = [client.get(a) for a in addresses]
    for response in again:
        response.close()
    assert {response.status_code for response in again} <= {200}


def list_shown(monde: Monde, client: StrictClient) -> list[str]:
    """Return the addresses where a role reads of a household."""
    pages = open_pages(monde, client)
    return [a for a, r in pages if monde.seen_in(r.texte) and "export" not in a]


def list_few(monde: Monde) -> list[str]:
    """Return the address of a file, of the list, of a calendar: the sample of `make test`."""
    return [
        reverse("dossier", args=[monde.valeurs["numero"]]),
        reverse("dossiers"),
        # It reads the journal before it writes its own line.
        reverse("consultations", args=[monde.valeurs["numero"]]),
        reverse("agenda_ics", args=[monde.valeurs["jeton"]]),
    ]


@pytest.mark.django_db(transaction=True)
def test_what_was_sent_is_not_recorded_when_the_journal_fails(
    on: date, client_de: ClientDe
) -> None:
    monde = make_monde(on)
    client = client_de(monde.agents["secretariat"])
    dossier = monde.canaris[0].dossier
    before = dossier.dettes.count()
    data = {"constatee_le": on.isoformat(), "montant": "1234", "source": "Essai"}
    address = reverse("dette_ajouter", args=[dossier.numero])

    with connection.cursor() as cursor:
        cursor.execute(FAIL.replace("pg_temp.fail", "public.essai_panne") % "53100")
    try:
        refused = client.post(address, data)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(REPAIR.replace("pg_temp.fail", "public.essai_panne"))
    after = dossier.dettes.count()
    accepted = client.post(address, data)

    assert (refused.status_code, after) == (503, before)
    assert (accepted.status_code, dossier.dettes.count()) == (302, before + 1)
