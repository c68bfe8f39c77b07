"""No package names a table of those that stand above it, not even in a string.

Import contracts see imports; statements of SQL are texts, which only this test reads.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from django.apps import apps

from tests.architecture.sources import ROOT, SEUIL, layers, parse, python_files

_DATA = ("*.sql", "*.yaml", "*.html")


@cache
def floors() -> dict[str, int]:
    """Return the floor of each package: the higher, the later in the flow."""
    return {name: n for n, layer in enumerate(reversed(layers())) for name in layer}


@cache
def tables() -> dict[str, int]:
    """Return the floor of each table of the domain."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        if model.__module__.startswith("seuil."):
            found[model._meta.db_table] = floors()[model.__module__.split(".")[1]]
    return found


def texts_of(path: Path) -> Iterator[str]:
    """Yield the strings of a source file; the whole of any other."""
    if path.suffix != ".py":
        yield path.read_text(encoding="utf-8")
        return
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def named_above(text: str, floor: int) -> set[str]:
    """Return the tables above a floor that a text names."""
    return {w for w in re.findall(r"[a-z]+_[a-z_]+", text) if tables().get(w, 0) > floor}


def list_files() -> Iterator[Path]:
    yield from python_files()
    for pattern in _DATA:
        yield from sorted(SEUIL.rglob(pattern))


def test_no_package_names_a_table_of_those_above_it() -> None:
    found = {}
    for path in list_files():
        package = path.relative_to(SEUIL).parts[0]
        if package not in floors():
            continue
        named = {t for text in texts_of(path) for t in named_above(text, floors()[package])}
        if named:
            found[str(path.relative_to(ROOT))] = sorted(named)

    assert found == {}
    assert len(list(SEUIL.rglob("*.sql"))) >= 4


def test_a_table_named_too_low_is_seen(tmp_path: Path) -> None:
    source = tmp_path / "requete.py"
    source.write_text('SQL = f"SELECT {x} FROM public.travail_tache t, acteurs_agent a"\n')
    statement = tmp_path / "requete.sql"
    statement.write_text("GRANT SELECT ON dossiers_dossier, audit_event TO seuil_droits;")
    acteurs = floors()["acteurs"]

    assert [named_above(t, acteurs) for t in texts_of(source)] == [
        set(), {"travail_tache", "acteurs_agent"} - {"acteurs_agent"},
    ]  # fmt: skip
    assert [named_above(t, acteurs) for t in texts_of(statement)] == [{"dossiers_dossier"}]
    assert named_above("dossiers_dossier", floors()["protection"]) == set()
