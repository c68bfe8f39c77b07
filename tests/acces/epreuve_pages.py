"""T01 and T02 whole: requests of every route, persona, tab and kind of dossier, until `demandes`.

python -m tests.acces.epreuve_pages [graine] [demandes]
"""

import random
import sys
import time
from collections import Counter
from datetime import UTC, datetime

from tests.acces import laboratoire


def main(graine: int, demandes: int) -> int:
    laboratoire.prepare("pages")
    import logging

    from tests.acces.http import Bilan, Visite, list_demandes

    logging.disable(logging.CRITICAL)
    start = time.monotonic()
    bilan = Bilan()
    seen: Counter[str] = Counter()
    with laboratoire.lattice(complet=True) as (treillis, oracle):
        visite = Visite(treillis, oracle)
        turn = 0
        while bilan.demandes < demandes:
            hasard = random.Random(graine + turn)
            turn += 1
            wanted = list(list_demandes(treillis, oracle, hasard=hasard))
            hasard.shuffle(wanted)
            for d in wanted[: demandes - bilan.demandes]:
                visite.check(d, bilan)
                seen[d.nom] += 1
                if bilan.demandes % 2000 == 0:
                    told = f"{bilan.demandes}, {len(bilan.fautes)} fautes"
                    print(f"  {told}, {time.monotonic() - start:.0f} s", flush=True)
    for fault in sorted(set(bilan.fautes))[:60]:
        print("  ", fault)
    mute = sorted(n for n, count in bilan.permis.items() if not count)
    print(
        f"{bilan.demandes} demandes, {len(seen)} adresses, {len(bilan.permis)} personnes,"
        f" {len(treillis.dossiers)} dossiers : {len(bilan.fautes)} écarts ; statuts"
        f" {dict(sorted(bilan.statuts.items()))} ; {sum(bilan.permis.values())} jetons permis lus ;"
        f" sans aucun jeton : {', '.join(mute)} ; graine {graine}, commit {laboratoire.commit()},"
        f" {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {time.monotonic() - start:.0f} s"
    )
    return int(bool(bilan.fautes))


if __name__ == "__main__":
    sys.exit(main(*(int(x) for x in (*sys.argv[1:], *("7", "20000")[len(sys.argv) - 1 :]))))
