"""Every measure of `bench/` runs, on next to nothing: what it says of speed there means nothing."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from bench.__main__ import JOUET, MESURES, ROOT
from config.database import ROLES


@pytest.fixture
def copie(transactional_db: None) -> Iterator[str]:
    """Copy the test database, which a measure empties and fills; give its address."""
    place = connections["default"].settings_dict
    name = f"{place['NAME']}_mesure"
    with connections["default"]._nodb_cursor() as cursor:
        # Nobody may be connected to what is copied: the threads of a live server may be.
        connections["default"].close()
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s",
            [place["NAME"]],
        )
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {place['NAME']}")
        yield f"@/{name}?host={place['HOST']}"
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("mesure", MESURES)
def test_the_measure_runs_and_prints_its_ratio_to_a_floor(
    mesure: str, copie: str, tmp_path: Path
) -> None:
    urls = {url: f"postgresql://seuil_{role}{copie}" for role, url in ROLES.items()}

    done = subprocess.run(
        [sys.executable, "-m", "bench", mesure, JOUET],
        cwd=ROOT,
        env={
            **os.environ,
            **urls,
            "DATABASE_URL": f"postgresql://postgres{copie}",
            "SEUIL_DATA": str(tmp_path),
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert "rapport" in done.stdout


def test_a_measure_that_does_not_exist_is_refused_with_the_list_of_those_that_do() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bench", "vitesse"], cwd=ROOT, capture_output=True, check=False
    )

    assert done.returncode == 2
    assert ", ".join(MESURES) in done.stdout.decode()


def test_every_module_that_measures_is_in_the_list() -> None:
    modules = {
        path.stem
        for path in (ROOT / "bench").glob("*.py")
        if "def run(" in path.read_text(encoding="utf-8")
    }

    assert modules == set(MESURES)
