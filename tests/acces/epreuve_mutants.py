"""T04 whole: every policy, line of the matrix, filter and verb, broken one by one.

python -m tests.acces.epreuve_mutants [graine] [famille…]
"""

import logging
import sys
import time
from collections import Counter
from datetime import UTC, datetime

from tests.acces import laboratoire

# Lines without any table yet: nothing to read or write, so nothing that a check could see.
SANS_TABLE = ("avis", "protection", "evaluation_police")


def main(graine: int, familles: set[str]) -> int:
    laboratoire.prepare("mutants")
    import random

    from tests.acces import mutants

    logging.disable(logging.CRITICAL)

    start = time.monotonic()
    planted, killed = Counter(), Counter()
    survivors = []
    census = 0
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
            planted[mutant.famille] += 1
            seen = mutants.kill(mutant)
            census += seen.startswith("recensement")
            if seen:
                killed[mutant.famille] += 1
            else:
                survivors.append(f"{mutant.famille} : {mutant.nom}")
                print("  survit :", survivors[-1], flush=True)
            if n % 50 == 0:
                print(f"  {n}/{len(every)}, {time.monotonic() - start:.0f} s", flush=True)
    print(
        f"{sum(planted.values())} mutants, {sum(killed.values())} tués, {len(survivors)} survivants"
        f" ; graine {graine}, commit {laboratoire.commit()}, {datetime.now(UTC):%Y-%m-%d %H:%M} UTC,"
        f" {time.monotonic() - start:.0f} s"
    )
    print(f"  dont {census} vus par le seul recensement du catalogue")
    for family in planted:
        print(f"  {family} : {killed[family]}/{planted[family]}")
    # Lines of the matrix may survive where no table holds their category: told in the report.
    return int(any(s.startswith(("politique", "table", "filtre", "verbe")) for s in survivors))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 7, set(sys.argv[2:])))
