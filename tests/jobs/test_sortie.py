"""What a command writes, whatever the terminal, the disk or the program that reads it."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from seuil.jobs.cli import _build_parser

ROOT = Path(__file__).resolve().parents[2]
# Called so that each is refused.
REFUSED = {
    "droit": ["droit", "Z9"],
    "delai": ["delai", "--depuis", "2026-01-01"],
    "impaye": ["impaye", "--loyer", "abc"],
    "importer": ["importer", "absent.csv", "--type", "cql", "--departement", "33"],
    "annuaire importer": ["annuaire", "importer", "absent.json", "--departement", "33"],
    "territoire importer": ["territoire", "importer", "absent.csv", "--departement", "33"],
    "rgpd purge": ["rgpd", "purge", "--departement", "33", "--au", "2090-01-01"],
}
REGLES = ["droit", "regles"]


def run(
    *words: str, encoding: str = "utf-8", stdout: object = subprocess.PIPE
) -> subprocess.CompletedProcess[bytes]:
    """Run the command as a terminal of that encoding would."""
    return subprocess.run(
        [sys.executable, "-m", "seuil.jobs.cli", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        stdout=stdout,  # type: ignore[call-overload]
        stderr=subprocess.PIPE,
        check=False,
    )


def list_json_commands(parser: argparse.ArgumentParser, path: str = "") -> set[str]:
    """Return the commands that take --json."""
    found = {path} if any(a.dest == "as_json" for a in parser._actions) else set()
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, child in action.choices.items():
                found |= list_json_commands(child, f"{path} {name}".strip())
    return found


def test_every_command_that_speaks_json_is_tried_here() -> None:
    assert list_json_commands(_build_parser()) == set(REFUSED)


@pytest.mark.parametrize("words", [["droit", "Z9"], ["impaye", "--loyer", "abc"]])
def test_a_refusal_is_an_object_too_with_the_same_keys(words: list[str]) -> None:
    done = run(*words, "--json")

    assert done.returncode == 1
    said = json.loads(done.stdout)
    assert set(said) == {"version", "erreur", "remede"}
    assert said["erreur"]
    assert done.stderr == b""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "name", ["importer", "annuaire importer", "territoire importer", "rgpd purge", "delai"]
)
def test_a_refusal_of_any_command_says_its_error(
    name: str, gironde: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    from seuil.jobs import cli

    arguments = _build_parser().parse_args([*REFUSED[name], "--json"])

    assert cli._run(arguments) == 1
    assert json.loads(capfdbinary.readouterr().out)["erreur"]


@pytest.mark.parametrize("encoding", ["ascii", "iso8859-15", "cp1252", "utf-8"])
def test_json_is_utf_8_and_text_is_readable_on_any_terminal(encoding: str) -> None:
    asked = ["droit", "A1", "--depuis", "2026-03-02"]

    read = json.loads(run(*asked, "--json", encoding=encoding).stdout.decode("utf-8"))
    told = run(*asked, encoding=encoding)

    assert read["regle"] == "A1"
    assert "é" in json.dumps(read, ensure_ascii=False)
    assert told.returncode == 0, told.stderr
    assert b"2026" in told.stdout


def test_the_list_of_rules_speaks_json() -> None:
    assert {"regle", "libelle", "lignes"} <= set(
        json.loads(run(*REGLES, "--json").stdout)["regles"][0]
    )


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_report_that_cannot_be_written_is_not_called_undone(options: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = run(*REGLES, *options, stdout=full)

    assert done.returncode == 1
    said = done.stderr.decode()
    assert "compte rendu" in said
    assert "disque plein" in said
    assert "rien d’inachevé" not in said


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_program_that_stops_reading_hears_nothing(options: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as closed:
        done = run(*REGLES, *options, stdout=closed)

    assert done.stderr == b""
