"""T04 whole: every policy, line of the matrix, filter and verb, broken one by one.

A mutant that no request sees is declared with its reason (`equivalents.py`), or the run fails; so does
it when a request sees one that was declared, and when a declared one is not planted any more.

python -m tests.acces.epreuve_mutants [graine] [famille…]
"""

import logging
import sys
import time
from collections import Counter
from datetime import UTC, datetime

from tests.acces import laboratoire
from tests.acces.equivalents import EQUIVALENTS


def main(graine: int, familles: set[str]) -> int:
    laboratoire.prepare("mutants")
    import random

    from tests.acces import mutants, sql

    logging.disable(logging.CRITICAL)

    start = time.monotonic()
    planted, killed = Counter(), Counter()
    faults, apart, census, names = [], 0, 0, set()
    with laboratoire.lattice(complet=False) as (treillis, oracle):
        every = [
            *mutants.list_politiques(treillis, oracle),
            *mutants.list_lignes(treillis, oracle, hasard=random.Random(graine)),
            *mutants.list_filtres(treillis, oracle),
            *mutants.list_verbes(treillis, oracle),
        ]
        if familles:
            every = [m for m in every if m.famille in familles]
        for n, mutant in enumerate(every, start=1):
            name = f"{mutant.famille} : {mutant.nom}"
            names.add(name)
            planted[mutant.famille] += 1
            seen = mutants.kill(mutant)
            shown = bool(seen) and not seen.startswith(sql.MATRICE)
            census += seen.startswith("recensement")
            killed[mutant.famille] += shown
            if shown and name in EQUIVALENTS:
                faults.append(f"justifié, mais vu : {name} : {seen}")
            elif not shown and name in EQUIVALENTS:
                apart += 1
            elif not shown:
                faults.append(f"survit : {name}")
            if faults and name in faults[-1]:
                print(" ", faults[-1], flush=True)
            if n % 50 == 0:
                print(f"  {n}/{len(every)}, {time.monotonic() - start:.0f} s", flush=True)
    if not familles:
        # Added rights are drawn at random: one that was declared may not come.
        gone = {e for e in EQUIVALENTS if not e.startswith("droit")} - names
        faults += [f"justifié, mais plus planté : {name}" for name in sorted(gone)]
    print(
        f"{sum(planted.values())} mutants, {sum(killed.values())} vus par une demande, {apart}"
        f" que rien ne peut voir et qui sont justifiés, {len(faults)} fautes ; graine {graine},"
        f" commit {laboratoire.commit()}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC,"
        f" {time.monotonic() - start:.0f} s"
    )
    print(f"  dont {census} vus par le recensement (catalogue ou matrice), faute d’une demande")
    for family in planted:
        print(f"  {family} : {killed[family]}/{planted[family]}")
    for fault in faults:
        print(" ", fault)
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 7, set(sys.argv[2:])))
