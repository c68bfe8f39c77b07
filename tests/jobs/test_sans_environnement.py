"""A command that lost its environment makes nothing, saves nothing, and says where it works."""

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from config.database import ROOT
from seuil.dossiers.models import Document
from seuil.jobs.journal import connection_string
from seuil.jobs.lieu import count_files
from seuil.jobs.sauvegarde import SauvegardeRefusee, save
from tests.factories.base import make_agent, make_dossier, make_organisation
from tests.harness.service import write_environment

CRON = {"PATH": os.environ["PATH"], "HOME": "/nulle-part", "SHELL": "/bin/sh"}


def run(words: Sequence[str], environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "seuil.jobs.cli", *words],
        env=environment, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip


@pytest.mark.parametrize(
    "words", [["sauvegarde", "copies"], ["migrer"], ["servir"], ["comptes", "verifier"]]
)
def test_a_command_without_its_environment_makes_no_database(
    words: list[str], tmp_path: Path
) -> None:
    done = run(words, {**CRON, "SEUIL_DATA": str(tmp_path)})

    assert done.returncode == 1
    assert done.stdout == ""
    assert "DATABASE_URL est vide" in done.stderr
    assert "seuil.env" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_restoration_without_its_environment_makes_no_database(tmp_path: Path) -> None:
    data = tmp_path / "data"
    done = run(["restaurer", str(tmp_path / "absent")], {**CRON, "SEUIL_DATA": str(data)})

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not data.exists()


@pytest.mark.django_db(transaction=True)
def test_a_command_says_its_instance_its_database_and_how_many_files(tmp_path: Path) -> None:
    place = tmp_path / "documents" / "33"
    place.mkdir(parents=True)
    for name in "abc":
        (place / name).write_bytes(b"x")

    done = run(["journal", "verifier"],
               dict(write_environment(tmp_path, SEUIL_HOSTS="seuil.exemple")))  # fmt: skip

    first = done.stderr.splitlines()[0]
    assert first.startswith("[seuil.exemple")
    assert "base «\u00a0test_" in first
    assert "compte «\u00a0seuil_travaux\u00a0»" in first
    assert "3\u00a0documents" in first
    assert count_files(tmp_path / "documents") == 3


@pytest.mark.django_db(transaction=True)
def test_a_backup_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SauvegardeRefusee, match="ni compte, ni dossier, ni journal"):
        save(cible=tmp_path, base=connection_string(),
             documents=tmp_path / "d", ancres=tmp_path / "a")  # fmt: skip

    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_a_backup_that_would_lose_every_document_is_refused(gironde: str, tmp_path: Path) -> None:
    dossier = make_dossier()
    Document.objects.create(
        dossier=dossier, nom="bail.pdf", nature="Bail", type_mime="application/pdf", taille=1,
        empreinte="a" * 64, depose_le=date(2026, 11, 20),
        depose_par=make_agent(role="secretariat", organisation=make_organisation()),
    )  # fmt: skip

    with pytest.raises(SauvegardeRefusee, match="connaît 1\u00a0document "):
        save(cible=tmp_path, base=connection_string(),
             documents=tmp_path / "d", ancres=tmp_path / "a")  # fmt: skip

    assert list(tmp_path.iterdir()) == []
