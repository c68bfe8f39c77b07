"""The pages with 60,000 dossiers, 16 concurrent clients, beside their SQL run raw."""

import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import VIDE, base
from config.database import ROOT
from seuil.accompagnements.models import Objectif
from seuil.acteurs.models import Agent, Organisation
from seuil.acteurs.operations.organisations import create_organisation
from seuil.dossiers.models import Dossier
from seuil.jobs.servir import list_server_arguments
from seuil.kernel.contexte import ROLE
from tests.harness.client import sign_in_strongly

# Before the measure: each worker reads its templates and plans its queries once.
WARM_UP = 5


@dataclass(frozen=True, slots=True)
class Charge:
    """Who asks for pages, how many together, and of which server."""

    server: "subprocess.Popen[bytes]"
    port: int
    session: str
    taille: base.Taille


@dataclass(frozen=True, slots=True)
class Reponses:
    """What the answers took, in seconds: inside the server, seen by the client, of processor."""

    inside: list[float]
    seen: list[float]
    worked: float


def run(taille: base.Taille) -> None:
    """Print, per page: median and p95 under load, beside an empty page and the same SQL alone."""
    base.ensure_filled(taille)
    secretaire = base.get_agent("secretariat")
    ensure_objectif()
    numeros = list(
        Dossier.objects.order_by("-ouvert_le", "pk").values_list("numero", flat=True)[:400]
    )
    pages: dict[str, Callable[[int], str]] = {
        "liste des dossiers": lambda n: reverse("dossiers") + f"?page={n % 20 + 1}",
        "liste filtrée": lambda n: reverse("dossiers") + "?stade=assignation&dette=3000",
        "page d’un dossier": lambda n: reverse("dossier", args=[numeros[n % len(numeros)]]),
        "à faire": lambda n: reverse("a_faire"),
        "choix du mois": lambda n: reverse("choix"),
    }
    os.environ["SEUIL_TODAY"] = base.ON.isoformat()
    session = sign_in(secretaire)
    port = free_port()
    server = start_server(port)
    try:
        wait_for(port)
        charge = Charge(server, port, session, taille)
        print(
            f"{taille.clients} clients ; p95 vu du client : 150 ms au plus (médianes, p95, en ms)"
        )
        print(
            f"{'page':<20}{'serveur':>9}{'p95':>6}{'client':>9}{'p95':>6}{'processeur':>12}"
            f"{'requêtes':>10}{'SQL seul':>10}   rapport à une page vide"
        )
        vide = load(VIDE, lambda _: VIDE, charge)
        tell("page vide", vide, vide)
        for name, url in pages.items():
            tell(name, load(name, url, charge), vide, time_raw_sql(url(0), secretaire))
    finally:
        stop_server(server)


def load(name: str, url: Callable[[int], str], charge: Charge) -> Reponses:
    """Ask for a page from each client's thread, again and again."""
    demandes = charge.taille.demandes
    times: list[tuple[float, float]] = []
    ready = threading.Barrier(charge.taille.clients + 1)

    def client(index: int) -> None:
        with socket.create_connection(("127.0.0.1", charge.port)) as line:
            for n in range(-min(WARM_UP, demandes), demandes):
                if n == 0:
                    ready.wait()
                start = time.perf_counter()
                spent = ask(line, url(index * demandes + max(n, 0)), charge.session)
                if n >= 0:
                    times.append((spent, time.perf_counter() - start))

    threads = [threading.Thread(target=client, args=(i,)) for i in range(charge.taille.clients)]
    for thread in threads:
        thread.start()
    ready.wait()
    before = read_worked(charge.server)
    for thread in threads:
        thread.join()
    if len(times) != charge.taille.clients * demandes:
        raise RuntimeError(f"{name} : des requêtes ont échoué")
    inside, seen = (list(column) for column in zip(*times, strict=True))
    return Reponses(inside, seen, (read_worked(charge.server) - before) / len(times))


def ask(line: socket.socket, url: str, session: str) -> float:
    """Ask for a page on an open connection; return the seconds the server says it spent.

    By hand: what the client costs is taken from the server, on the same processors.
    """
    line.sendall(
        f"GET {url} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sessionid={session}\r\n\r\n".encode()
    )
    answer = b""
    while (end := answer.find(b"\r\n\r\n")) < 0:
        answer += read_some(line)
    head = answer[:end].decode("latin-1").lower()
    if not head.startswith("http/1.1 200"):
        raise RuntimeError(f"{url} : réponse {head.splitlines()[0]}")
    fields = dict(field.split(": ", 1) for field in head.split("\r\n")[1:])
    missing = int(fields["content-length"]) - (len(answer) - end - 4)
    while missing > 0:
        missing -= len(read_some(line))
    return float(fields["server-timing"].rpartition("=")[2]) / 1000


def read_some(line: socket.socket) -> bytes:
    """Return what arrives. Raises RuntimeError when the server hangs up."""
    found = line.recv(1 << 17)
    if not found:
        raise RuntimeError("le serveur a raccroché")
    return found


def read_worked(server: "subprocess.Popen[bytes]") -> float:
    """Return the seconds of processor of the server's workers and of the database's sessions."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text(encoding="ascii")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE usename = %s", [ROLE])
        sessions = [str(pid) for (pid,) in cursor.fetchall()]
    ticks = 0
    for pid in (*children.split(), *sessions):
        with suppress(FileNotFoundError):
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
            ticks += sum(map(int, fields.split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


def tell(
    name: str, answers: Reponses, vide: Reponses, sql: tuple[int, float] | None = None
) -> None:
    """Print the line of a page; its ratio is of p95 seen by the client, and of processor."""
    seen, median = p95(answers.seen) * 1000, statistics.median
    queries = f"{sql[0]:>10}{sql[1] * 1000:>10.1f}" if sql else f"{'':>20}"
    worked = f" (processeur : {answers.worked / vide.worked:.1f})" if vide.worked else ""
    print(
        f"{name:<20}{median(answers.inside) * 1000:>9.0f}{p95(answers.inside) * 1000:>6.0f}"
        f"{median(answers.seen) * 1000:>9.0f}{seen:>6.0f}{answers.worked * 1000:>12.1f}{queries}"
        f"   {seen / p95(vide.seen) / 1000:.1f}{worked}{'' if seen <= 150 else '   > 150'}",
        flush=True,
    )


def p95(values: list[float]) -> float:
    """Return the value that nineteen answers out of twenty do not exceed."""
    return statistics.quantiles(values, n=20)[18]


def time_raw_sql(url: str, agent: Agent) -> tuple[int, float]:
    """Return how many queries a page makes and the seconds of the same SQL run alone."""
    client = Client()
    sign_in_strongly(client, agent)
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    reads = [q["sql"] for q in captured.captured_queries if is_read(q["sql"])]
    runs = []
    for _ in range(5):
        with connection.cursor() as cursor, base.timed() as took:
            for sql in reads:
                cursor.execute(sql)
                cursor.fetchall()
        runs.append(took.secondes)
    return len(captured), statistics.median(runs)


def is_read(sql: str) -> bool:
    """Tell whether a statement can be run again: a page's line of the journal is written once."""
    return sql.lstrip().startswith(("SELECT", "WITH")) and "journal.inscrire(" not in sql


def ensure_objectif() -> None:
    """Give the département an operator and its target, for the choice of the month."""
    if Objectif.objects.exists():
        return
    operateur = Organisation.objects.filter(type="operateur").first() or create_organisation(
        departement="33", type="operateur", nom="Opérateur de la mesure", by=base.BY, on=base.ON
    )
    Objectif.objects.create(
        departement_id="33", operateur=operateur, annee=base.ON.year, cible_annuelle=300,
        volume_mensuel=25, arrondissement_id="332", part_arrondissement=80, part_cql_min=15,
        part_cql_max=20,
    )  # fmt: skip


def sign_in(agent: Agent) -> str:
    """Return the session of a signed-in agent."""
    client = Client()
    sign_in_strongly(client, agent)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def start_server(port: int) -> "subprocess.Popen[bytes]":
    """Start the product's server as `seuil servir` does, as the role that owns nothing."""
    return subprocess.Popen(
        [sys.executable, *list_server_arguments(port, "bench.application:application")],
        cwd=ROOT,
        env={**os.environ, "SEUIL_MESURE": "1", "SEUIL_BASE_ROLE": "appli"},
    )


def stop_server(server: "subprocess.Popen[bytes]") -> None:
    """Stop the server, whatever connections a failed measure left open."""
    server.terminate()
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    """Wait until the server accepts connections."""
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("le serveur ne répond pas")
