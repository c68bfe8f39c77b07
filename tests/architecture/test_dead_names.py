"""What nothing refers to is not kept: an index of the words of the source."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.sources import ROOT, SEUIL, parse, python_files

# Registered by a decorator, or found by its base or its name: nobody has to write it again.
REGISTERED = {"task", "periodic", "filter", "simple_tag", "inclusion_tag"}
FOUND = {"AppConfig"}
CALLED_BY_DJANGO = {"urlpatterns"}
# Written and read by journal.sql alone, under the name of its table.
TABLES = {"Sceau"}
WORD = re.compile(r"[A-Za-z_]\w+")


def find_names(tree: ast.Module) -> Iterator[str]:
    """Yield what a module defines at its top, for others or for itself."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            words = {w for d in node.decorator_list for w in WORD.findall(ast.unparse(d))}
            bases = {w for b in getattr(node, "bases", []) for w in WORD.findall(ast.unparse(b))}
            if not words & REGISTERED and not bases & FOUND:
                yield node.name
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = (n for t in targets for n in ast.walk(t) if isinstance(n, ast.Name))
            yield from (n.id for n in names if not n.id.startswith("__"))


def find_words(tree: ast.Module) -> Iterator[str]:
    """Yield the words by which a module refers to something: never in a docstring or an import."""
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and id(node) not in said:
            yield from WORD.findall(node.value if isinstance(node.value, str) else "")


def find_dead(modules: dict[str, ast.Module], words: set[str]) -> list[str]:
    """Return the names that no module nor any of these words refers to."""
    used = words.union(*(find_words(tree) for tree in modules.values()))
    return [
        f"{path} : {name}"
        for path, tree in modules.items()
        for name in find_names(tree)
        if name not in used
    ]


def test_every_name_of_the_source_serves_somewhere() -> None:
    elsewhere = [*python_files(under=ROOT / "config"), *python_files(under=ROOT / "bench")]
    elsewhere.append(ROOT / "docs" / "generer.py")
    words = {w for path in elsewhere for w in find_words(parse(path))}
    data = [p for kind in ("html", "yaml", "sql") for p in SEUIL.rglob(f"*.{kind}")]
    for path in [*data, ROOT / "pyproject.toml"]:
        words.update(WORD.findall(path.read_text(encoding="utf-8")))
    modules = {str(p.relative_to(ROOT)): parse(p) for p in python_files()}

    assert len(modules) > 150
    assert find_dead(modules, words | CALLED_BY_DJANGO | TABLES) == []


def test_a_name_that_nothing_refers_to_is_seen() -> None:
    modules = {
        "a": ast.parse(
            'MOIS = 12\nJOURS: int = 3\ndef lire():\n    "Lire, de MOIS."\n    return JOURS\n'
            "@app.task\ndef nuit(): ...\nclass Config(AppConfig): ...\n"
        ),
        "b": ast.parse("from a import MOIS, lire\n_perdu = b.ecrit\n__all__ = ['facade']\n"),
    }

    assert find_dead(modules, set()) == ["a : MOIS", "a : lire", "b : _perdu"]
    assert find_dead(modules, {"MOIS", "lire", "_perdu"}) == []
