"""The address of health: who watches learns what fails, and nothing of anybody."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from config.database import ROOT
from seuil.acteurs.models import Agent
from seuil.acteurs.operations.machine import Machine
from seuil.audit.operations import record_event, seal_journal
from seuil.connexions.models import GenreCourriel
from seuil.connexions.operations.courriels import add_courriels
from seuil.kernel.clock import now
from seuil.web.sante import views
from tests.audit.chaine import seal_when_possible
from tests.conftest import ON
from tests.harness.client import StrictClient


@pytest.fixture(autouse=True)
def _fresh() -> None:
    forget()


def forget() -> None:
    """Have the next question asked again, and not answered by what is kept."""
    views._garde["at"] = -views._GARDE_SECONDES


def beat(seconds: int) -> None:
    """Say that the worker last lived so long ago."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - make_interval(secs => %s))",
            [seconds],
        )


def write_line(minutes: int) -> None:
    """Write a line of the journal that has waited so long for its seal."""
    record_event(kind="essai", by=Machine("essai", "33"), on=ON, target_type="essai", target_id="1")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE audit_event SET created_at = now() - make_interval(mins => %s)", [minutes]
        )
        cursor.execute("ALTER TABLE audit_event ENABLE TRIGGER USER")


@pytest.mark.django_db
def test_all_is_well(client: StrictClient) -> None:
    beat(5)

    answer = client.get(reverse("sante"))

    assert answer.status_code == 200, answer.json()
    assert answer.json()["taches"] == {"bon": True, "secondes": 5}


@pytest.mark.django_db
def test_a_worker_that_says_nothing_is_told(client: StrictClient) -> None:
    assert client.get(reverse("sante")).status_code == 503

    forget()
    beat(600)
    told = client.get(reverse("sante"))
    assert (told.status_code, told.json()["taches"]["bon"]) == (503, False)
    assert told.json()["base"] == {"bon": True}


@pytest.mark.django_db
def test_a_line_that_waits_for_its_seal_is_told(client: StrictClient) -> None:
    beat(0)
    write_line(minutes=45)

    told = client.get(reverse("sante"))

    assert told.status_code == 503
    assert told.json()["sceau"] == {"bon": False, "secondes": 45 * 60}


@pytest.mark.django_db(transaction=True)
def test_a_sealed_line_waits_for_nothing(client: StrictClient) -> None:
    beat(0)
    write_line(minutes=45)
    assert seal_when_possible(seal_journal) == 1

    assert client.get(reverse("sante")).json()["sceau"] == {"bon": True, "secondes": 0}


def test_a_database_that_is_down_is_told_in_french_by_every_page() -> None:
    """Nobody listens at this address: the server answers all the same."""
    code = (
        "import django; django.setup()\n"
        "from seuil.jobs.servir import gather_static; gather_static()\n"
        "from django.test import Client\n"
        "c = Client(raise_request_exception=False)\n"
        "health = c.get('/sante/'); print(health.status_code, health.json()['base'])\n"
        "page = c.post('/connexion/', {'username': 'a@b.fr', 'password': 'x'})\n"
        "print(page.status_code, 'La base de données ne répond pas' in page.content.decode(),"
        " page.headers['Retry-After'])"
    )
    nobody = "postgresql://u:p@127.0.0.1:9/d"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "DATABASE_URL": nobody, "DJANGO_SETTINGS_MODULE": "config.settings"},
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert done.stdout.splitlines() == ["503 {'bon': False}", "503 True 10"]


@pytest.mark.parametrize(("minutes", "bon"), [(5, True), (45, False)])
def test_a_mail_that_does_not_leave_is_said(
    client: StrictClient, dpo: Agent, minutes: int, bon: bool
) -> None:
    beat(1)
    add_courriels(
        genre=GenreCourriel.ACCES, destinataires=[dpo], sujet="Essai", texte="Essai", cle="essai",
        at=now() - timedelta(minutes=minutes),
    )  # fmt: skip

    answer = client.get(reverse("sante"))

    assert answer.json()["courriels"]["bon"] is bon
    assert answer.json()["courriels"]["secondes"] // 60 == minutes
    assert dpo.courriel not in answer.content.decode()
