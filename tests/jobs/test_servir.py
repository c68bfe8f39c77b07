"""Starting and stopping: ports, arguments, the tasks' queues."""

import argparse
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import date

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from seuil.echeances.models import Echeance
from seuil.jobs import servir, tasks
from seuil.jobs.demo import commande
from tests.factories.base import make_acte, make_dossier


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind((servir.HOST, 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_a_port_already_used_is_refused_with_another_one_to_try(busy_port: int) -> None:
    with pytest.raises(servir.DemarrageImpossible) as refusal:
        servir.check_port(busy_port)

    assert f"Le port {busy_port} est déjà utilisé" in str(refusal.value)
    assert "make demo PORT=" in str(refusal.value)


@pytest.mark.parametrize("port", [0, -1, 65_536])
def test_a_port_that_cannot_exist_is_refused(port: int) -> None:
    with pytest.raises(servir.DemarrageImpossible, match="entre 1 et 65535"):
        servir.check_port(port)


def test_a_free_port_is_accepted(busy_port: int) -> None:
    with socket.socket() as probe:
        probe.bind((servir.HOST, 0))
        free = probe.getsockname()[1]

    servir.check_port(free)


def _parse(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    servir.add_arguments(commands)
    commande.add_arguments(commands)
    return parser.parse_args(arguments)


def test_the_commands_declare_their_arguments() -> None:
    demo = _parse("demo", "--taille", "gironde", "--jusqu-au", "2026-03-31", "--port", "8123")

    assert demo.run is commande.run
    assert (demo.taille, demo.jusqu_au.isoformat(), demo.port) == ("gironde", "2026-03-31", 8123)
    assert (demo.neuf, demo.servir, demo.needs_database) == (False, False, True)
    assert _parse("servir").port == servir.PORT


def test_a_date_that_does_not_exist_is_refused_in_french(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        _parse("demo", "--jusqu-au", "2026-02-31")

    assert "date illisible" in capsys.readouterr().err


def test_every_queue_is_consumed() -> None:
    ours = {task.queue for task in app.tasks.values() if task.func.__module__ == tasks.__name__}

    assert ours == set(tasks.QUEUES)


@pytest.mark.django_db
def test_the_nightly_task_rewrites_the_deadlines_of_every_dossier() -> None:
    dossiers = [make_dossier(), make_dossier()]
    for dossier in dossiers:
        make_acte(dossier=dossier, type="commandement", survenu_le=date(2026, 10, 1))
    assert not Echeance.objects.exists()

    tasks.refresh_all(0)

    assert {e.dossier_id for e in Echeance.objects.all()} == {d.pk for d in dossiers}


@pytest.mark.django_db(transaction=True)
def test_the_worker_runs_the_task_that_waits() -> None:
    job_id = tasks.refresh_all.defer(timestamp=0)
    place = connection.settings_dict
    url = f"postgresql://{place['USER']}@/{place['NAME']}?host={place['HOST']}"

    subprocess.run(
        [sys.executable, "-c", "from seuil.jobs.servir import run_worker; run_worker(wait=False)"],
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings"},
        check=True,
    )

    assert ProcrastinateJob.objects.get(pk=job_id).status == "succeeded"
