"""The embedded PostgreSQL: what its log keeps, what a crash leaves, how long a statement lasts."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from config.database import ROOT

_NOTE = "Madame a confié avoir peur de son voisin"


class Machine:
    """A folder of data with its own PostgreSQL, used by programs that come and go."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.pid = data / "pg" / "postmaster.pid"

    def run(self, code: str, **more: str) -> str:
        """Run a program of the product there; return what it printed."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("DATABASE_URL")}
        done = subprocess.run(
            [sys.executable, "-c", f"from config.database import *; {code}"],
            env={**kept, "SEUIL_DATA": str(self.data), "DJANGO_SETTINGS_MODULE": "config.settings",
                 **more},
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> int:
        """Start the server; return the number of its process."""
        self.run("start_embedded()")
        return int(self.pid.read_text().split()[0])

    def ask(self, sql: str, **more: str) -> str:
        """Ask one question as Django would; return the answer."""
        return self.run(
            "start_embedded(); import django; django.setup();"
            " from django.db import connection as c; cursor = c.cursor();"
            f" cursor.execute({sql!r}); print(cursor.fetchone()[0])",
            **more,
        ).strip()

    def crash(self) -> None:
        """End the server as a power cut does: its file stays."""
        server = psutil.Process(int(self.pid.read_text().split()[0]))
        family = [server, *server.children(recursive=True)]
        kept = self.pid.read_text()
        server.send_signal(signal.SIGKILL)
        psutil.wait_procs(family, timeout=60)
        self.pid.write_text(kept)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    found = Machine(tmp_path_factory.mktemp("m"))
    found.start()
    yield found
    found.run("start_embedded(); stop_embedded()")


def test_the_log_of_postgresql_keeps_nothing_that_was_typed(machine: Machine) -> None:
    machine.start()
    machine.run(
        "import psycopg\n"
        "with psycopg.connect(host=str(PGDATA), user='postgres', dbname='seuil',"
        " autocommit=True) as c:\n"
        " c.execute('CREATE TABLE IF NOT EXISTS essai (jour date, note text UNIQUE)')\n"
        f" for sql, given in (('INSERT INTO essai VALUES (%s, %s)', ['hier', {_NOTE!r}]),"
        f" ('SELECT %s::date', [{_NOTE!r}]), ({'SELECT 1/0 -- ' + _NOTE!r}, None)):\n"
        "  try: c.execute(sql, given)\n"
        "  except psycopg.Error: pass\n"
        "  else: raise SystemExit('accepté')"
    )

    log = (machine.data / "pg" / "log").read_text(encoding="utf-8")
    assert "ready to accept connections" in log
    assert not [word for word in _NOTE.split() if len(word) > 4 and word in log]


def test_a_server_made_by_an_older_version_learns_it_at_its_next_start(machine: Machine) -> None:
    conf = machine.data / "pg" / "postgresql.conf"
    machine.start()
    machine.run("stop_embedded()")
    (machine.data / "pg" / "seuil.conf").unlink()
    conf.write_text(conf.read_text().replace("include_if_exists = 'seuil.conf'", ""))

    assert machine.ask("SHOW log_min_error_statement") == "panic"
    assert machine.ask("SHOW log_parameter_max_length_on_error") == "0"


def test_a_server_that_runs_learns_it_without_stopping(machine: Machine) -> None:
    before = machine.start()
    conf = machine.data / "pg" / "seuil.conf"
    conf.write_text(conf.read_text().replace("= panic", "= error"))
    assert machine.ask("SHOW log_min_error_statement") == "panic"

    assert machine.start() == before


@pytest.mark.parametrize("left", ["as it was", "empty", "garbage", "another program"])
def test_the_file_that_a_crash_left_stops_nothing(machine: Machine, left: str) -> None:
    machine.start()
    machine.crash()
    number, rest = machine.pid.read_text().split("\n", 1)
    written = {
        "as it was": f"{number}\n{rest}", "empty": "", "garbage": "\0\0\0",
        # After a restart of the machine, the number is soon somebody else's.
        "another program": f"{os.getpid()}\n{rest}",
    }  # fmt: skip
    machine.pid.write_text(written[left])

    machine.start()

    assert machine.ask("SELECT 1") == "1"


def test_a_server_that_disappears_is_started_again(machine: Machine) -> None:
    machine.start()
    machine.crash()

    machine.run(
        "import time\n"
        "end = time.monotonic() + 90\n"
        "while time.monotonic() < end and not is_embedded_running():\n"
        " keep_embedded(); time.sleep(0.3)"
    )

    assert machine.ask("SELECT 1") == "1"


def test_a_server_that_cannot_start_says_where_it_tells_why(tmp_path: Path) -> None:
    folder = tmp_path / "pg"
    folder.mkdir()
    (folder / "PG_VERSION").write_text("9\n")
    (folder / "postgresql.conf").write_text("")

    done = subprocess.run(
        [sys.executable, "-m", "seuil.jobs.cli", "migrer"],
        env={**{k: v for k, v in os.environ.items() if k != "DATABASE_URL"},
             "SEUIL_DATA": str(tmp_path)},
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip

    assert done.returncode == 1
    assert "La base embarquée ne démarre pas" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_statement_of_a_page_is_bounded_and_a_task_is_not(machine: Machine) -> None:
    assert machine.ask("SHOW statement_timeout", SEUIL_BASE_ROLE="") == "0"
    _make_roles(machine)

    ask = "SHOW statement_timeout"
    assert machine.ask(ask, SEUIL_BASE_ROLE="appli") == "1min"
    assert machine.ask(ask, SEUIL_BASE_ROLE="appli", SEUIL_DELAI_BASE="5") == "5s"
    assert machine.ask(ask, SEUIL_BASE_ROLE="travaux") == "0"


def _make_roles(machine: Machine) -> None:
    machine.run(
        "import psycopg\n"
        "with psycopg.connect(host=str(PGDATA), user='postgres', dbname='seuil',"
        " autocommit=True) as c:\n"
        " for name in ('seuil_appli', 'seuil_travaux'):\n"
        "  c.execute(f'CREATE ROLE {name} LOGIN')"
    )


def test_the_options_of_an_address_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    from config.database import django_database

    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@h/d?sslmode=verify-full")

    assert django_database()["OPTIONS"]["sslmode"] == "verify-full"
