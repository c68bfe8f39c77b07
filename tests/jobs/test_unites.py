"""The units and the settings of proxies that are shipped."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from config.database import ROOT

_FOLDER = ROOT / "docs" / "exploitation"
_UNITS = sorted(p for p in _FOLDER.iterdir() if p.suffix in {".service", ".timer"})
_ANALYZE = shutil.which("systemd-analyze")


@pytest.mark.skipif(_ANALYZE is None, reason="systemd n’est pas sur cette machine")
def test_the_units_are_valid(tmp_path: Path) -> None:
    assert len(_UNITS) == 5
    for unit in _UNITS:
        text = unit.read_text(encoding="utf-8")
        # The programs are those of an installation, absent here.
        (tmp_path / unit.name).write_text(
            re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", text)
        )

    done = subprocess.run(
        [str(_ANALYZE), "verify", *(str(tmp_path / u.name) for u in _UNITS)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    told = [line for line in done.stderr.splitlines() if "seuil" in line]
    assert (done.returncode, told) == (0, [])


@pytest.mark.skipif(_ANALYZE is None, reason="systemd n’est pas sur cette machine")
@pytest.mark.parametrize(
    "unit", [u for u in _UNITS if u.suffix == ".service"], ids=lambda u: u.name
)
def test_a_unit_opens_little(unit: Path) -> None:
    done = subprocess.run(
        [str(_ANALYZE), "security", "--offline=true", "--threshold=45", str(unit)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-300:]


def test_the_service_is_started_again_and_may_bound_its_readers() -> None:
    text = (_FOLDER / "seuil.service").read_text(encoding="utf-8")

    assert "Restart=always" in text
    # The reader of files limits itself (setrlimit).
    assert "~@privileged @resources" not in text


@pytest.mark.parametrize("name", ["nginx.conf", "apache.conf", "haproxy.cfg"])
def test_a_proxy_bounds_what_arrives_and_forgets_the_secret_addresses(name: str) -> None:
    text = (_FOLDER / name).read_text(encoding="utf-8")

    assert "12m" in text or str(12 * 1024 * 1024) in text
    assert "X-Forwarded-For" in text
    assert "X-Forwarded-Proto" in text
    assert re.search(r"invitation", text)
    assert "access_log off" in text or "env=!secret" in text or "silent if secrets" in text
    assert "/sante/" in text
