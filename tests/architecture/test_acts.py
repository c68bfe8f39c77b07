"""Whoever reads acts leaves aside those that were withdrawn, but for the page that shows them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import SEUIL, parse, python_files

# Reads all of them, to show what was withdrawn, to write, or to give a person what is kept.
WHOLE = {
    "seuil/actes/queries.py": 3,
    "seuil/actes/operations/actes.py": 2,
    "seuil/echeances/queries/retraits.py": 2,
    "seuil/web/agenda/annulations.py": 3,
    "seuil/web/agenda/revisions.py": 1,
}
READS = re.compile(r"\b(?:FROM|JOIN)\s+(?:public\.)?actes_acte(?:\s+(?!WHERE)(\w+))?")


def find_whole_reads(tree: ast.Module) -> Iterator[str]:
    """Yield the readings of acts that do not leave aside those that were withdrawn."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from _find_in_sql(node.value)
        elif isinstance(node, ast.Attribute) and ast.unparse(node.value) in {
            "Acte.objects", "dossier.actes", "lot.actes",
        } and node.attr != "en_vigueur":  # fmt: skip
            yield f"{ast.unparse(node)}, sans en_vigueur()"


def _find_in_sql(text: str) -> Iterator[str]:
    for found in READS.finditer(text):
        alias = f"{found[1]}." if found[1] and found[1] != "WHERE" else ""
        if not re.search(rf"(?<!\w){re.escape(alias)}retire_le IS NULL", text[found.end() :]):
            yield f"{found[0]}, sans {alias}retire_le IS NULL"


@pytest.mark.parametrize(
    "path", list(python_files()), ids=lambda p: str(p.relative_to(SEUIL.parent))
)
def test_whoever_reads_acts_leaves_aside_those_withdrawn(path: Path) -> None:
    name = str(path.relative_to(SEUIL.parent))

    found = list(find_whole_reads(parse(path)))

    assert len(found) == WHOLE.get(name, 0), found


def test_no_sql_file_reads_acts_by_itself() -> None:
    assert not [p for p in SEUIL.rglob("*.sql") if "actes_acte" in p.read_text(encoding="utf-8")]


@pytest.mark.parametrize(
    "fault",
    [
        "Acte.objects.filter(type='cql')",
        "dossier.actes.all()",
        "q = 'SELECT 1 FROM actes_acte a WHERE a.dossier_id = d.id'",
        "q = 'SELECT 1 FROM actes_acte a WHERE b.retire_le IS NULL'",
        "q = 'SELECT type FROM actes_acte WHERE dossier_id = 1'",
        "q = 'SELECT 1 FROM x LEFT JOIN actes_acte a ON a.dossier_id = x.id'",
    ],
)
def test_a_planted_fault_is_seen(fault: str) -> None:
    assert list(find_whole_reads(ast.parse(fault)))


@pytest.mark.parametrize(
    "right",
    [
        "Acte.objects.en_vigueur().filter(type='cql')",
        "q = 'SELECT 1 FROM actes_acte a WHERE a.dossier_id = d.id AND a.retire_le IS NULL'",
        "q = 'SELECT type FROM actes_acte WHERE retire_le IS NULL'",
    ],
)
def test_what_is_right_is_let_be(right: str) -> None:
    assert not list(find_whole_reads(ast.parse(right)))
