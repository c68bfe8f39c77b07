"""T06: many threads on few connections, with everything that goes wrong: no foreign row, ever.

    python -m tests.acces.isolement [graine] [demandes]

Two agents of two throw-away départements and their files, committed; each thread borrows one of
eight connections signed in as the application's role, tells who asks, reads, and gives it back
after an error, a rolled back savepoint, a statement cut short or an ordinary end.
"""

import contextlib
import queue
import random
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import psycopg

ON = date(2026, 11, 21)
PAYS = ("X1", "X2", "X3", "X4")
CONNEXIONS, FILS, DOSSIERS = 8, 64, 5


@dataclass
class Compte:
    demandes: int = 0
    etrangeres: int = 0
    manquantes: int = 0
    restes: int = 0
    fins: Counter = field(default_factory=Counter)


def write() -> dict[str, Any]:
    """Write, and commit, départements that no map knows, an agent and some files in each."""
    from seuil.acteurs.models import Agent, Departement, Organisation
    from seuil.dossiers.models import Dossier, Personne

    agents = {}
    for code in PAYS:
        Departement.objects.create(code=code, nom=f"Essai {code}")
        org = Organisation.objects.create(departement_id=code, type="ddets", nom=f"DDETS {code}")
        agents[code] = Agent.objects.create(
            courriel=f"{code}@isolement.invalid".lower(), nom="Essai", prenom=code, role="secretariat",
            organisation=org, departement_id=code, habilite_le=date(2025, 1, 6), habilite_jusqu_au=date(2027, 1, 6), password="!",
        )  # fmt: skip
        for n in range(DOSSIERS):
            d = Dossier.objects.create(
                numero=f"{code}-{n}", departement_id=code, ouvert_le=ON, cle=f"{code}{n}"
            )
            Personne.objects.create(dossier=d, qualite="titulaire", nom=code)
    return agents


def erase() -> None:
    """Take back what `write` committed."""
    from seuil.acteurs.models import Agent, Departement, Organisation
    from seuil.dossiers.models import Dossier, Personne

    Personne.objects.filter(dossier__departement__in=PAYS).delete()
    Dossier.objects.filter(departement__in=PAYS).delete()
    Agent.objects.filter(departement__in=PAYS).delete()
    Organisation.objects.filter(departement__in=PAYS).delete()
    Departement.objects.filter(code__in=PAYS).delete()


def _ask(raw: psycopg.Connection, code: str, agent: str, end: str, compte: Compte) -> None:
    from seuil.kernel.contexte import Contexte, sign

    token = sign(
        Contexte("agent", agent, code, ON), pid=raw.info.backend_pid, until=int(time.time()) + 60
    )
    with raw.transaction():
        raw.execute("SELECT droits.entrer(%s)", [token])
        if end == "point":
            with contextlib.suppress(ZeroDivisionError), raw.transaction():
                raw.execute("SELECT droits.entrer('')")
                raise ZeroDivisionError
        rows = raw.execute("SELECT nom FROM dossiers_personne").fetchall()
        compte.etrangeres += sum(nom != code for (nom,) in rows)
        compte.manquantes += len(rows) != DOSSIERS
        if end == "erreur":
            raise ZeroDivisionError
        if end == "delai":
            raw.execute("SET LOCAL statement_timeout = 1")
            raw.execute("SELECT pg_sleep(0.05)")
        if end == "sql":
            raw.execute("SELECT 1 / 0")


def _work(
    pool: "queue.Queue[psycopg.Connection]", agents: dict[str, str], share: int, graine: int,
    total: Compte, lock: threading.Lock,
) -> None:  # fmt: skip
    hasard, compte = random.Random(graine), Compte()
    for _ in range(share):
        code = hasard.choice(PAYS)
        end = hasard.choices(
            ("fin", "erreur", "point", "sql", "delai"), weights=(70, 10, 10, 8, 2)
        )[0]  # fmt: skip
        raw = pool.get()
        try:
            with contextlib.suppress(ZeroDivisionError, psycopg.errors.DivisionByZero,
                                     psycopg.errors.QueryCanceled):  # fmt: skip
                _ask(raw, code, agents[code], end, compte)
            if hasard.random() < 0.02:
                # Idle, between two requests: nobody's word is left on the connection.
                (n,) = raw.execute("SELECT count(*) FROM dossiers_personne").fetchone() or (1,)
                (left,) = raw.execute("SELECT droits.present()").fetchone() or (True,)
                compte.restes += bool(n or left)
        finally:
            pool.put(raw)
        compte.demandes += 1
        compte.fins[end] += 1
    with lock:
        total.demandes += compte.demandes
        total.etrangeres += compte.etrangeres
        total.manquantes += compte.manquantes
        total.restes += compte.restes
        total.fins += compte.fins


def run(*, agents: dict[str, str], demandes: int, graine: int) -> Compte:
    """Share the requests between the threads; return what they saw."""
    from django.db import connection

    place = connection.settings_dict
    total, lock = Compte(), threading.Lock()
    with contextlib.ExitStack() as stack:
        pool: queue.Queue[psycopg.Connection] = queue.Queue()
        held = []
        for _ in range(CONNEXIONS):
            raw = stack.enter_context(
                psycopg.connect(
                    host=place["HOST"], dbname=place["NAME"], user="seuil_appli", autocommit=True
                )
            )
            held.append(raw)
            pool.put(raw)
        threads = [
            threading.Thread(
                target=_work,
                args=(pool, agents, demandes // FILS, graine * 1000 + i, total, lock),
            )
            for i in range(FILS)
        ]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        for raw in held:
            (n,) = raw.execute("SELECT count(*) FROM dossiers_personne").fetchone() or (1,)
            total.restes += bool(n)
    return total


def main(graine: int, demandes: int) -> int:
    from tests.acces import laboratoire

    laboratoire.prepare("isolement")
    start = time.monotonic()
    with laboratoire.database():
        agents = {code: str(a.pk) for code, a in write().items()}
        asked = time.monotonic()
        total = run(agents=agents, demandes=demandes, graine=graine)
        spent = time.monotonic() - asked
        erase()
    print(
        f"{total.demandes} demandes, {FILS} fils sur {CONNEXIONS} connexions, {spent:.0f} s :"
        f" {total.etrangeres} ligne étrangère, {total.manquantes} réponse incomplète,"
        f" {total.restes} contexte resté ; fins {dict(total.fins)} ; borne à 95 % :"
        f" {3 / total.demandes:.1e} ; graine {graine}, commit {laboratoire.commit()},"
        f" {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {time.monotonic() - start:.0f} s"
    )
    return int(bool(total.etrangeres or total.manquantes or total.restes))


if __name__ == "__main__":
    sys.exit(main(*(int(x) for x in (*sys.argv[1:], *("7", "200000")[len(sys.argv) - 1 :]))))
