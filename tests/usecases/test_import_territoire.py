"""INSEE's housing base gives the private rented stock of each commune."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse

from seuil.acteurs.models import Agent, ParcCommunal
from seuil.acteurs.queries import list_parcs_prives
from seuil.engines.tabular import FileRefused
from seuil.jobs.cli import main
from seuil.usecases.import_territoire import RienLu, prepare_territoire
from tests.factories.base import BORDEAUX, LIBOURNE
from tests.harness.client import StrictClient

TITRES = "CODGEO;P22_RP;P22_RP_LOC;P22_RP_LOCHLMV;P16_RP_LOC;P16_RP_LOCHLMV\n"
LIGNES = f"{BORDEAUX};9;1000.4;250,2;900;200\n{LIBOURNE};9;300;50;280;40\n75056;9;9;9;9;9\n"


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "base-cc-logement-2022.csv"
    path.write_text(TITRES + LIGNES, encoding="utf-8")
    return path


def test_the_private_stock_is_what_is_rented_outside_of_social_housing(
    secretaire: Agent, client_de: Callable[[object], StrictClient], base: Path
) -> None:
    for _ in range(2):
        assert main(["territoire", "importer", str(base), "--date", "2026-07-01"]) == 0

    assert ParcCommunal.objects.count() == 4
    annee, parcs = list_parcs_prives(agent=secretaire)
    assert annee == 2022
    assert {p.nom: (p.nombre, p.part) for p in parcs} == {
        "Bordeaux": (750, 75), "Libourne": (250, 25),
    }  # fmt: skip
    page = client_de(secretaire).get(reverse("departement")).content.decode()
    assert "base-cc-logement-2022.csv" in page
    assert "Parc locatif privé" in page


def test_a_line_that_cannot_be_is_refused_alone(gironde: str, base: Path) -> None:
    base.write_text(
        TITRES + f"{BORDEAUX};9;10;20;900;200\n33999;9;1;1;1;1\n{LIBOURNE};9;s;1;280;40\n",
        encoding="utf-8",
    )

    lecture = prepare_territoire(
        path=base, departement="33", fichier=base.name, fichier_le=date(2026, 7, 1)
    )

    assert [(r.numero, r.colonne) for r in lecture.refus] == [
        (2, "P22_RP_LOC"), (3, "CODGEO"), (4, "P22_RP_LOC"),
    ]  # fmt: skip
    assert lecture.annees == [2016]


def test_another_file_is_refused(gironde: str, base: Path) -> None:
    for text, refusal in (("A;B\n1;2\n", FileRefused), ("CODGEO;X\n33063;1\n", RienLu)):
        base.write_text(text, encoding="utf-8")
        with pytest.raises(refusal):
            prepare_territoire(
                path=base, departement="33", fichier=base.name, fichier_le=date(2026, 7, 1)
            )
