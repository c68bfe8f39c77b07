"""`make bench`: every measure, on a database of its own, printed beside its raw limit."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("SEUIL_DATA", str(ROOT / "var" / "bench"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
sys.path.insert(0, str(ROOT))


def main() -> int:
    """Run the measures named on the command line, all of them by default."""
    from config.database import start_embedded, stop_embedded

    start_embedded()
    import django

    django.setup()
    from bench import (
        acces,
        droit,
        importation,
        journal,
        pages,
        recalcul,
    )

    measures = {
        "droit": droit,
        "importation": importation,
        "recalcul": recalcul,
        "pages": pages,
        "acces": acces,
        "journal": journal,
    }
    unknown = set(sys.argv[1:]) - set(measures)
    if unknown:
        print(f"Mesure inconnue : {', '.join(unknown)}. Mesures : {', '.join(measures)}.")
        return 2
    try:
        for name in sys.argv[1:] or measures:
            print(f"\n== {name} ==", flush=True)
            measures[name].run()
    finally:
        stop_embedded()
    return 0


if __name__ == "__main__":
    sys.exit(main())
