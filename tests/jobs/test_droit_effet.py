"""`seuil droit effet`, as a jurist or another program runs it."""

import json
from datetime import date
from pathlib import Path

import pytest

from seuil.echeances.models import Echeance
from seuil.engines import droit
from seuil.jobs.cli import main
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.factories.base import make_acte, make_dossier

pytestmark = pytest.mark.django_db


@pytest.fixture
def huit(gironde: str, tmp_path: Path) -> Path:
    """A file that says eight weeks, and one open dossier that it moves."""
    found = make_dossier()
    make_acte(dossier=found, type="commandement", survenu_le=date(2026, 11, 2))
    refresh_dossiers(dossier_ids=[found.pk], on=date(2026, 11, 21))
    path = tmp_path / "A1.yaml"
    text = droit.read_fichier("A1").replace("n: 6\n    unit: semaines", "n: 8\n    unit: semaines")
    path.write_text(text, encoding="utf-8")
    return path


def run(*options: object) -> int:
    return main(["droit", "effet", *map(str, options)])


def test_the_effect_is_printed_in_french_and_nothing_is_kept(
    huit: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = list(Echeance.objects.order_by("pk").values())

    assert run("--parametres", huit, "--departement", "33") == 0

    out = capsys.readouterr().out.replace("\u00a0", " ")
    assert "A1 — Fin du délai pour payer (clause résolutoire)" in out
    assert "dates : 1, bougent : 1, de +14 à +14 jours (médiane +14)" in out
    assert out.endswith("Rien n’est enregistré.\n")
    assert list(Echeance.objects.order_by("pk").values()) == before


def test_the_json_says_the_same_for_a_folder(
    huit: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--parametres", huit.parent, "--departement", "33", "--json") == 0

    report = json.loads(capsys.readouterr().out)
    assert (report["departement"], report["bougent"], report["perdues"]) == ("33", 1, 0)
    assert [(r["regle"], r["mediane"], r["dans_les_parametres"]) for r in report["regles"]] == [
        ("A1", 14, True)
    ]


def test_the_law_in_force_moves_nothing(huit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    huit.write_text(droit.read_fichier("A1"), encoding="utf-8")

    assert run("--parametres", huit, "--departement", "33") == 0
    assert "Aucune date ne bouge." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ([], "Il manque --departement"),
        (["--departement", "99"], "Le département 99 n’existe pas"),
        (["--departement", "Gironde"], "Département inconnu"),
    ],
)
def test_a_place_that_is_not_known_is_refused(
    huit: Path, place: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--parametres", huit, *place) == 1

    printed = capsys.readouterr()
    assert message in printed.err
    assert printed.out == ""


def test_a_faulty_parameter_is_refused_with_its_line(
    huit: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = huit.read_text(encoding="utf-8").splitlines()
    lines[lines.index("    unit: semaines")] = "    unit: lunes"
    huit.write_text("\n".join(lines), encoding="utf-8")

    assert run("--parametres", huit, "--departement", "33") == 1

    wanted = f"A1.yaml, ligne {lines.index('    unit: lunes') + 1}"
    assert wanted in capsys.readouterr().err


@pytest.mark.parametrize("name", ["absent.yaml", "vide"])
def test_parameters_that_are_not_there_are_refused(
    gironde: str, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "vide").mkdir()

    assert run("--parametres", tmp_path / name, "--departement", "33") == 1
    assert "ucun fichier" in capsys.readouterr().err


def test_the_parameters_are_asked(gironde: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--departement", "33") == 1
    assert "Il manque --parametres" in capsys.readouterr().err
