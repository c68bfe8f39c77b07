"""The database of the measures, made once, and what they measure with."""

import os
import resource
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from django.db import connection

from bench.listes import write_list
from config.database import DATA_DIR
from seuil.acteurs.models import Agent, Organisation
from seuil.acteurs.operations.agents import create_agent
from seuil.acteurs.operations.machine import Machine
from seuil.acteurs.operations.organisations import create_organisation
from seuil.acteurs.operations.territoires import import_geography
from seuil.acteurs.rules import AgentSaisi
from seuil.dossiers.models import Dossier
from seuil.jobs.migrer import migrate
from seuil.usecases.import_liste import import_liste

ON = date(2026, 11, 21)
BY = Machine("bench", "33")
PASSWORD = "mesure de la vitesse"
# A large département's year, by thousand commandements; five years make the database.
_ANNEE = {"commandement": 1000, "assignation": 312, "cql": 137, "rfp": 110}


@dataclass(frozen=True, slots=True)
class Taille:
    """How much the measures handle."""

    dossiers: int
    # Of a list.
    actes: int
    # Of the journal.
    lignes: int
    # Given by the law engine, for each rule.
    dates: int
    # Of the measure of accesses, and the dossiers of each.
    departements: int
    par_departement: int
    # Times that what is short is done, for its median.
    tours: int
    # Who ask for pages together, and how many each.
    clients: int
    demandes: int
    # Of lists, in the database.
    annees: int


ENTIERE = Taille(60_000, 12_500, 1_000_000, 1_000_000, 40, 10_000, 40, 16, 40, 5)
JOUET = Taille(60, 30, 100, 500, 2, 200, 2, 2, 1, 1)


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


def ensure_filled(taille: Taille) -> None:
    """Make sure the dossiers are there: years of commandements and what followed."""
    migrate()
    if Dossier.objects.count() >= taille.dossiers:
        return
    ensure_empty()
    for year in range(taille.annees):
        until = ON - timedelta(days=365 * year)
        import_year(seed=100 + year, until=until, commandements=taille.dossiers // taille.annees)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


@contextmanager
def own_database(name: str) -> Iterator[None]:
    """Run on a database of its own, kept from one run to the next."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {name}")
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def import_year(*, seed: int, until: date, commandements: int) -> None:
    """Import a département's year; later acts concern the first households of the year."""
    for type_acte, per_thousand in _ANNEE.items():
        count = commandements * per_thousand // 1000
        import_acts(type_acte, count=count, until=until, seed=seed)
        print(f"  {type_acte} {until.year} : {count} actes", flush=True)


def import_acts(type_acte: str, *, count: int, until: date, seed: int) -> int:
    """Write a list of acts and import it; return how many were accepted."""
    path = write_list(
        DATA_DIR / f"{type_acte}.csv", type_acte=type_acte, count=count, until=until, seed=seed
    )
    return import_liste(
        fichier=path, nom_fichier=path.name, type_acte=type_acte, source="mesure",
        departement="33", by=BY, on=until,
    ).compte["acceptes"]  # fmt: skip


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
        saisie=AgentSaisi(f"{role}@mesure.invalid", "Mesure", role, role),
        organisation=home, password=PASSWORD, by=BY, on=ON,
    )  # fmt: skip


@dataclass(slots=True)
class Temps:
    """What a work took: by the clock, and of the processors, the database's included.

    The clock is what people wait; on a machine that others use, the processors alone compare.
    """

    secondes: float = 0.0
    processeur: float = 0.0

    def rapport(self, plancher: "Temps", decimales: int = 0) -> str:
        """Tell how many times the floor this is; the processors are counted by hundredths."""
        times = f"{self.secondes / plancher.secondes:.{decimales}f}"
        if not plancher.processeur:
            return times
        worked = self.processeur / plancher.processeur
        return f"{times} (processeur : {worked:.{decimales}f})"

    def __str__(self) -> str:
        return f"{self.secondes:.2f} s (processeur : {self.processeur:.2f} s)"


@contextmanager
def timed() -> Iterator[Temps]:
    """Give what holds, at the end of the block, the time it took."""
    temps = Temps()
    start, worked = time.perf_counter(), _processor_seconds()
    yield temps
    temps.secondes = time.perf_counter() - start
    temps.processeur = _processor_seconds() - worked


def time_often(
    work: Callable[[], object], tours: int, *, before: Callable[[], object] = bool
) -> Temps:
    """Return the median of what a work takes; `before` each time, not counted."""
    found = []
    for _ in range(tours):
        before()
        with timed() as temps:
            work()
        found.append(temps)
    return get_median(found)


def get_median(found: Collection[Temps]) -> Temps:
    """Return the median of each figure."""
    return Temps(median(t.secondes for t in found), median(t.processeur for t in found))


def _processor_seconds() -> float:
    """Return what this process, those it waited for and the database worked since they started."""
    ours = sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )
    connection.ensure_connection()
    backend = connection.connection.info.backend_pid
    if not Path(f"/proc/{backend}").exists():
        return ours
    server = _read_stat(backend)[1]
    sessions = Path(f"/proc/{server}/task/{server}/children").read_text(encoding="ascii").split()
    # Those that ended are counted by the server that waited for them, by hundredths.
    waited = sum(_read_stat(server)[13:15]) / os.sysconf("SC_CLK_TCK")
    return ours + waited + sum(map(_read_worked, sessions))


def _read_worked(pid: str) -> float:
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9
    except FileNotFoundError:
        return 0.0


def _read_stat(pid: int) -> list[int]:
    """Return the numbers that follow the name of a process in /proc: 1 is its parent, and so on."""
    text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    state, *fields = text.rpartition(")")[2].split()
    return [ord(state), *map(int, fields)]


def peak_mb() -> float:
    """Return the peak memory of this process and of the largest that it waited for, in MB."""
    return sum(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ) / 1024  # fmt: skip
