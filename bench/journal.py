"""The journal: what a page pays for its line, what an import pays for its triggers, the chain."""

import statistics
import time
from contextlib import closing, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from django.db import connection

from bench.base import BY, ON, ensure_empty, timed
from bench.listes import write_list
from config.database import DATA_DIR
from seuil.audit.operations import Lecteur, Page, record_lecture
from seuil.jobs.journal import anchor_all, connection_string, verify_database
from seuil.kernel.models import new_id
from seuil.protection.journal import install_journal, triggers_removed
from seuil.usecases.import_liste import import_liste
from tests.audit.chaine import fill

LIGNES = 1_000_000
ACTES = 12_000


def run() -> None:
    """Print the cost of a line, of an import with and without triggers, of a million lines."""
    _line()
    _import()
    _chain()


def _line() -> None:
    ensure_empty()
    by = Lecteur("a", "Agent (Rôle)", "DDETS", "secretariat", "33")
    page = Page("dossier.lire", "dossiers")
    for count in (1, 50):
        times = []
        for _ in range(300):
            ids = [new_id() for _ in range(count)]
            start = time.perf_counter()
            record_lecture(by=by, page=page, dossiers=ids, categories={"identite", "procedure"})
            times.append((time.perf_counter() - start) * 1000)
        print(f"  ligne de lecture, {count} dossiers : {statistics.median(times):.2f} ms (médiane)")


def _import() -> None:
    path = write_list(
        DATA_DIR / "journal.csv", type_acte="commandement", count=ACTES, until=ON, seed=5
    )
    found = {}
    for name in ("sans", "avec", "sans", "avec"):
        ensure_empty()
        with connection.cursor() as cursor:
            install_journal(cursor=cursor)
            removed = triggers_removed(cursor=cursor) if name == "sans" else nullcontext()
            with removed, timed() as seconds:
                import_liste(
                    fichier=path, nom_fichier=path.name, type_acte="commandement",
                    source="mesure", departement="33", by=BY, on=ON,
                )  # fmt: skip
        found[name] = min(found.get(name, 1e9), seconds[0])
    with connection.cursor() as cursor:
        install_journal(cursor=cursor)
    extra = (found["avec"] / found["sans"] - 1) * 100
    print(
        f"  import de {ACTES} actes : {found['sans']:.1f} s sans déclencheurs,"
        f" {found['avec']:.1f} s avec ({extra:+.0f} %)"
    )


def _chain() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE audit_event, audit_sceau, audit_ancre")
        cursor.execute("SET session_replication_role = DEFAULT")
    with timed() as seconds:
        fill(de=1, a=LIGNES)
    print(f"  écrire et sceller {LIGNES} lignes : {seconds[0]:.0f} s")
    with TemporaryDirectory() as folder:
        with timed() as seconds:
            anchor_all(folder=Path(folder))
        print(f"  ancrer : {seconds[0]:.1f} s")
        with timed() as seconds, closing(psycopg.connect(connection_string())) as raw:
            verdict = verify_database(connection=raw, ancres=Path(folder))["33"]
        assert verdict.faute is None
        print(f"  vérifier {verdict.nombre} lignes : {seconds[0]:.0f} s (limite : 120 s)")
