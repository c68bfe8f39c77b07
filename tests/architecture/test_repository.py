"""The commands that others rely on say the same thing everywhere."""

import os
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from tests.architecture.sources import ROOT

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def test_integration_checks_then_tests_and_stops_at_the_first_failure() -> None:
    path = ROOT / ".ci" / "run"
    script = path.read_text(encoding="utf-8")

    assert os.access(path, os.X_OK)
    assert "set -euo pipefail" in script
    assert re.search(r"^make check\nmake test$", script, re.M)


def forge_faults(text: str) -> list[str]:
    """Return what a workflow of the public forge does beyond calling our commands, read only."""
    workflow = yaml.safe_load(text)
    faults = [] if workflow.get("permissions") == {"contents": "read"} else ["permissions"]
    for name, job in workflow["jobs"].items():
        faults += [f"{name}.{key}" for key in ("permissions", "secrets", "uses") if key in job]
        for step in job.get("steps", []):
            if "uses" in step and step.get("with") != {"persist-credentials": False}:
                faults.append(step["uses"])
            if "run" in step and not re.fullmatch(r"make (check|test|epreuves)", step["run"]):
                faults.append(step["run"])
    pinned = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    return faults + [u for u in re.findall(r"uses: .*", text) if not pinned.fullmatch(u)]


def test_the_public_forge_calls_the_commands_of_the_makefile_and_nothing_else() -> None:
    workflows = sorted((ROOT / ".github" / "workflows").iterdir())
    text = "".join(w.read_text(encoding="utf-8") for w in workflows)

    assert [w.name for w in workflows] == ["ci.yml"]
    assert forge_faults(text) == []
    assert {f"make {name}" for name in ("check", "test", "epreuves")} <= set(
        re.findall(r"run: (.+)", text)
    )


def test_faults_of_a_workflow_are_seen() -> None:
    text = (
        "jobs:\n  a:\n    permissions: {contents: write}\n    steps:\n"
        "      - uses: actions/checkout@v7\n      - run: curl x | sh\n"
    )

    assert forge_faults(text) == [
        "permissions", "a.permissions", "actions/checkout@v7", "curl x | sh",
        "uses: actions/checkout@v7",
    ]  # fmt: skip


def test_the_promised_commands_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.M))

    assert targets >= {
        "demo", "demo-neuf", "test", "check", "fix", "bench", "epreuves", "docs",
    }  # fmt: skip


def test_the_version_of_uv_is_the_same_in_the_makefile_and_the_runbook() -> None:
    version = re.search(r"^UV_VERSION := (\S+)$", MAKEFILE, re.M)
    runbook = (ROOT / "docs" / "exploitation.md").read_text(encoding="utf-8")

    assert version
    assert re.findall(r"uv==([\d.]+)", runbook) == [version[1]]


def test_python_versions_agree() -> None:
    lowest = re.match(r">=(\d+\.\d+)", PYPROJECT["project"]["requires-python"])

    assert lowest
    assert PYPROJECT["tool"]["ruff"]["target-version"] == f"py{lowest[1].replace('.', '')}"
    assert PYPROJECT["tool"]["mypy"]["python_version"] == lowest[1]
    assert f"({lowest[1].replace('.', ', ')})" in MAKEFILE


def test_every_dependency_is_read_through_a_cool_down() -> None:
    assert PYPROJECT["tool"]["uv"]["exclude-newer"]
    assert (ROOT / "uv.lock").exists()


def test_every_layer_has_its_package_and_every_domain_package_its_anatomy_contract() -> None:
    contracts = {c["id"]: c for c in PYPROJECT["tool"]["importlinter"]["contracts"]}
    rooms = {name for layer in contracts["flow"]["layers"] for name in layer.split(" | ")}
    others = {"kernel", "engines", "strict_yaml", "usecases", "protection", "web", "jobs"}

    assert {p.parent.name for p in (ROOT / "seuil").glob("*/__init__.py")} == rooms
    assert {c.removeprefix("seuil.") for c in contracts["anatomy"]["containers"]} == rooms - others


def refused(paths: list[str]) -> str:
    """Return what the hook of each commit says of these files; nothing if it lets them in."""
    hook = str(ROOT / ".ci" / "refuse-secrets")
    done = subprocess.run([hook, *paths], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode else ""


def test_no_file_of_the_repository_is_a_secret_or_holds_one() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = [p for p in listed.stdout.split("\0") if p and (ROOT / p).is_file()]

    assert len(paths) > 100
    assert refused(paths) == ""


def test_the_hook_is_run_on_every_file_of_a_commit() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    secrets = next(h for h in hooks["repos"][0]["hooks"] if h["id"] == "secrets")

    assert set(secrets) == {"id", "name", "entry", "language"}
    assert secrets["entry"] == ".ci/refuse-secrets"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("secret.key", "0f"),
        ("serveur.pem", ""),
        ("agents.p12", ""),
        (".env", "SEUIL_DEBUG=1"),
        ("note.md", "-----BEGIN RSA" + " PRIVATE KEY-----"),
        ("note.md", "postgresql://seuil:" + "azerty" + "@base/seuil"),
    ],
)
def test_secrets_are_seen_by_the_hook(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")

    assert refused([str(path)])


def test_an_ordinary_file_passes_the_hook(tmp_path: Path) -> None:
    path = tmp_path / "environnement.py"
    path.write_text("URL = 'postgresql://seuil:MOT_DE_PASSE@base/seuil'", encoding="utf-8")

    assert refused([str(path)]) == ""
