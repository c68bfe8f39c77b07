"""The source tree, as the tests of architecture read it."""

import ast
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SEUIL = ROOT / "seuil"
TEMPLATES = SEUIL / "web" / "templates"
# The four homes of a domain package: each a file, or a folder of nouns.
HOMES = ("models", "rules", "queries", "operations")
# Rooms whose files are free: they are no domain package.
_OTHER_ROOMS = {"kernel", "engines", "strict_yaml", "usecases", "protection", "web", "jobs"}


@cache
def layers() -> list[list[str]]:
    """Return the layers of pyproject.toml, top first; siblings share a list."""
    contracts = _pyproject()["tool"]["importlinter"]["contracts"]
    flow = next(c for c in contracts if c["id"] == "flow")
    return [[name.strip() for name in layer.split("|")] for layer in flow["layers"]]


@cache
def _pyproject() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def domain_packages() -> list[str]:
    """Return the names of the domain packages, upstream first."""
    names = [name for layer in reversed(layers()) for name in layer]
    return [name for name in names if name not in _OTHER_ROOMS]


def python_files(*, under: Path = SEUIL) -> Iterator[Path]:
    """Yield the source files, without migrations."""
    for path in sorted(under.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path


def home_of(path: Path) -> str:
    """Return the home (HOMES) that a file of a domain package belongs to; empty: none.

    `travail/rules.py` and `travail/rules/devoirs.py` are both of the home `rules`.
    """
    parts = path.relative_to(SEUIL).parts
    if len(parts) == 3 and parts[1] in HOMES and parts[2].endswith(".py"):
        return parts[1]
    name = parts[-1].removesuffix(".py")
    return name if len(parts) == 2 and name in HOMES else ""


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def public_functions(tree: ast.Module) -> list[ast.FunctionDef]:
    return [n for n in tree.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
