"""Killing an import in the middle leaves all of it or nothing of it."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pytest
from django.db import connection

from seuil.actes.models import Acte, Lot
from seuil.dossiers.models import Dossier
from seuil.echeances.models import Echeance, Situation

ROWS = 600
# A few kills here; `make epreuves` sets the number for the long proof.
KILLS = int(os.environ.get("SEUIL_KILLS", "4"))


@pytest.fixture
def liste(tmp_path: Path) -> Path:
    path = tmp_path / "liste.csv"
    rows = "\n".join(
        f"MARTIN{i};Alice;{i} rue des Lilas;33000;Bordeaux;03/11/2026;{900 + i}"
        for i in range(ROWS)
    )
    path.write_text(
        f"Nom;Prénom;Adresse;Code postal;Commune;Date du commandement;Dette\n{rows}\n",
        encoding="utf-8",
    )
    return path


def start_import(path: Path) -> "subprocess.Popen[bytes]":
    settings = connection.settings_dict
    url = f"postgresql://{settings['USER']}@/{settings['NAME']}?host={settings['HOST']}"
    return subprocess.Popen(
        [
            sys.executable, "-m", "seuil.jobs.cli", "importer", str(path),
            "--type", "commandement", "--departement", "33",
        ],
        env={**os.environ, "DATABASE_URL": url, "SEUIL_TODAY": "2026-11-21"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )  # fmt: skip


def counts() -> tuple[int, ...]:
    return tuple(m.objects.count() for m in (Dossier, Acte, Situation, Echeance, Lot))


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_leaves_nothing_and_the_next_one_completes(liste: Path) -> None:
    draw = random.Random(date(2026, 11, 21).toordinal())
    killed = 0
    for _ in range(KILLS):
        process = start_import(liste)
        time.sleep(draw.uniform(0.3, 1.6))
        if process.poll() is None:
            killed += 1
            process.send_signal(signal.SIGKILL)
        process.wait()
        process.stderr.close()
        wait_until_alone()
        dossiers, actes, situations, echeances, _ = counts()
        assert (dossiers, actes, situations, echeances) in {(0,) * 4, (ROWS,) * 4}
    assert killed

    process = start_import(liste)
    _, err = process.communicate()

    assert process.returncode == 0, err
    assert counts()[:4] == (ROWS,) * 4


def wait_until_alone() -> None:
    """Wait for PostgreSQL to notice that the killed client is gone."""
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.05)
