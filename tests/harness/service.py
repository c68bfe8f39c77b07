"""The product served as an installation serves it: `seuil servir`, real processes, real sockets."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil
from django.conf import settings
from django.db import connection

from config.database import ROOT

_LONG = 90.0


class Service:
    """A running `seuil servir`, on the database of the tests."""

    def __init__(self, port: int, process: "subprocess.Popen[bytes]") -> None:
        self.port = port
        self.process = process

    def get(self, path: str) -> tuple[int, str]:
        """Return the status and the page of an address; 0 when nobody listens."""
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            client.request("GET", path)
            answer = client.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException):
            return 0, ""
        finally:
            client.close()

    def send(self, head: str, body: bytes = b"") -> socket.socket:
        """Send a request as it is, and return the connection."""
        found = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        found.sendall(head.replace("\n", "\r\n").encode() + b"\r\n" + body)
        return found

    def is_serving(self) -> bool:
        """Tell whether the first page is answered."""
        return self.get("/connexion/")[0] == 200

    @property
    def server(self) -> psutil.Process:
        """The web server: the parent of those that answer."""
        return self._child("run_server")

    @property
    def worker(self) -> psutil.Process:
        """The background worker."""
        return self._child("run_worker")

    def _child(self, name: str) -> psutil.Process:
        mine = psutil.Process(self.process.pid).children()
        return next(p for p in mine if any(name in word for word in p.cmdline()))


def wait_until(what: Callable[[], object], why: str) -> None:
    """Wait until something is true, long enough for a machine that is busy."""
    deadline = time.monotonic() + _LONG
    while time.monotonic() < deadline:
        try:
            if what():
                return
        except (StopIteration, psutil.NoSuchProcess):
            pass
        time.sleep(0.2)
    raise AssertionError(why)


def write_url(role: str = "postgres") -> str:
    """Return the address of the database of the tests, for a role."""
    place = connection.settings_dict
    return f"postgresql://{role}@/{place['NAME']}?host={place['HOST']}"


def write_environment(data: Path, **more: str) -> Mapping[str, str]:
    """Return the environment of an installation on the database of the tests."""
    return {
        **os.environ,
        "DATABASE_URL": write_url(),
        "DATABASE_URL_APPLI": write_url("seuil_appli"),
        "DATABASE_URL_TRAVAUX": write_url("seuil_travaux"),
        "SEUIL_DATA": str(data),
        "SEUIL_SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        **more,
    }


@contextmanager
def serving(data: Path, **more: str) -> Iterator[Service]:
    """Run `seuil servir` until the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "seuil.jobs.cli", "servir", "--port", str(port)],
        cwd=ROOT,
        env=write_environment(data, **more),
    )
    service = Service(port, process)
    family: list[psutil.Process] = []
    try:
        wait_until(service.is_serving, "le service ne démarre pas")
        family = psutil.Process(process.pid).children(recursive=True)
        yield service
    finally:
        process.terminate()
        process.wait(timeout=60)
        for left in family:
            if left.is_running():
                left.kill()
