"""A number and its noun agree: « 1 dossiers » is written nowhere."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import SEUIL, TEMPLATES, parse, python_files

# Invariable, or no noun.
_SANS_PLURIEL = {
    "mois", "fois", "cas", "dans", "plus", "moins", "sans", "puis", "depuis", "hors", "après",
    "ans", "pas", "vers", "sous", "chez", "très", "jamais", "des", "les", "vous", "nous", "gives",
}  # fmt: skip
_MOT = re.compile(r"[\s\u00a0\u202f]([a-zàâéèêîôûç]{2,}s)\b")
# In a template: a variable, then a word that bears an « s ».
_GABARIT = re.compile(r"\{\{\s*([^}|]+)(?:\|nombre)?\s*\}\}[ \u00a0]([a-zàâéèêîôûç]{2,}s)\b")
# Never one: limits of the product, written in capitals, and what is told only of several.
_TOUJOURS_PLUSIEURS = {
    "limits.max", "len(found) communes", "len(rows) lignes", "e.minimum", "e.maximum",
    "jours jours",
}  # fmt: skip
_LIMITE = re.compile(r"_?[A-Z_]{4,}")


def list_disagreements(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield the line and the word of each number followed by a plural, whatever it is worth."""
    chosen = {id(s) for n in ast.walk(tree) if isinstance(n, ast.IfExp) for s in ast.walk(n)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.JoinedStr) or id(node) in chosen:
            continue
        for value, after in zip(node.values, node.values[1:], strict=False):
            if not isinstance(value, ast.FormattedValue) or not isinstance(after, ast.Constant):
                continue
            told = ast.unparse(value.value)
            found = _MOT.match(str(after.value))
            if found and found[1] not in _SANS_PLURIEL and not is_never_one(told, found[1]):
                yield node.lineno, f"{told} {found[1]}"


def is_never_one(told: str, word: str) -> bool:
    agreed = told.startswith("write_") or _LIMITE.fullmatch(told)
    return bool(agreed) or any(x in f"{told} {word}" for x in _TOUJOURS_PLUSIEURS)


def list_bad_template(source: str) -> list[str]:
    found = [(name.strip(), word) for name, word in _GABARIT.findall(source)]
    return [
        f"{name} {word}"
        for name, word in found
        if word not in _SANS_PLURIEL and not is_never_one(name, word)
    ]


def files() -> list[Path]:
    # The engines speak to whoever writes files and laws, and know no kernel.
    return [p for p in python_files() if "engines" not in p.parts]


def test_no_sentence_puts_a_plural_after_a_number_that_may_be_one() -> None:
    found = [
        f"{path.relative_to(SEUIL)}:{line} : {why}"
        for path in files()
        for line, why in list_disagreements(parse(path))
    ]

    assert found == []


def test_no_template_puts_a_plural_after_a_number() -> None:
    found = {
        str(path.relative_to(TEMPLATES)): bad
        for path in TEMPLATES.rglob("*.html")
        if (bad := list_bad_template(path.read_text(encoding="utf-8")))
    }

    assert found == {}


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("f'{n} dossiers'", True), ("f'{len(x)}\\u00a0lignes lues'", True),
        ("f'{n} mois'", False), ("f'{n} dossier'", False),
        ("'un' if n == 1 else f'{n} jours'", False),
    ],
)  # fmt: skip
def test_a_disagreement_is_seen(source: str, seen: bool) -> None:
    assert bool(list(list_disagreements(ast.parse(source)))) is seen
    assert list_bad_template("<p>{{ total|nombre }} dossiers</p>") == ["total dossiers"]
