"""`seuil importer`, as a clerk or another program runs it."""

import json
from pathlib import Path

import pytest

from seuil.dossiers.models import Dossier
from seuil.jobs.cli import main

pytestmark = pytest.mark.django_db

LISTE = (
    "Nom;Prénom;Adresse;Code postal;Commune;Date du commandement;Dette\n"
    "Lefèvre;Anne;12 rue des Lilas;33000;Bordeaux;03/11/2026;1 234,56 €\n"
    ";Karim;3 cours de la Marne;33800;Bordeaux;31/02/2026;900\n"
    "TOTAL;;;;;;2134,56\n"
)


@pytest.fixture
def liste(gironde: str, tmp_path: Path) -> Path:
    path = tmp_path / "liste.csv"
    path.write_text(LISTE, encoding="utf-8")
    return path


def run(path: Path, *options: str) -> int:
    return main(["importer", str(path), "--type", "commandement", "--departement", "33", *options])


def test_the_json_report_counts_the_data_rows_and_explains_each(liste, capsys) -> None:
    assert run(liste, "--json") == 0

    report = json.loads(capsys.readouterr().out)
    assert report["lus"] == 2
    assert (report["acceptes"], report["refuses"], report["dossiers_ouverts"]) == (1, 1, 1)
    refused = next(x for x in report["lignes"] if x["etat"] == "refuse")
    assert refused["ligne"] == 3
    assert all(m["motif"] and m["colonne"] for m in refused["motifs"])


def test_a_second_run_finds_only_duplicates(liste, capsys) -> None:
    run(liste, "--json")
    capsys.readouterr()

    run(liste, "--json")

    report = json.loads(capsys.readouterr().out)
    assert (report["acceptes"], report["doublons"]) == (0, 1)
    assert Dossier.objects.count() == 1


def test_a_simulation_leaves_nothing(liste, capsys) -> None:
    assert run(liste, "--simuler", "--json") == 0

    assert json.loads(capsys.readouterr().out)["acceptes"] == 1
    assert not Dossier.objects.exists()


def test_the_plain_report_names_line_column_and_remedy(liste, capsys) -> None:
    run(liste)

    out = capsys.readouterr().out
    assert "ligne 3, colonne « Date du commandement »" in out
    assert "2 lignes lues : 1 acceptée, 1 refusée, 0 déjà connue, 0 à vérifier." in out
    assert "1 dossier ouvert, 0 ligne rattachée à un dossier existant." in out


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("l.pdf", b"%PDF-1.7", "pdf"),
        ("l.xlsx", b"PK\x03\x04 not really", ""),
        ("l.csv", b"", "vide"),
        ("l.csv", b"Nom;Age\nLefevre;12\n", "colonne"),
    ],
)
def test_a_bad_file_is_refused_in_french_without_traceback(
    gironde, tmp_path: Path, capsys, name: str, content: bytes, told: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    assert run(path) == 1

    err = capsys.readouterr().err
    assert told in err.lower()
    assert "Traceback" not in err


def test_a_refused_file_answers_with_the_same_keys(gironde, tmp_path: Path, capsys) -> None:
    path = tmp_path / "l.csv"
    path.write_bytes(b"")

    assert run(path, "--json") == 1

    report = json.loads(capsys.readouterr().out)
    assert "vide" in report["erreur"]
    assert report["remede"]
    assert (report["lus"], report["acceptes"], report["lignes"]) == (0, 0, [])


def test_a_missing_file_and_an_unknown_departement_are_told(gironde, tmp_path, capsys) -> None:
    assert run(tmp_path / "absent.csv", "--json") == 1
    assert "introuvable" in json.loads(capsys.readouterr().out)["erreur"]

    path = tmp_path / "l.csv"
    path.write_text(LISTE, encoding="utf-8")
    code = main(["importer", str(path), "--type", "cql", "--departement", "99", "--json"])
    assert code == 1
    assert "Département inconnu" in json.loads(capsys.readouterr().out)["erreur"]
