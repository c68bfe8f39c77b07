"""`make epreuves`: random edits of an anchored journal by whoever owns the database; all are seen.

Usage: python -m tests.audit.epreuve_journal SEED EDITS. Runs on a database of its own.
"""

import os
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

SIZE = 2000


def main(seed: int, edits: int) -> int:
    """Fill, seal and anchor a chain, edit it, verify, undo; print what was missed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.database import start_embedded

    start_embedded()
    import django

    django.setup()
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    from seuil.jobs.journal import anchor_all
    from seuil.jobs.migrer import migrate
    from tests.audit.chaine import EDITS, fill, tamper, verify

    old = setup_databases(verbosity=0, interactive=False)
    try:
        migrate()
        with TemporaryDirectory() as folder:
            ancres = Path(folder)
            for day in range(10):
                fill(de=day * SIZE // 10 + 1, a=(day + 1) * SIZE // 10)
                anchor_all(folder=ancres)
            start, seen, missed = time.perf_counter(), Counter[str](), []
            for n in range(edits):
                name, expected, verdict = tamper(
                    seed=seed * 1_000_000 + n, size=SIZE, ancres=ancres
                )
                seen[name] += 1
                if verdict.faute is None or verdict.faute.rang != expected:
                    missed.append((n, name, expected, verdict.faute))
            held = verify(ancres)["33"].faute is None
        for name in sorted(EDITS):
            print(f"  {seen[name]:5d}  {name}")
        print(
            f"{edits - len(missed)} fraudes vues à leur rang sur {edits}"
            f" ({time.perf_counter() - start:.0f} s) ; la chaîne intacte tient : {held}."
        )
        for item in missed[:10]:
            print("  manquée :", item)
    finally:
        connection.close()
        teardown_databases(old, verbosity=0)
    return 1 if missed or not held else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
