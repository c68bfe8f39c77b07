"""Who asks, told to PostgreSQL at the start of each transaction, and signed.

The database trusts no identifier: it checks a signature that only this process can make, bound to
one connection and to a few minutes. Whoever makes the application run a statement of their own
can neither name another agent nor use again what they saw elsewhere.
"""

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection, transaction

from seuil.kernel.clock import now

# What the server and the worker run as: they own nothing, and every policy applies to them.
ROLE = "seuil_appli"
TRAVAUX = "seuil_travaux"
# In place of a département: all of them.
EVERYWHERE = "*"
# A token is used at once; it is of no use on another connection anyway.
_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Contexte:
    """Who asks: an agent, a code, the machine under a name, or a count that shows nobody."""

    genre: str
    qui: str
    departement: str
    jour: date


_current: ContextVar[Contexte | None] = ContextVar("contexte", default=None)


def current() -> Contexte | None:
    """Return who asks in this transaction, as far as the application knows."""
    return _current.get()


# What was answered for whoever asks, kept for the time of the context alone.
_memo: ContextVar[dict[Any, Any] | None] = ContextVar("memo", default=None)


def get_memo() -> dict[Any, Any] | None:
    """Return where to keep an answer until the context ends or another one speaks; None outside."""
    return _memo.get()


def derive_key() -> bytes:
    """Return the secret shared with the database, drawn from the instance's own."""
    return hmac.digest(settings.SECRET_KEY.encode(), b"seuil.contexte", "sha256")


def sign(contexte: Contexte, *, pid: int, until: int) -> str:
    """Return the token that `droits.entrer()` recognises; see protection/fonctions.sql."""
    body = "|".join((
        contexte.genre, contexte.qui, contexte.departement, contexte.jour.isoformat(),
        str(until), str(pid),
    ))  # fmt: skip
    key = derive_key()
    inner = hashlib.sha256(key + body.encode()).digest()
    return f"{body}|{hashlib.sha256(key + inner).hexdigest()}"


@contextmanager
def acting_as(contexte: Contexte, *, savepoint: bool = True) -> Iterator[None]:
    """Run the block's statements as `contexte`, then give the word back to whoever had it.

    Opens a transaction, or a savepoint of the running one: undone, it takes the context with it.
    Without a savepoint, for a page: its failure undoes the whole transaction, which ends with it.
    """
    running = _current.get()
    with transaction.atomic(savepoint=savepoint):
        reset = _current.set(contexte)
        outer = _memo.get()
        kept = _memo.set({})
        try:
            _enter(contexte)
            yield
            if savepoint or running or connection.savepoint_ids:
                # Signed again: the block may have lasted longer than a token.
                _enter(running)
        finally:
            _current.reset(reset)
            _memo.reset(kept)
            if outer is not None:
                # The inner context may have opened or ended what the outer one knew.
                outer.clear()


@contextmanager
def acting_as_machine(name: str, *, on: date, departement: str = EVERYWHERE) -> Iterator[None]:
    """Run the block as the machine, which reads and writes a département or all of them.

    For what no agent does by hand: recomputing, importing, opening and ending links. The operation
    has checked who asks; nothing that a person typed is run as a statement inside. The journal
    names both, `import~<agent>`.
    """
    asking = current()
    if asking and asking.genre == "machine":
        yield
        return
    qui = f"{name}~{asking.qui}" if asking else name
    with acting_as(Contexte("machine", qui, departement, on)):
        yield


@contextmanager
def acting_for(titulaire: object, *, on: date) -> Iterator[None]:
    """Run as the machine what is written of an account, unless its own holder is asking.

    The database lets the holder alone write its factors, its sessions, its password. Who signs in
    has signed nothing yet, and who manages an account is not its holder: the operation has checked
    who asks.
    """
    asking = current()
    if asking and asking.genre == "agent" and asking.qui == str(titulaire):
        yield
        return
    with acting_as_machine("comptes", on=on):
        yield


@contextmanager
def reading_compte(titulaire: object = None) -> Iterator[None]:
    """Run as the machine what is read of an account, unless its own holder is asking.

    The database shows factors, invitations, sessions to their holder alone. For who signs in, and
    for who manages accounts: whoever asks this has checked what is presented, or who asks. Without
    a holder, what is presented says whose it is, or several accounts are read.
    """
    with acting_for(titulaire, on=now().date()):
        yield


@contextmanager
def counting(name: str, *, on: date, departement: str = EVERYWHERE) -> Iterator[None]:
    """Run the block as a count, which reads every row of a département and writes none.

    For figures, and for what a page computes without showing what it is computed from.
    """
    with acting_as(Contexte("chiffres", name, departement, on)):
        yield


@contextmanager
def under_policies() -> Iterator[None]:
    """Run the block as the application's role, even on a connection that is not its own.

    In production the connection is the application's and this does nothing. For the tests and the
    commands of the developer, whose connection owns the tables and would see everything.
    """
    if connection.settings_dict["USER"] in {ROLE, TRAVAUX}:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE {ROLE}")
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE NONE")


def _enter(contexte: Contexte | None) -> None:
    """Tell the database who asks from now on; nobody when `contexte` is None."""
    connection.ensure_connection()
    raw: psycopg.Connection[Any] | None = connection.connection
    assert raw is not None
    token = ""
    if contexte:
        token = sign(contexte, pid=raw.info.backend_pid, until=int(now().timestamp()) + _SECONDS)
    # As a parameter of the protocol, not as text of the statement: `pg_stat_activity` shows text.
    with psycopg.Cursor(raw) as cursor:
        cursor.execute("SELECT droits.entrer(%s)", [token])
