"""Which program runs: a fingerprint of its files and libraries, or nothing once they changed.

For what is kept only as long as the program that made it: nobody has a version to raise. The
parameters are files of the program too: the law, the duties, what is local to a département.
"""

import hashlib
import os
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

_RACINE = Path(__file__).resolve().parents[1]


def _walk(folder: str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.is_dir():
                yield entry
            elif entry.name != "__pycache__":
                yield from _walk(entry.path)


def _read_state() -> frozenset[tuple[str, int, int]]:
    """Return what tells that a file was written again, whatever date it was given."""
    stats = ((entry.path, entry.stat()) for entry in _walk(str(_RACINE)))
    return frozenset((path, s.st_ctime_ns, s.st_size) for path, s in stats)


# Read as this program starts: what it loads is what its files said then.
_AU_DEPART = _read_state()


def find_programme() -> str:
    """Return the fingerprint of the program that runs; empty when its files were changed since."""
    return _compute() if _read_state() == _AU_DEPART else ""


@cache
def _compute() -> str:
    found = hashlib.sha256(sys.version.encode())
    for name, version in sorted((d.name, d.version) for d in distributions()):
        found.update(f"{name}=={version}\n".encode())
    for path in sorted(path for path, _, _ in _AU_DEPART):
        found.update(f"{os.path.relpath(path, _RACINE)}\n".encode())
        found.update(hashlib.sha256(Path(path).read_bytes()).digest())
    return found.hexdigest()
