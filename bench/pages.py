"""The pages with 60,000 dossiers, 16 concurrent clients, beside their SQL run raw."""

import http.client
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench import base
from config.database import ROOT
from seuil.accompagnements.models import Objectif
from seuil.acteurs.models import Agent, Organisation
from seuil.acteurs.operations.organisations import create_organisation
from seuil.dossiers.models import Dossier
from tests.harness.client import sign_in_strongly

CLIENTS = 16
REQUESTS = 40
# Before the measure: each worker reads its templates and plans its queries once.
WARM_UP = 5
WORKERS = 2


def run() -> None:
    """Print, per page: median and p95 under load, queries, and the same SQL alone."""
    base.ensure_filled()
    secretaire = base.get_agent("secretariat")
    ensure_objectif()
    numeros = list(
        Dossier.objects.order_by("-ouvert_le", "pk").values_list("numero", flat=True)[:400]
    )
    pages: dict[str, Callable[[int], str]] = {
        "liste des dossiers": lambda n: reverse("dossiers") + f"?page={n % 20 + 1}",
        "liste filtrée": lambda n: reverse("dossiers") + "?stade=assignation&dette_min=3000",
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
        print("temps du serveur (médiane, p95), puis avec l’attente d’un travailleur libre")
        print(
            f"{'page':<20}{'serveur':>11}{'p95':>9}{'client':>17}{'p95':>9}{'SQL':>10}{'seul':>12}"
        )
        for name, url in pages.items():
            measure(name, url, port=port, session=session, agent=secretaire)
    finally:
        stop_server(server)


def measure(name: str, url: Callable[[int], str], *, port: int, session: str, agent: Agent) -> None:
    """Load one page from CLIENTS threads and print its line."""
    times: list[float] = []
    inside: list[float] = []
    lock = threading.Lock()

    def client(index: int) -> None:
        connection_ = http.client.HTTPConnection("127.0.0.1", port)
        for n in range(-WARM_UP, REQUESTS):
            start = time.perf_counter()
            connection_.request(
                "GET", url(index * REQUESTS + max(n, 0)), headers={"Cookie": f"sessionid={session}"}
            )
            answer = connection_.getresponse()
            answer.read()
            elapsed = time.perf_counter() - start
            if answer.status != 200:
                raise RuntimeError(f"{name} : réponse {answer.status}")
            if n >= 0:
                spent = float(answer.headers["Server-Timing"].rpartition("=")[2]) / 1000
                with lock:
                    times.append(elapsed)
                    inside.append(spent)

    threads = [threading.Thread(target=client, args=(i,)) for i in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(times) != CLIENTS * REQUESTS:
        raise RuntimeError(f"{name} : des requêtes ont échoué")
    count, raw = time_raw_sql(url(0), agent)
    median = statistics.median(times)
    served, waited = p95(inside), p95(times)
    told = "≤ 150" if served <= 0.150 else "> 150 : TROP LENT"
    print(
        f"{name:<20}{statistics.median(inside) * 1000:>8.0f} ms{served * 1000:>6.0f} ms  {told}"
        f"{median * 1000:>9.0f} ms{waited * 1000:>6.0f} ms"
        f"{count:>10}{raw * 1000:>9.1f} ms{statistics.median(inside) / max(raw, 1e-9):>6.0f}",
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
        runs.append(took[0])
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
    """Start the product's server as `seuil servir` does."""
    return subprocess.Popen(
        [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1",
            "--port", str(port), "--workers", str(WORKERS), "--blocking-threads", "1",
            "--log-level", "warning", "config.wsgi:application",
        ],
        cwd=ROOT,
        env={**os.environ, "SEUIL_MESURE": "1"},
    )  # fmt: skip


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
