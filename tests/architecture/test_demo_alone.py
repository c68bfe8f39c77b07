"""The demonstration goes by the doors of everybody: nothing is written for it alone."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.architecture.sources import ROOT, SEUIL, home_of, parse, public_functions, python_files
from tests.architecture.test_dead_names import find_words

DEMO = SEUIL / "jobs" / "demo"
# Its own business, and why nobody else wants it.
A_ELLE = {
    "record_mot_de_passe_commun": "one published password, for invented accounts alone",
    "refresh_postponed": "writes no fact: what is computed is drawn once a month, not once a fact",
}


def list_writers() -> Iterator[Path]:
    """Yield the files that hold what writes: the operations of the packages, the use cases."""
    for path in python_files():
        if home_of(path) == "operations" or path.is_relative_to(SEUIL / "usecases"):
            yield path


def find_demo_alone(
    writers: Mapping[str, ast.Module], others: Mapping[str, ast.Module]
) -> list[str]:
    """Return the public functions of the writers that no other module refers to."""
    used = {w for tree in (*writers.values(), *others.values()) for w in find_words(tree)}
    return [
        f"{path} : {f.name}"
        for path, tree in writers.items()
        for f in public_functions(tree)
        if f.name not in used
    ]


def read(paths: Iterator[Path]) -> dict[str, ast.Module]:
    return {str(p.relative_to(ROOT)): parse(p) for p in paths}


def test_no_operation_serves_the_demonstration_alone() -> None:
    writers = read(list_writers())
    others = read(p for p in python_files() if not p.is_relative_to(DEMO))

    assert len(writers) > 60
    found = find_demo_alone(writers, others)
    assert [f for f in found if f.partition(" : ")[2] not in A_ELLE] == []
    # A name that is no longer its own leaves the table.
    assert {f.partition(" : ")[2] for f in found} == set(A_ELLE)


def test_an_operation_of_the_demonstration_alone_is_seen() -> None:
    writers = {
        "a": ast.parse(
            'def create_x(*, by, on):\n    "X."\n\ndef create_y(*, by, on):\n    "Y."\n'
            "    _write()\n\ndef _write(): ...\n"
        )
    }
    others = {"page": ast.parse("from a import create_x, create_y\ncreate_y(by=1, on=2)\n")}

    assert find_demo_alone(writers, others) == ["a : create_x"]
