"""Where the data of a machine are kept."""

import subprocess
import sys
from pathlib import Path

import pytest

from config import database
from config.database import ROOT


@pytest.mark.parametrize("place", [ROOT, ROOT / "seuil", ROOT / "var" / "..", ROOT / "variante"])
def test_data_inside_the_checkout_are_refused_in_french(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEUIL_DATA", str(place))

    with pytest.raises(SystemExit, match="dans le dépôt du code"):
        database._data_dir()


@pytest.mark.parametrize("place", ["", str(ROOT / "var"), str(ROOT / "var" / "bench")])
def test_data_under_var_are_kept_there(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEUIL_DATA", place)

    assert database._data_dir() == (Path(place) if place else ROOT / "var")


def test_data_outside_the_checkout_are_kept_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEUIL_DATA", str(tmp_path))

    assert database._data_dir() == tmp_path.resolve()


def test_a_command_stops_before_it_writes_anything() -> None:
    before = {p.name for p in ROOT.iterdir()}

    done = subprocess.run(
        [sys.executable, "-m", "seuil.jobs.cli", "importer", "--help"],
        env={"SEUIL_DATA": str(ROOT), "PYTHONPATH": str(ROOT)},
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("SEUIL_DATA désigne")
    assert "Traceback" not in done.stderr
    assert {p.name for p in ROOT.iterdir()} <= before | {"__pycache__"}
