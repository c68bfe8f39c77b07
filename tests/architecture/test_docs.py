"""The documents say what the code says."""

import importlib.util
import re
from pathlib import Path

import pytest
from django.apps import apps

from seuil.web.donnees.markdown import MESURES
from tests.architecture.sources import ROOT, domain_packages, layers

GLOSSAIRE = (ROOT / "docs" / "glossaire.md").read_text(encoding="utf-8")
DOCUMENTS = sorted(
    [p for p in ROOT.glob("*.md") if p.is_file()] + list((ROOT / "docs").rglob("*.md"))
)
MODELS = [m for m in apps.get_models() if m.__module__.startswith("seuil.")]
TARGETS = re.findall(r"^([a-z-]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)


def missing_links(text: str, folder: Path) -> list[str]:
    """Return the relative links that lead nowhere."""
    links = re.findall(r"\]\(([^)\s#]+)[^)]*\)", text)
    return [
        link
        for link in links
        if not re.match(r"[a-z]+:", link) and not (folder / link).resolve().exists()
    ]


def unknown_targets(text: str) -> set[str]:
    """Return the `make x` of a document that the Makefile does not have."""
    named = set(re.findall(r"`make ([a-z-]+)", text)) | set(
        re.findall(r"^make ([a-z-]+)", text, re.M)
    )
    return named - set(TARGETS)


def glossary_names() -> set[str]:
    return set(re.findall(r"`([A-Za-z_]+)`", GLOSSAIRE))


@pytest.mark.parametrize("name", [m.__name__ for m in MODELS])
def test_every_table_is_in_the_glossary(name: str) -> None:
    assert name in glossary_names()


@pytest.mark.parametrize("name", domain_packages())
def test_every_domain_package_is_in_the_glossary(name: str) -> None:
    assert name in glossary_names()


def test_the_glossary_names_no_table_that_is_gone() -> None:
    named = {n for n in glossary_names() if re.fullmatch(r"[A-Z][a-z]\w+", n)}

    # Besoin and Remise are values, Matrice and Relation are read from a file; Majuscule is the
    # legend's example.
    apart = {"Besoin", "Majuscule", "Matrice", "Relation", "Remise"}
    assert named - {m.__name__ for m in MODELS} == apart


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert missing_links(text, path.parent) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_command_that_is_named_exists(path: Path) -> None:
    assert unknown_targets(path.read_text(encoding="utf-8")) == set()


def test_the_architecture_page_shows_the_layers_that_are_enforced() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    shown = re.search(r"```\n(web \| jobs\n.*?)```", page, re.S)

    assert shown
    assert shown[1].splitlines() == [" | ".join(layer) for layer in layers()]


def test_every_setting_of_the_environment_is_documented() -> None:
    code = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "config").glob("*.py"))
    code += (ROOT / "seuil" / "kernel" / "clock.py").read_text(encoding="utf-8")
    page = (ROOT / "docs" / "exploitation.md").read_text(encoding="utf-8")
    names = set(re.findall(r"[\"'](SEUIL_[A-Z_]+|DATABASE_URL)[\"']", code))

    # Not for the one who runs an instance: which database the tests use.
    assert {n for n in names - {"SEUIL_TEST_DB"} if f"`{n}`" not in page} == set()
    assert len(names) > 10


def test_decisions_are_numbered_without_gap_and_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted(p.name for p in folder.glob("[0-9]*.md"))
    index = (folder / "README.md").read_text(encoding="utf-8")

    assert [int(name[:4]) for name in pages] == list(range(1, len(pages) + 1))
    assert [name for name in pages if f"({name})" not in index] == []
    for name in pages:
        text = (folder / name).read_text(encoding="utf-8")
        assert re.findall(r"^## (.+)$", text, re.M) == ["Context", "Decision", "Consequences"]
        assert "Status: " in text


def test_at_most_five_building_sites_are_open() -> None:
    page = (ROOT / "docs" / "chantiers.md").read_text(encoding="utf-8")

    assert 0 < len(re.findall(r"^\d+\. ", page, re.M)) <= 5


def test_the_page_on_personal_data_says_what_the_code_says() -> None:
    path = ROOT / "docs" / "generer.py"
    spec = importlib.util.spec_from_file_location("generer", path)
    assert spec
    assert spec.loader
    generer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(generer)

    written = generer.PAGE.read_text(encoding="utf-8")

    assert written == generer.render_page(), "lancez « make docs »"
    assert generer.AIPD.read_text(encoding="utf-8") == generer.render_aipd(), "lancez « make docs »"


def test_the_tests_that_the_impact_analysis_names_exist() -> None:
    named = {path for mesure in MESURES for path in mesure.essais}

    assert {path for path in named if not (ROOT / path).exists()} == set()
    assert named


def test_the_licence_is_the_whole_text() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")

    assert text.lstrip().startswith("GNU AFFERO GENERAL PUBLIC LICENSE")
    assert "17. Interpretation of Sections 15 and 16." in text
    assert len(text) == 34_523


def test_faults_of_a_document_are_seen() -> None:
    text = "[a](absent.md) [b](https://exemple.invalid/x) [c](README.md#titre) `make perdu`"

    assert missing_links(text, ROOT) == ["absent.md"]
    assert unknown_targets(text) == {"perdu"}
    assert "test" in TARGETS
