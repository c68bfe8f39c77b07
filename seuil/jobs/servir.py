"""`seuil servir`: the web server and the worker, with the embedded database they need."""

import argparse
import contextlib
import http.client
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.management import call_command
from django.db import DatabaseError, connection

from config.database import (
    is_outside,
    keep_embedded,
    missing_urls,
    stop_embedded,
    write_environment,
)
from seuil.jobs.comptes import tell_demonstration
from seuil.jobs.migrer import is_current, migrate
from seuil.jobs.supervision import Programme, follow_starter, stop
from seuil.kernel.refusal import Refusal

HOST = "127.0.0.1"
PORT = 8000

_WORKERS = 2
_READY_SECONDS = 60
_TICK_SECONDS = 0.3
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class DemarrageImpossible(Refusal):
    """The server cannot start; the message says why and what to do."""


def add_arguments(commands: Any) -> None:
    """Declare the command."""
    parser = commands.add_parser(
        "servir", help="démarrer le serveur et le traitement des tâches de fond"
    )
    add_port(parser)
    parser.set_defaults(run=run, needs_database=True, role="appli")


def add_port(parser: argparse.ArgumentParser) -> None:
    """Declare --port, common to the commands that serve."""
    parser.add_argument(
        "--port", type=int, default=PORT, help=f"port d’écoute sur {HOST} (par défaut {PORT})"
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal. Returns 0, or 1 when the server could not start."""
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
    """Bring tables and documents to the version of the code; load the geography if absent."""
    from seuil.acteurs.models import Commune
    from seuil.acteurs.operations.territoires import import_geography
    from seuil.dossiers.operations.documents import lock_documents

    lock_documents()
    if is_outside():
        check_version()
        connection.close()
        return
    migrate()
    if not Commune.objects.exists():
        print("Chargement de la géographie officielle…", flush=True)
        import_geography()
    if told := tell_demonstration():
        print(told, flush=True)
    connection.close()


def check_version() -> None:
    """Raise DemarrageImpossible unless the database is what this code and this key expect.

    As the application: only `seuil migrer` signs in as the account that owns the tables.
    """
    from seuil.kernel import clock
    from seuil.kernel.contexte import acting_as_machine

    if not is_current():
        raise DemarrageImpossible(
            "La base n’est pas à la version de ce programme : lancez « seuil migrer » avec le"
            " compte installateur, puis recommencez."
        )
    on = clock.now().date()
    with acting_as_machine("démarrage", on=on), connection.cursor() as cursor:
        cursor.execute("SELECT droits.machine()")
        known = cursor.fetchone()[0]
        told = tell_demonstration() if known else ""
    if not known:
        raise DemarrageImpossible(
            "SEUIL_SECRET_KEY n’est pas la clé que la base connaît. Remettez l’ancienne. Si elle"
            " est perdue : « seuil migrer » partage la nouvelle ; chacun se reconnecte et"
            " choisit un nouveau second facteur."
        )
    if told:
        print(told, flush=True)


def serve(*, port: int, environment: Mapping[str, str] | None = None, announce: str = "") -> int:
    """Run the server and the worker until a signal, starting again whichever ends.

    `announce` is printed under the address once the server answers. Return the exit code: 1 when
    the server ends before its first answer, for a fault that no new start would mend.
    """
    gather_static()
    connection.close()
    asked = threading.Event()
    with _signals_set(asked), _programmes(port, environment or {}) as programmes:
        server, *_ = programmes
        started = _wait_until_ready(port, server, asked)
        if started:
            print(f"\nSeuil est prêt : http://{HOST}:{port}/")
            if announce:
                print(announce)
            print("Ctrl-C pour tout arrêter.", flush=True)
        failed = not started and not asked.is_set() and server.has_ended()
        while not failed and not asked.wait(_TICK_SECONDS):
            _keep(programmes)
        print("\nArrêt en cours…", flush=True)
    if failed:
        print(
            f"{server.nom} s’est arrêté avant de répondre : les messages ci-dessus disent"
            " pourquoi.",
            file=sys.stderr,
        )
    return int(failed)


def gather_static() -> None:
    """Gather what browsers receive, named by its content and compressed; only what changed."""
    call_command("collectstatic", interactive=False, clear=False, verbosity=0)


def _keep(programmes: Sequence[Programme]) -> None:
    for programme in programmes:
        programme.keep()
    keep_embedded()


def list_server_arguments(port: int, application: str = "config.asgi:application") -> list[str]:
    """Return what Python runs to serve the pages."""
    return ["-m", "granian", *_list_granian_arguments(port, application)]


def _list_granian_arguments(port: int, application: str) -> list[str]:
    return [
        "--interface", "asginl", "--http", "1", "--no-ws", "--host", HOST, "--port", str(port),
        "--workers", str(_WORKERS), "--log-level", "warning",
        # What a client does not end of itself: a head that never comes, an idle connection.
        "--http1-header-read-timeout", "10000", "--http1-buffer-size", "65536",
        # One that is killed is replaced while the other answers; one that will not stop is killed.
        "--respawn-failed-workers", "--workers-kill-timeout", "8",
        application,
    ]  # fmt: skip


def run_server() -> None:
    """Run the web server in this process, with the arguments of the command line."""
    from granian.cli import entrypoint

    follow_starter()
    entrypoint()  # type: ignore[no-untyped-call]


def run_worker(*, wait: bool = True) -> None:
    """Run the background tasks in this process until a signal, or only those already waiting."""
    import django

    follow_starter()
    django.setup()
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    from seuil.jobs.tasks import QUEUES

    assert isinstance(app.connector, DjangoConnector)
    with app.replace_connector(app.connector.get_worker_connector()) as worker:
        worker.run_worker(queues=list(QUEUES), concurrency=1, wait=wait)


def stop_database() -> None:
    """Stop the embedded database, unless another program of this machine still uses it."""
    if not is_outside() and not _count_other_clients():
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
def _programmes(port: int, environment: Mapping[str, str]) -> Iterator[Sequence[Programme]]:
    """Start the server, then the worker; neither owns the tables: row-level security applies."""
    env = {"DJANGO_SETTINGS_MODULE": "config.settings", **environment}
    server = _list_granian_arguments(port, "config.asgi:application")
    programmes = [
        Programme(nom, ["-c", f"from seuil.jobs.servir import {name}; {name}()", *arguments],
                  {**write_environment(role), **env})
        for nom, name, arguments, role in (
            ("Le serveur", "run_server", server, "appli"),
            ("Le traitement des tâches", "run_worker", [], "travaux"),
        )
    ]  # fmt: skip
    try:
        for programme in programmes:
            programme.start()
        yield programmes
    finally:
        stop(programmes)


def _wait_until_ready(port: int, server: Programme, asked: threading.Event) -> bool:
    """Tell whether the server answers a request, whatever the answer, before it is time to stop."""
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline and not asked.is_set() and not server.has_ended():
        probe = http.client.HTTPConnection(HOST, port, timeout=5)
        try:
            probe.request("GET", "/")
            probe.getresponse()
        except OSError:
            asked.wait(0.2)
        else:
            return True
        finally:
            probe.close()
    return False
