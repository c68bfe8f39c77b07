"""The documents say what the code says."""

import importlib.util
import re
import tomllib
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

from seuil.web.donnees.markdown import MESURES
from tests.architecture.sources import ROOT, domain_packages, layers

BATTERIE = (ROOT / "docs" / "epreuves" / "batterie.md").read_text(encoding="utf-8")
GLOSSAIRE = (ROOT / "docs" / "glossaire.md").read_text(encoding="utf-8")
# What is ours: not the environment, not the data of this machine, not what tools keep.
ROOMS = ("seuil", "tests", "docs", "config", "bench", ".ci", ".github")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(p for r in ROOMS for p in (ROOT / r).rglob("*.md"))])
# A report says what was true of the commit that it names; so does a superseded decision.
PAST = re.compile(r"docs/epreuves/\d{4}-")
FILE = re.compile(r"[\w<>*./-]+\.(?:py|ya?ml|md|toml|sql|html|csv|js|css|lock|sh|json)")
FOLDER = re.compile(rf"([\w<>*.-]+/)+|({'|'.join(map(re.escape, ROOMS))})/[\w<>*./-]+")
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


@cache
def our_paths() -> str:
    """Return every file and folder of the repository, one a line, each from its root."""
    found = [p for p in ROOT.iterdir() if p.is_file()]
    for room in ROOMS:
        found += [ROOT / room, *(ROOT / room).rglob("*")]
    return "".join(f"/{p.relative_to(ROOT).as_posix()}\n" for p in found)


def missing_paths(text: str) -> list[str]:
    """Return what a document names in backticks as a file or a folder, and that is nowhere.

    A path may begin anywhere (`web/journal.py`); `<package>` and `*` stand for any name.
    """
    # A block shows commands and their output: its paths are those of the reader's machine.
    named = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.S | re.M))
    return [
        path
        for path in named
        if (FILE.fullmatch(path) or FOLDER.fullmatch(path))
        and not path.startswith(("/", "var/", "SEUIL_DATA/"))
        and not re.search(f"/{as_pattern(path)}$", our_paths(), re.M)
    ]


def as_pattern(path: str) -> str:
    parts = re.split(r"<\w+>|\*", path.removeprefix("../").rstrip("/"))
    return "[^/\n]+".join(re.escape(part) for part in parts)


def is_past(path: Path, text: str) -> bool:
    """Tell whether a document speaks of a day that is over."""
    return bool(
        PAST.match(path.relative_to(ROOT).as_posix())
        or re.search(r"^Status: superseded", text, re.M)
    )


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
def test_every_file_that_is_named_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    assert is_past(path, text) or missing_paths(text) == []


def cited_proofs() -> set[str]:
    """Return the numbers of proofs that the code and the documents cite."""
    sources = [*DOCUMENTS, *(p for r in ("seuil", "tests") for p in (ROOT / r).rglob("*.py"))]
    return {n for p in sources for n in re.findall(r"\bT\d\d\b", p.read_text(encoding="utf-8"))}


def test_every_proof_that_is_cited_is_in_the_battery() -> None:
    lines = re.findall(r"^\| (T[^|]*) \|", BATTERIE, re.M)
    known = [n for line in lines for n in line.split(", ")]

    assert sorted(known) == [f"T{n:02}" for n in range(1, 45)]
    # Cited nowhere but here: it shows that an unknown number is seen.
    assert cited_proofs() - set(known) == {"T99"}


def read_versions(text: str) -> list[tuple[tuple[int, ...], date]]:
    """Return the versions of a list of changes and their days, as they are written."""
    heads = re.findall(r"^## (.+)$", text, re.M)
    found = [re.fullmatch(r"(\d+)\.(\d+)\.(\d+) — (\d{4}-\d\d-\d\d)", head) for head in heads]
    if not all(found):
        raise ValueError(heads)
    return [(tuple(map(int, m.groups()[:3])), date.fromisoformat(m[4])) for m in found if m]


def test_changes_are_one_list_of_dated_versions() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = read_versions(text)

    assert versions == sorted(versions, reverse=True)
    assert len({number for number, _ in versions}) == len(versions)
    last = ".".join(map(str, versions[0][0]))
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert pyproject["project"]["version"] == last
    assert f"softwareVersion: {last}\n" in (ROOT / "publiccode.yml").read_text(encoding="utf-8")


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
    text = (
        "[a](absent.md) [b](https://exemple.invalid/x) [c](README.md#titre) `make perdu`\n"
        "`acteurs/acces.yaml` `acteurs/matrice.yaml` `<package>/models.py` `<package>/perdu.py`\n"
        "`seuil/perdu/` `seuil/audit/` `tests/perdu` `tests/acces` `var/pg/` `SEUIL_DATA/x.yaml`\n"
        "`_controles_*.py` `_perdus_*.py` `journal.py` `ournal.py` `/agenda/ics/`\n"
        "```\ncp `perdu.yaml` /tmp\n```\n"
    )

    assert missing_links(text, ROOT) == ["absent.md"]
    assert unknown_targets(text) == {"perdu"}
    assert missing_paths(text) == [
        "acteurs/acces.yaml", "<package>/perdu.py", "seuil/perdu/", "tests/perdu",
        "_perdus_*.py", "ournal.py",
    ]  # fmt: skip
    assert "test" in TARGETS
    with pytest.raises(ValueError, match="Non publié"):
        read_versions("## Non publié\n\n## 0.1.0 — 2026-11-21\n")
