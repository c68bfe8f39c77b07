"""The database of the measures: made once, with 60,000 dossiers."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from django.db import connection

from bench.listes import write_list
from config.database import DATA_DIR
from seuil.acteurs.models import Agent, Organisation
from seuil.acteurs.operations.agents import create_agent
from seuil.acteurs.operations.machine import Machine
from seuil.acteurs.operations.organisations import create_organisation
from seuil.acteurs.operations.territoires import import_geography
from seuil.dossiers.models import Dossier
from seuil.jobs.migrer import migrate
from seuil.usecases.import_liste import import_liste

ON = date(2026, 11, 21)
BY = Machine("bench", "33")
PASSWORD = "mesure de la vitesse"
DOSSIERS = 60_000


def ensure_empty() -> None:
    """Migrate, empty the tables of the domain, and keep the geography."""
    migrate()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            " AND tablename ~ '^(dossiers|actes|echeances|travail|contacts|accompagnements|"
            "visites|diagnostics)_'"
        )
        tables = ", ".join(name for (name,) in cursor.fetchall())
        cursor.execute(f"TRUNCATE {tables} CASCADE")
        cursor.execute("SET session_replication_role = DEFAULT")
    import_geography(departements=["33"])


def ensure_filled() -> None:
    """Make sure 60,000 dossiers are there: five years of commandements and what followed."""
    migrate()
    if Dossier.objects.count() >= DOSSIERS:
        return
    ensure_empty()
    for year in range(5):
        until = ON - timedelta(days=365 * year)
        import_year(seed=100 + year, until=until)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def import_year(*, seed: int, until: date) -> None:
    """Import a large département's year; later acts concern the first households of the year."""
    volumes = {"commandement": 12_000, "assignation": 3_750, "cql": 1_650, "rfp": 1_320}
    for type_acte, count in volumes.items():
        path = write_list(
            DATA_DIR / f"{type_acte}.csv", type_acte=type_acte, count=count, until=until, seed=seed
        )
        import_liste(
            fichier=path, nom_fichier=path.name, type_acte=type_acte, source="mesure",
            departement="33", by=BY, on=until,
        )  # fmt: skip
        print(f"  {type_acte} {until.year} : {count} actes", flush=True)


def get_agent(role: str) -> Agent:
    """Return the account of a role, made when absent."""
    found = Agent.objects.filter(role=role).first()
    if found:
        return found
    kind = "operateur" if role in {"chef_equipe", "travailleur_social"} else "ddets"
    home = Organisation.objects.filter(type=kind).first() or create_organisation(
        departement="33", type=kind, nom=f"Organisme {kind}", by=BY, on=ON
    )
    return create_agent(
        courriel=f"{role}@mesure.invalid", nom="Mesure", prenom=role, role=role,
        organisation=home, password=PASSWORD, by=BY, on=ON,
    )  # fmt: skip


@contextmanager
def timed() -> Iterator[list[float]]:
    """Give a list that holds the elapsed seconds at the end of the block."""
    result: list[float] = []
    start = time.perf_counter()
    yield result
    result.append(time.perf_counter() - start)


def peak_mb() -> float:
    """Return the peak resident memory of this process, in MB."""
    text = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(x for x in text.splitlines() if x.startswith("VmHWM")).split()[1]) / 1024
