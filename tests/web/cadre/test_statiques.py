"""What a browser receives: our own style sheet is what the DSFR gives, and holds what pages use."""

import re

from seuil.web.statiques.dsfr import FEUILLE, list_referenced, write_css
from seuil.web.statiques.finder import UtilesFinder
from tests.architecture.sources import SEUIL, TEMPLATES

# Hooks of forms and icons that the DSFR styles through another class, or not at all.
_WITHOUT_STYLE = {"fr-icon--sm"}
_CLASS = re.compile(r"\bfr-(?!fr\b)[a-z0-9_-]*[a-z0-9]")


def read_classes() -> set[str]:
    texts = [p.read_text(encoding="utf-8") for p in TEMPLATES.rglob("*.html")]
    texts += [p.read_text(encoding="utf-8") for p in (SEUIL / "web" / "components").glob("*.py")]
    attributes = [m for text in texts for m in re.findall(r'class="([^"]*)"', text)]
    return {name for found in attributes for name in _CLASS.findall(found)}


def test_the_style_sheet_is_the_one_that_the_dsfr_gives() -> None:
    assert FEUILLE.read_text(encoding="utf-8") == write_css(), "faites « make statiques »"


def test_every_class_of_the_pages_is_in_the_style_sheet() -> None:
    css = FEUILLE.read_text(encoding="utf-8")
    known = set(_CLASS.findall(css))

    missing = {n for n in read_classes() if n not in known and not n.endswith("--")}
    assert missing <= _WITHOUT_STYLE, "ajoutez la partie à dsfr.yaml, puis « make statiques »"


def test_what_is_gathered_exists_and_is_little() -> None:
    gathered = list(UtilesFinder().list(None))

    assert all(storage.exists(path) for path, storage in gathered)
    assert list_referenced(FEUILLE.read_text(encoding="utf-8")) <= {path for path, _ in gathered}
    assert len(gathered) < 150
