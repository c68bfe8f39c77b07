"""Import of a large département's year of commandements, beside the raw COPY of its rows."""

import csv
from pathlib import Path

from django.db import connection

from bench import base
from bench.listes import ENTETES, write_list
from config.database import DATA_DIR
from seuil.actes.rules.listes import ListeSaisie
from seuil.usecases.import_liste import import_liste


def run(taille: base.Taille) -> None:
    """Print acts per second from the file to deadlines and tasks, peak memory, and the ratio."""
    base.ensure_empty()
    path = write_list(
        DATA_DIR / "import.csv",
        type_acte="assignation",
        count=taille.actes,
        until=base.ON,
        seed=1,
    )
    raw = base.time_often(lambda: copy_raw(path), 5)
    # The first one, as the command does it; the others are kept in the same process, as the worker.
    base.ensure_empty()
    with base.watched() as alone:
        first = base.time_often(lambda: import_file(path), 1)
    took = base.time_often(lambda: import_file(path), 3, before=base.ensure_empty)
    with base.watched() as later:
        again = base.time_often(lambda: import_file(path), 1)
    base.ensure_empty()
    with base.watched() as then:
        import_file(path)
    print(f"plancher, COPY des mêmes lignes : {raw}, {taille.actes / raw.secondes:,.0f} lignes/s")
    print(f"première fois, programme à peine démarré : {first}")
    print(f"{taille.actes} actes : {took}, {taille.actes / took.secondes:,.0f} actes/s")
    print(f"rapport : {took.rapport(raw)} fois le COPY (≤ 60), pour une dizaine de tables")
    print(f"même fichier une seconde fois : {again}, rien de nouveau")
    print(f"mémoire au plus haut, lecture du fichier comprise : {alone.pic:.0f} Mo (≤ 300)")
    print(f"  au sixième passage du même programme : {max(later.pic, then.pic):.0f} Mo")


def import_file(path: Path) -> None:
    """Import the list as the command does."""
    import_liste(
        liste=ListeSaisie(
            fichier=path,
            nom_fichier=path.name,
            type_acte="assignation",
            source="mesure",
            departement="33",
        ),
        by=base.BY,
        on=base.ON,
    )


def copy_raw(path: Path) -> None:
    """COPY the cells of the file as text into one table."""
    columns = ", ".join(f"c{i} text" for i in range(len(ENTETES)))
    with connection.cursor() as cursor, path.open(encoding="utf-8", newline="") as file:
        cursor.execute("DROP TABLE IF EXISTS bench_copy")
        cursor.execute(f"CREATE TABLE bench_copy ({columns})")
        rows = csv.reader(file, delimiter=";")
        next(rows)
        with cursor.copy("COPY bench_copy FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("DROP TABLE bench_copy")
