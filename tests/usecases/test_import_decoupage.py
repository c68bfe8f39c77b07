"""A division from a file, by the page's journey and by the command."""

from argparse import Namespace
from datetime import date
from pathlib import Path

import pytest

from seuil.acteurs.models import Decoupage, NatureDecoupage, Secteur
from seuil.acteurs.operations.machine import Machine
from seuil.acteurs.operations.territoires import DecoupageDejaConnu
from seuil.jobs import decoupages
from seuil.kernel.refusal import Refusal
from seuil.usecases.import_decoupage import (
    ColonnesAbsentes,
    DecoupageRefuse,
    DecoupageSaisi,
    DepartementInconnu,
    NatureDifferente,
    import_decoupage,
)
from tests.factories.base import BORDEAUX, LIBOURNE, make_organisation

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)
GOOD = f"Secteur;Commune (code INSEE);Organisme\nNord;{BORDEAUX};CCAS\nSud;{LIBOURNE};\n"


@pytest.fixture
def fichier(tmp_path: Path, gironde: str) -> Path:
    make_organisation(type="ccas", nom="CCAS")
    path = tmp_path / "agences.csv"
    path.write_text(GOOD, encoding="utf-8")
    return path


def run(fichier: Path, **changes: object) -> Decoupage:
    arguments = {
        "fichier": fichier, "nom_fichier": fichier.name, "departement": "33",
        "nature": "agence_solidarite", "nom": "Agences",
    }  # fmt: skip
    saisi = DecoupageSaisi(**{**arguments, **changes})
    return import_decoupage(saisi=saisi, by=Machine("test", "33"), on=ON)


def test_a_file_becomes_a_division(fichier: Path) -> None:
    decoupage = run(fichier)

    rows = decoupage.secteurs.order_by("nom").values_list("nom", "organisation__nom", "communes")
    assert list(rows) == [("Nord", "CCAS", BORDEAUX), ("Sud", None, LIBOURNE)]


def test_nothing_is_kept_when_a_line_is_wrong(fichier: Path) -> None:
    fichier.write_text(f"{GOOD}Est;33999;\n;33004;\n", encoding="utf-8")

    with pytest.raises(DecoupageRefuse) as refusal:
        run(fichier)

    assert len(refusal.value.lignes) == 2
    assert refusal.value.lignes[0].startswith("Ligne\u00a04")
    assert not Decoupage.objects.exists()


def test_long_refusals_are_cut(fichier: Path) -> None:
    fichier.write_text("secteur;commune\n" + "Nord;00000\n" * 40, encoding="utf-8")

    with pytest.raises(DecoupageRefuse, match="10\u00a0autres lignes"):
        run(fichier)


def test_a_known_name_is_replaced_only_when_asked(fichier: Path) -> None:
    first = run(fichier)
    fichier.write_text(f"secteur,commune\nTout,{BORDEAUX}\n", encoding="utf-8")

    with pytest.raises(DecoupageDejaConnu):
        run(fichier)
    with pytest.raises(NatureDifferente):
        run(fichier, remplacer=True, nature="autre")
    assert run(fichier, remplacer=True) == first
    assert [s.nom for s in Secteur.objects.order_by("nom")] == ["Tout"]


def test_columns_and_departement_must_be_known(fichier: Path) -> None:
    with pytest.raises(DepartementInconnu):
        run(fichier, departement="00")
    fichier.write_text("agence;lieu\nNord;Bordeaux\n", encoding="utf-8")
    with pytest.raises(ColonnesAbsentes):
        run(fichier)


def test_the_command_imports_and_tells_what(
    fichier: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = Namespace(
        fichier=fichier, departement="33", nature="autre", nom="Agences", remplacer=False
    )

    assert decoupages.run(words) == 0

    assert "2\u00a0secteurs, 2\u00a0communes" in capsys.readouterr().out
    words.fichier = fichier.parent / "absent.csv"
    with pytest.raises(Refusal, match="n’existe pas"):
        decoupages.run(words)


def test_the_command_knows_every_nature() -> None:
    assert set(decoupages.NATURES) == set(NatureDecoupage.values)
