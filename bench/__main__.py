"""`make bench`: every measure, each in a process of its own, printed beside its raw limit."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
os.environ.setdefault("SEUIL_DATA", str(ROOT / "var" / "bench"))
os.environ.setdefault("SEUIL_EMBARQUEE", "1")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
sys.path.insert(0, str(ROOT))

MESURES = ("droit", "importation", "recalcul", "pages", "roles", "acces", "recherche", "journal")
# The same measures on next to nothing: they show that they run, not how fast.
JOUET = "--jouet"


def main() -> int:
    """Run the measures named on the command line, all of them by default."""
    names = [name for name in sys.argv[1:] if name != JOUET]
    unknown = set(names) - set(MESURES)
    if unknown:
        print(f"Mesure inconnue : {', '.join(unknown)}. Mesures : {', '.join(MESURES)}.")
        return 2
    if len(names) == 1:
        return measure(names[0])
    # What one leaves in memory would be counted with the next one.
    options = [JOUET] if JOUET in sys.argv else []
    return max(
        subprocess.run([sys.executable, "-m", "bench", name, *options], check=False).returncode
        for name in names or MESURES
    )


def measure(name: str) -> int:
    """Run one measure here, with the embedded database it needs."""
    from config.database import start_embedded, stop_embedded

    start_embedded()
    import django

    django.setup()
    from bench import base
    from seuil.jobs.servir import gather_static

    gather_static()
    print(f"\n== {name} ==", flush=True)
    try:
        import_module(f"bench.{name}").run(base.JOUET if JOUET in sys.argv else base.ENTIERE)
    finally:
        stop_embedded()
    return 0


if __name__ == "__main__":
    sys.exit(main())
