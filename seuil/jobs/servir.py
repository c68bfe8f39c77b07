"""`seuil servir`: the web server and the worker, with the embedded database they need."""

import argparse
import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection

from config.database import missing_urls, stop_embedded
from seuil.jobs.comptes import tell_demonstration
from seuil.jobs.migrer import migrate
from seuil.kernel.refusal import Refusal

HOST = "127.0.0.1"
PORT = 8000

_WORKERS = 2
# Of each: while one waits for the database, the other works.
_THREADS = 2
_READY_SECONDS = 60
_STOP_SECONDS = 10
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class DemarrageImpossible(Refusal):
    """The server cannot start; the message says why and what to do."""


def add_arguments(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "servir", help="démarrer le serveur et le traitement des tâches de fond"
    )
    add_port(parser)
    parser.set_defaults(run=run, needs_database=True)


def add_port(parser: argparse.ArgumentParser) -> None:
    """Declare --port, common to the commands that serve."""
    parser.add_argument(
        "--port", type=int, default=PORT, help=f"port d’écoute sur {HOST} (par défaut {PORT})"
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal. Returns 0, or 1 when a process ended by itself."""
    with database_stopped_after():
        check_port(arguments.port)
        check_roles()
        prepare_database()
        return serve(port=arguments.port)


@contextlib.contextmanager
def database_stopped_after() -> Iterator[None]:
    """Stop the embedded database at the end, whatever the end; Ctrl-C is a normal one."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    previous = {number: signal.signal(number, interrupt) for number in _STOP_SIGNALS}
    try:
        yield
    except KeyboardInterrupt:
        print("\nInterrompu.", flush=True)
        raise SystemExit(0) from None
    finally:
        for number, old in previous.items():
            signal.signal(number, old)
        stop_database()


def check_port(port: int) -> None:
    """Raise DemarrageImpossible unless a server can listen on the port."""
    if not 1 <= port <= 65_535:
        raise DemarrageImpossible(f"Port impossible : {port}. Donnez un nombre entre 1 et 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError as error:
            raise DemarrageImpossible(
                f"Le port {port} est réservé au système. Choisissez-en un au-dessus de 1024, par"
                f" exemple : make demo PORT={PORT + 123}."
            ) from error
        except OSError as error:
            raise DemarrageImpossible(
                f"Le port {port} est déjà utilisé par un autre programme. Arrêtez-le, ou choisissez"
                f" un autre port, par exemple : make demo PORT={port + 123}."
            ) from error


def check_roles() -> None:
    """Raise DemarrageImpossible when an outside database has no account for the application."""
    missing = missing_urls()
    if missing:
        raise DemarrageImpossible(
            f"Il manque {' et '.join(missing)} : le serveur ne se connecte jamais avec le compte"
            " qui possède les tables. Voyez docs/exploitation.md, « Comptes de la base »."
        )


def prepare_database() -> None:
    """Bring the tables to the version of the code, and the official geography when it is absent."""
    from seuil.acteurs.models import Commune
    from seuil.acteurs.operations.territoires import import_geography

    migrate()
    if not Commune.objects.exists():
        print("Chargement de la géographie officielle…", flush=True)
        import_geography()
    if told := tell_demonstration():
        print(told, flush=True)
    connection.close()


def serve(*, port: int, environment: Mapping[str, str] | None = None, announce: str = "") -> int:
    """Run the server and the worker until a signal or the end of one of them.

    `announce` is printed under the address once the server answers. Return the exit code.
    """
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    connection.close()
    stop = threading.Event()
    with _signals_set(stop), _children(port, environment or {}) as children:
        started = _wait_until_ready(port, children, stop)
        if started:
            print(f"\nSeuil est prêt : http://{HOST}:{port}/")
            if announce:
                print(announce)
            print("Ctrl-C pour tout arrêter.", flush=True)
        while not stop.wait(0.3) and not _ended(children):
            pass
        ended = None if stop.is_set() else _ended(children)
        print("\nArrêt en cours…", flush=True)
    if ended:
        print(
            f"{ended} s’est arrêté de façon inattendue : les messages ci-dessus disent pourquoi.",
            file=sys.stderr,
        )
        return 1
    return 0


def list_server_arguments(port: int, application: str = "config.wsgi:application") -> list[str]:
    """Return what Python runs to serve the pages."""
    return [
        "-m", "granian", "--interface", "wsgi", "--host", HOST, "--port", str(port),
        "--workers", str(_WORKERS), "--blocking-threads", str(_THREADS), "--no-ws",
        "--log-level", "warning", application,
    ]  # fmt: skip


def run_worker(*, wait: bool = True) -> None:
    """Run the background tasks in this process until a signal, or only those already waiting."""
    import django

    django.setup()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    from seuil.jobs.tasks import QUEUES

    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(queues=list(QUEUES), concurrency=1, wait=wait)


def stop_database() -> None:
    """Stop the embedded database, unless another program of this machine still uses it."""
    if not os.environ.get("DATABASE_URL") and not _count_other_clients():
        stop_embedded()


def _count_other_clients() -> int:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
            return int(cursor.fetchone()[0])
    except DatabaseError:
        return 0  # already stopped, or unable to say
    finally:
        connection.close()


@contextlib.contextmanager
def _signals_set(stop: threading.Event) -> Iterator[None]:
    """Set `stop` on Ctrl-C, on `kill`, and when the terminal is closed."""
    previous = {number: signal.getsignal(number) for number in _STOP_SIGNALS}
    for number in _STOP_SIGNALS:
        signal.signal(number, lambda *_: stop.set())
    try:
        yield
    finally:
        for number, old in previous.items():
            signal.signal(number, old)


@contextlib.contextmanager
def _children(
    port: int, environment: Mapping[str, str]
) -> Iterator[dict[str, "subprocess.Popen[bytes]"]]:
    """Start server and worker in their own sessions: Ctrl-C reaches only this process."""
    server = list_server_arguments(port)
    worker = ["-c", "from seuil.jobs.servir import run_worker; run_worker()"]
    env = {"DJANGO_SETTINGS_MODULE": "config.settings", **os.environ, **environment}
    programs = (("Le serveur", server, "appli"), ("Le traitement des tâches", worker, "travaux"))
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command, role in programs:
            # Neither owns the tables: row-level security applies to both.
            children[name] = subprocess.Popen(  # noqa: S603 - fixed commands of our own interpreter
                [sys.executable, *command],
                env={**env, "SEUIL_BASE_ROLE": role},
                start_new_session=True,
            )
        yield children
    finally:
        _stop(children)


def _stop(children: Mapping[str, "subprocess.Popen[bytes]"]) -> None:
    for child in children.values():
        child.terminate()
    deadline = time.monotonic() + _STOP_SECONDS
    for child in children.values():
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _ended(children: Mapping[str, "subprocess.Popen[bytes]"]) -> str | None:
    return next((name for name, child in children.items() if child.poll() is not None), None)


def _wait_until_ready(
    port: int, children: Mapping[str, "subprocess.Popen[bytes]"], stop: threading.Event
) -> bool:
    """Tell whether the server answers a request, whatever the answer, before it is time to stop."""
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline and not stop.is_set() and not _ended(children):
        try:
            probe = http.client.HTTPConnection(HOST, port, timeout=5)
            probe.request("GET", "/")
            probe.getresponse()
        except OSError:
            stop.wait(0.2)
        else:
            return True
        finally:
            probe.close()
    return False
