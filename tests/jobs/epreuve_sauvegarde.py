"""`make epreuves`: a demonstration saved, then put back on a server that never saw it.

Usage: python -m tests.jobs.epreuve_sauvegarde. Two data folders, two PostgreSQL servers.
"""

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory


def run(data: Path, *words: str) -> str:
    """Run a command of the product in a data folder; its refusal ends the trial."""
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "SEUIL_ANCRES"}}
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "seuil.jobs.cli", *words],
        env={**env, "SEUIL_DATA": str(data)},
        capture_output=True,
        text=True,
        check=False,
    )
    print(f"  seuil {words[0]} {words[1] if len(words) > 1 else ''} : {done.returncode},"
          f" {time.perf_counter() - start:.0f} s")  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)
    return done.stdout


def main() -> int:
    """Make, save, restore elsewhere, verify there."""
    with TemporaryDirectory(prefix="sv") as folder:
        here, there, file = Path(folder) / "a", Path(folder) / "b", Path(folder) / "copie"
        run(here, "demo", "--taille", "petite")
        run(here, "sauvegarde", str(file))
        print(f"  {file.stat().st_size // 1024} Kio")
        print(run(there, "restaurer", str(file)))
        verdict = run(there, "journal", "verifier")
        print(verdict)
        run(there, "migrer")
    return 0 if "ROMPU" not in verdict else 1


if __name__ == "__main__":
    sys.exit(main())
