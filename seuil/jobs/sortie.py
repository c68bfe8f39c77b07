"""What a command writes: for a person, or one JSON object that another program reads."""

import argparse
import io
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from errno import ENOSPC
from typing import Any, cast

# Of the keys: it changes when one of them goes, or says something else.
VERSION = 1


class CompteRenduPerdu(Exception):
    """What was done is kept, and its report could not be written where it was to go."""


def add_json(parser: argparse.ArgumentParser) -> None:
    """Declare --json, common to the commands that another program calls."""
    parser.add_argument(
        "--json",
        action="store_true",
        dest="as_json",
        help="un objet JSON, en UTF-8 ; un refus y a les clés « erreur » et « remede »",
    )


def write_json(report: Mapping[str, Any]) -> None:
    """Write the object, in UTF-8 whatever the terminal, and the version of its keys."""
    text = json.dumps({"version": VERSION, **report}, ensure_ascii=False, indent=2, default=str)
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        sys.stdout.write(f"{text}\n")
        return
    sys.stdout.flush()
    stream.write(f"{text}\n".encode())


def write_refusal(refusal: Exception, *, as_json: bool) -> None:
    """Write why a command is refused: for a person on the error stream, or as the object."""
    if as_json:
        remede = getattr(refusal, "remede", "")
        # A refused file says its remedy apart; other refusals hold it in their sentence.
        message = refusal.message if remede else str(refusal)  # type: ignore[attr-defined]
        write_json({"erreur": message, "remede": remede})
    else:
        print(refusal, file=sys.stderr)


@contextmanager
def reporting() -> Iterator[None]:
    """Write what the block prints; a terminal that lacks a letter shows another in its place.

    Raises CompteRenduPerdu when the output refuses it (a full disk). A program that stopped reading
    is no fault: nothing is said.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    told = sys.stdout
    sys.stdout = cast("Any", _Sortie(told))
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _forget(told)
    except _EcritureRefusee as error:
        _forget(told)
        raise CompteRenduPerdu("disque plein" if error.errno == ENOSPC else "refus") from error
    finally:
        sys.stdout = told


class _EcritureRefusee(OSError):
    """The output refused what was written."""


class _Sortie:
    """The standard output, whose failures are told apart from those of any other file."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    @property
    def buffer(self) -> Any:
        raw = getattr(self._stream, "buffer", None)
        return None if raw is None else _Sortie(raw)

    def write(self, text: Any) -> Any:
        with _told_apart():
            return self._stream.write(text)

    def flush(self) -> None:
        with _told_apart():
            self._stream.flush()


@contextmanager
def _told_apart() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _EcritureRefusee(error.errno, error.strerror) from error


def _forget(stream: Any) -> None:
    """Send to nowhere what the stream still holds: Python would complain of it at the exit."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError, io.UnsupportedOperation):
        return
