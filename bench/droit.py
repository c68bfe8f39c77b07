"""The law engine alone: a million dossiers by eight rules, beside naïve counting and the floor."""

import gc
import random
import time
from collections.abc import Callable
from datetime import date, timedelta

import holidays

from bench import base
from seuil.engines import droit

# The naïve way is slow: one dossier in so many, then the rule of three.
NAIFS = 100
REGLES = ("A1", "C2", "C3", "C6", "F1", "G3", "G7", "E4")
FIRST, DAYS = date(2021, 3, 1), 2_000


def run(taille: base.Taille) -> None:
    """Print the seconds for every date, the first time and again, and the ratios."""
    who = random.Random(2026)
    starts = {
        regle: [FIRST + timedelta(days=who.randrange(DAYS)) for _ in range(taille.dates)]
        for regle in REGLES
    }
    print(f"lecture des paramètres, une fois par programme : {measure(droit.regles):.2f} s")
    # Millions of days wait in lists: the search for cycles would walk through them all.
    gc.freeze()
    first = measure(lambda: compute(starts))
    again = measure(lambda: compute(starts))
    floor = measure(lambda: look_up(starts))
    naive = measure(lambda: count_naively(starts)) * NAIFS
    print(f"{taille.dates:,} dossiers x {len(REGLES)} règles, {DAYS:,} jours distincts par règle")
    print(f"plancher, lecture d’une table déjà faite : {floor:.2f} s")
    print(f"moteur, première fois : {first:.2f} s ; rapport {first / floor:.1f} (≤ 1 s)")
    print(f"moteur, ensuite : {again:.2f} s ; rapport {again / floor:.1f}")
    print(f"compte naïf (holidays, date par date) : {naive:.0f} s, rapport {naive / floor:.0f}")
    one = measure(lambda: [droit.compute(r, depuis=days[0]) for r, days in starts.items()])
    print(f"huit dates d’un dossier, avec leur explication : {one * 1000:.2f} ms")
    measure_page(taille)


def measure(work: Callable[[], object]) -> float:
    """Return the seconds that some work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def compute(starts: dict[str, list[date]]) -> list[list[date | None]]:
    """Ask the engine for every date."""
    return [
        droit.compute_dates(regle, depuis=days, departement="33") for regle, days in starts.items()
    ]


def look_up(starts: dict[str, list[date]]) -> list[list[date]]:
    """Read as many dates in tables that are already made."""
    tables = {r: {FIRST + timedelta(days=n): FIRST for n in range(DAYS)} for r in starts}
    return [list(map(tables[regle].__getitem__, days)) for regle, days in starts.items()]


def count_naively(starts: dict[str, list[date]]) -> int:
    """Count each date apart, as a first program would: add, then roll on a calendar."""
    feries = holidays.country_holidays("FR")
    found = 0
    for days in starts.values():
        for day in days[::NAIFS]:
            le = day + timedelta(days=42)
            while le.weekday() > 4 or le in feries:
                le += timedelta(days=1)
            found += 1
    return found


def measure_page(taille: base.Taille) -> None:
    """Print what one dossier's page pays for its deadlines, facts read and explained."""
    from seuil.dossiers.models import Dossier
    from seuil.echeances.queries.echeances import list_echeances

    base.ensure_filled(taille)
    agent = base.get_agent("secretariat")
    dossiers = list(Dossier.objects.filter(situation__stade="rfp").order_by("pk")[:200])
    times = []
    for dossier in dossiers:
        start = time.perf_counter()
        list_echeances(agent=agent, on=base.ON, dossier=dossier)
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    print(
        f"échéances d’une page, {len(times)} dossiers à la réquisition : médiane "
        f"{times[len(times) // 2]:.1f} ms, p95 {times[int(len(times) * 0.95)]:.1f} ms (≤ 5)"
    )
