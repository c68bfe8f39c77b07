"""Keep a program running: restarted when it ends, stopped with whoever started it."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence

# Who started a program; read by the program, to end with it.
STARTER = "SEUIL_PARENT"

_FIRST_SECONDS = 0.5
_LAST_SECONDS = 60.0
# A program that lasted this long is not one that fails at each start.
_SETTLED_SECONDS = 60.0
_STOP_SECONDS = 10
_PR_SET_PDEATHSIG = 1


class Programme:
    """A program that runs until it is stopped: each end is followed by a start, less and less soon.

    In a session of its own: Ctrl-C reaches only whoever started it, and what it leaves behind when
    it is killed ends with its group.
    """

    def __init__(self, nom: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self.nom = nom
        self._command = [sys.executable, *arguments]
        self._environment = {**environment, STARTER: str(os.getpid())}
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._due = 0.0
        self._delay = _FIRST_SECONDS

    def start(self) -> None:
        """Start it now."""
        self._started = time.monotonic()
        self._process = subprocess.Popen(  # noqa: S603 - fixed commands of our own interpreter
            self._command, env=self._environment, start_new_session=True
        )

    def has_ended(self) -> bool:
        """Tell whether it does not run."""
        return self._process is None or self._process.poll() is not None

    def keep(self) -> None:
        """Start it again when it has ended and its delay is over; called again and again."""
        if self._process is not None:
            if self._process.poll() is not None:
                self._note_end(self._process)
        elif time.monotonic() >= self._due:
            self.start()

    def _note_end(self, process: "subprocess.Popen[bytes]") -> None:
        _kill_group(process)
        at = time.monotonic()
        if at - self._started >= _SETTLED_SECONDS:
            self._delay = _FIRST_SECONDS
        print(
            f"{self.nom} s’est arrêté ({_say_end(process.returncode)})\N{NO-BREAK SPACE}: il est"
            f" relancé dans {self._delay:g}\N{NO-BREAK SPACE}s.",
            file=sys.stderr,
            flush=True,
        )
        self._process, self._due = None, at + self._delay
        self._delay = min(self._delay * 2, _LAST_SECONDS)

    def terminate(self) -> None:
        """Ask it to stop."""
        if self._process is not None:
            self._process.terminate()

    def wait(self, deadline: float) -> None:
        """Wait until it has stopped, and oblige it after the deadline."""
        if self._process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(max(0.1, deadline - time.monotonic()))
        _kill_group(self._process)
        self._process.wait()


def stop(programmes: Iterable[Programme]) -> None:
    """Stop them all, within the same ten seconds."""
    for programme in programmes:
        programme.terminate()
    deadline = time.monotonic() + _STOP_SECONDS
    for programme in programmes:
        programme.wait(deadline)


def follow(parent: int) -> None:
    """Ask the kernel to stop this process when its parent ends, even killed (Linux)."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            # Ended in between: nobody would tell.
            os.kill(os.getpid(), signal.SIGTERM)


def follow_starter() -> None:
    """Stop with the `seuil servir` that started this program, if one did."""
    parent = os.environ.get(STARTER)
    if parent:
        follow(int(parent))


def _kill_group(process: "subprocess.Popen[bytes]") -> None:
    """End what a program left: the children of a server that was killed keep its port."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


def _say_end(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"code {code}"
