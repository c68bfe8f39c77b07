"""Import of a large département's year of commandements, beside the raw COPY of its rows."""

import csv
from pathlib import Path

from django.db import connection

from bench import base
from bench.listes import ENTETES, write_list
from config.database import DATA_DIR
from seuil.usecases.import_liste import import_liste

COUNT = 12_500


def run() -> None:
    """Print acts per second from the file to deadlines and tasks, peak memory, and the ratio."""
    base.ensure_empty()
    path = write_list(
        DATA_DIR / "import.csv", type_acte="assignation", count=COUNT, until=base.ON, seed=1
    )
    with base.timed() as raw:
        copy_raw(path)
    with base.timed() as took:
        compte = import_liste(
            fichier=path, nom_fichier=path.name, type_acte="assignation", source="mesure",
            departement="33", by=base.BY, on=base.ON,
        ).compte  # fmt: skip
    with base.timed() as again:
        import_liste(
            fichier=path, nom_fichier=path.name, type_acte="assignation", source="mesure",
            departement="33", by=base.BY, on=base.ON,
        )  # fmt: skip
    rate = COUNT / took[0]
    print(f"{compte['acceptes']} actes importés : {took[0]:.1f} s, {rate:,.0f} actes/s (≥ 1 500)")
    print(f"même fichier une seconde fois : {again[0]:.1f} s, rien de nouveau")
    print(f"mémoire au plus haut : {base.peak_mb():.0f} Mo (≤ 600)")
    print(f"COPY des mêmes lignes : {raw[0]:.2f} s, {COUNT / raw[0]:,.0f} lignes/s")
    print(f"rapport : {took[0] / raw[0]:.0f} fois le COPY seul, pour une dizaine de tables")


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
