"""The journal: what a page pays for its line, what an import pays for its triggers, the chain."""

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from django.db import connection

from bench.base import ON, Taille, ensure_empty, import_acts, time_often, timed
from seuil.audit.operations import Lecteur, Page, record_lecture
from seuil.jobs.journal import anchor_all, connection_string, verify_database
from seuil.kernel.models import new_id
from seuil.protection.journal import install_journal, triggers_removed
from tests.audit.chaine import fill


def run(taille: Taille) -> None:
    """Print the cost of a line, of an import with and without triggers, of a million lines."""
    _line(taille)
    _import(taille)
    _chain(taille)


def _line(taille: Taille) -> None:
    ensure_empty()
    nothing = time_often(_ask_nothing, 10 * taille.tours)
    print(f"plancher, une question vide : {nothing.secondes * 1000:.2f} ms (médiane)")
    for count in (1, 50):
        line = time_often(lambda count=count: _record(count), 10 * taille.tours)
        print(
            f"ligne de lecture, {count} dossiers : {line.secondes * 1000:.2f} ms (médiane) ;"
            f" rapport {line.secondes / nothing.secondes:.1f}"
        )


def _ask_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _record(count: int) -> None:
    record_lecture(
        by=Lecteur("a", "Agent (Rôle)", "DDETS", "secretariat", "33"),
        page=Page("dossier.lire", "dossiers"),
        dossiers=[new_id() for _ in range(count)],
        categories={"identite", "procedure"},
    )


def _import(taille: Taille) -> None:
    def load() -> None:
        import_acts("commandement", count=taille.actes, until=ON, seed=5)

    bare = time_often(load, 3, before=_empty_without_triggers)
    followed = time_often(load, 3, before=_empty_with_triggers)
    print(f"plancher, import de {taille.actes} actes sans déclencheurs : {bare}")
    print(f"avec déclencheurs : {followed} ; rapport {followed.rapport(bare, 2)}")


def _empty_without_triggers() -> None:
    ensure_empty()
    with connection.cursor() as cursor, triggers_removed(cursor=cursor):
        pass


def _empty_with_triggers() -> None:
    ensure_empty()
    with connection.cursor() as cursor:
        install_journal(cursor=cursor)


def _chain(taille: Taille) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE audit_event, audit_sceau, audit_ancre")
        cursor.execute("SET session_replication_role = DEFAULT")
    with timed() as sealed:
        fill(de=1, a=taille.lignes)
    with connection.cursor() as cursor, timed() as raw:
        cursor.execute("CREATE TEMP TABLE copie AS SELECT * FROM audit_event")
    print(f"plancher, copie brute de {taille.lignes} lignes : {raw}")
    print(f"écrire et sceller autant de lignes : {sealed} ; rapport {sealed.rapport(raw)}")
    with TemporaryDirectory() as folder:
        with timed() as anchored:
            anchor_all(folder=Path(folder))
        print(f"ancrer : {anchored}")
        with timed() as verified, closing(psycopg.connect(connection_string())) as reader:
            verdict = verify_database(connection=reader, ancres=Path(folder))["33"]
    assert verdict.faute is None, verdict.faute
    print(
        f"vérifier {verdict.nombre} lignes : {verified} (≤ 120 s) ; rapport {verified.rapport(raw)}"
    )
