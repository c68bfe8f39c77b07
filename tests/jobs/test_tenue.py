"""The service holds: killed processes, slow and huge requests, refusals without end."""

import re
import select
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from config.database import ROOT
from seuil.audit.models import Event
from seuil.jobs import tasks
from tests.harness.service import Service, serving, wait_until, write_environment

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_killed_process_is_replaced_and_none_outlives_the_service(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        _kill_one_that_answers(service)
        _kill_the_server(service)
        _kill_the_worker(service)
        assert service.process.poll() is None
        family = psutil.Process(service.process.pid).children(recursive=True)
        assert len(family) >= 4
        service.process.kill()
        service.process.wait()
        wait_until(lambda: not any(p.is_running() for p in family), "des orphelins restent")


def _kill_one_that_answers(service: Service) -> None:
    before = {p.pid for p in service.server.children()}
    assert len(before) == 2
    psutil.Process(min(before)).kill()

    wait_until(
        lambda: len({p.pid for p in service.server.children()} - {min(before)}) == 2,
        "celui qui répondait n’est pas remplacé",
    )
    wait_until(service.is_serving, "le site ne répond plus")


def _kill_the_server(service: Service) -> None:
    before = service.server
    orphans = before.children()
    before.kill()

    wait_until(lambda: service.server.pid != before.pid, "le serveur n’est pas relancé")
    wait_until(service.is_serving, "le site ne répond plus")
    assert not any(p.is_running() for p in orphans)


def _kill_the_worker(service: Service) -> None:
    before = service.worker
    before.kill()

    wait_until(lambda: service.worker.pid != before.pid, "les tâches ne sont pas relancées")
    wait_until(lambda: service.get("/sante/")[0] == 200, "la santé ne revient pas")


def test_slow_and_huge_requests_stop_nobody(tmp_path: Path) -> None:
    kept = tmp_path / "tmp"
    kept.mkdir()
    with serving(tmp_path, TMPDIR=str(kept)) as service:
        slow = [service.send(_head(5000), b"courriel=") for _ in range(40)]
        for _ in range(10):
            assert service.is_serving()
        # All still waiting: the pages were not answered because they had been cut.
        assert not select.select(slow, [], [], 0)[0]

        huge = service.send(_head(150_000_000, "multipart/form-data; boundary=x"), b"--x\r\n" * 99)
        assert "413" in _read(huge)[:20]
        larger = service.send(_head(3_000_000), b"a" * 3_000_000)
        answer = _read(larger)
        assert "413" in answer[:20]
        assert "Envoi trop gros" in answer
        assert list(kept.iterdir()) == []

        chunked = service.send("POST /connexion/ HTTP/1.1\nHost: localhost\n"
                               "Transfer-Encoding: chunked\n", b"1\r\na\r\n")  # fmt: skip
        assert "411" in _read(chunked)[:20]
        for connexion in slow:
            assert "408" in _read(connexion)[:20]


def _head(length: int, kind: str = "application/x-www-form-urlencoded") -> str:
    return (
        f"POST /connexion/ HTTP/1.1\nHost: localhost\nContent-Type: {kind}\n"
        f"Content-Length: {length}\n"
    )


def _read(connexion: socket.socket) -> str:
    """Return the answer, whole: the server closes after a refusal."""
    found = b""
    with connexion:
        while piece := connexion.recv(65_536):
            found += piece
            length = re.search(rb"content-length: (\d+)", found)
            _, _, body = found.partition(b"\r\n\r\n")
            if length and len(body) >= int(length.group(1)):
                break
    return found.decode()


def test_what_a_visitor_adds_to_the_journal_is_bounded(tmp_path: Path) -> None:
    with serving(tmp_path) as service:
        for _ in range(300):
            assert service.get("/invitation/" + "a" * 43 + "/")[0] == 404

    # Thirty for each of the two processes and, if the minute changed meanwhile, as many again.
    assert 0 < Event.objects.filter(nature="refus", kind__startswith="refus.").count() <= 130


def test_a_task_that_a_killed_worker_left_runs_again(tmp_path: Path) -> None:
    job = tasks.seal_journal.defer(timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s) RETURNING id",
            [timedelta(minutes=2)],
        )
        dead = cursor.fetchone()[0]
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s",
            [dead, job],
        )
    # Its lock is that of every seal: none would ever be made again.
    after = tasks.seal_journal.defer(timestamp=60)
    tasks.retry_interrompues.defer(timestamp=0)

    subprocess.run(
        [sys.executable, "-c", "from seuil.jobs.servir import run_worker; run_worker(wait=False)"],
        env=write_environment(tmp_path, SEUIL_BASE_ROLE="travaux"), cwd=ROOT, check=True,
    )  # fmt: skip

    assert ProcrastinateJob.objects.get(pk=job).status == "failed"
    assert ProcrastinateJob.objects.get(pk=after).status == "succeeded"
