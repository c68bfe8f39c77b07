"""`seuil rgpd`, as an officer or a nightly task runs it."""

import json
from datetime import date
from pathlib import Path

import pytest

from seuil.acteurs.models import Agent, Organisation
from seuil.conservation.models import DemandeDroit, Gel, ResteAnonyme
from seuil.dossiers.models import Dossier, Personne
from seuil.jobs import tasks
from seuil.jobs.cli import main
from tests.factories.base import make_dossier
from tests.factories.conservation import JETON, make_dossier_complet

pytestmark = pytest.mark.django_db


@pytest.fixture
def complet(
    operateur: Organisation, chef_equipe: Agent, settings: object, tmp_path: Path
) -> Dossier:
    settings.SEUIL_DOCUMENTS = tmp_path / "documents"
    return make_dossier_complet(operateur=operateur, agent=chef_equipe)


def test_a_simulated_purge_says_per_rule_what_would_go_and_what_is_held(
    complet: Dossier, capsys: pytest.CaptureFixture[str]
) -> None:
    held = make_dossier(ouvert_le=date(2021, 1, 4))
    Dossier.objects.filter(pk=held.pk).update(limite_le=date(2022, 1, 1))

    assert main(["rgpd", "purge", "--departement", "33", "--simuler"]) == 0

    out = capsys.readouterr().out
    assert "Simulation\xa0: rien n’est effacé." in out
    assert "2\xa0ans après\xa0: dernier contact avec le ménage" in out
    assert "contacts_contact\xa0: 3" in out
    assert "Durée passée, mais retenus\xa0: 1" in out
    assert f"{held.numero}\xa0: traitement limité" in out
    assert Dossier.objects.count() == 2


def test_a_purge_as_json_is_read_by_a_program(
    complet: Dossier, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rgpd", "purge", "--departement", "33", "--json"]) == 0

    report = json.loads(capsys.readouterr().out)
    assert (report["dossiers"], report["simulation"], report["retenus"]) == (1, False, [])
    assert report["lignes"]["dossiers_dossier"] == 1
    assert not Dossier.objects.exists()
    assert ResteAnonyme.objects.count() == 1


def test_a_purge_of_a_day_to_come_is_only_simulated(
    complet: Dossier, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["rgpd", "purge", "--departement", "33", "--au", "2030-01-01"]

    assert main(asked) == 1
    assert "--simuler" in capsys.readouterr().err
    assert main([*asked, "--simuler"]) == 0
    assert Dossier.objects.exists()


def test_on_an_earlier_day_nothing_is_due(
    complet: Dossier, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rgpd", "purge", "--departement", "33", "--au", "2022-01-01", "--json"]) == 0

    assert json.loads(capsys.readouterr().out)["dossiers"] == 0


def test_the_nightly_task_purges(complet: Dossier) -> None:
    tasks.purge_all(0)

    assert not Dossier.objects.exists()


def test_a_pack_is_written_for_its_reader_alone(
    complet: Dossier, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "remise"

    code = main([
        "rgpd", "acces", "--dossier", complet.numero, "--personne", "1", "--sortie", str(out),
        "--pieces",
    ])  # fmt: skip

    assert code == 0
    assert {p.name for p in out.iterdir()} == {
        "donnees.html", "donnees.csv", "donnees.json", "piece-1",
    }  # fmt: skip
    assert all(p.stat().st_mode & 0o077 == 0 for p in out.iterdir())
    told = capsys.readouterr().out
    assert "À relire avant de remettre" in told
    assert "non remis" in told
    assert JETON in (out / "donnees.html").read_text(encoding="utf-8")
    # A second pack never mixes with the first.
    assert main([
        "rgpd", "acces", "--dossier", complet.numero, "--personne", "1", "--sortie", str(out),
    ]) == 1  # fmt: skip
    assert "n’est pas vide" in capsys.readouterr().err


def test_a_rectification_says_whom_to_tell(
    secretaire: Agent, capsys: pytest.CaptureFixture[str]
) -> None:
    dossier = make_dossier()

    code = main([
        "rgpd", "rectification", "--dossier", dossier.numero, "--table", "personne",
        "--champ", "prenom", "--valeur", "Juste", "--motif", "Erreur de saisie",
    ])  # fmt: skip

    assert code == 0
    out = capsys.readouterr().out
    assert "À prévenir (RGPD, art. 19)" in out
    assert secretaire.organisation.nom in out
    assert Personne.objects.get(dossier=dossier).prenom == "Juste"


def test_a_limitation_is_put_then_lifted(gironde: str, capsys: pytest.CaptureFixture[str]) -> None:
    dossier = make_dossier()
    asked = ["rgpd", "limitation", "--dossier", dossier.numero]

    assert main([*asked, "--motif", "Exactitude contestée"]) == 0
    assert Dossier.objects.get().limite_le is not None
    assert DemandeDroit.objects.get().droit == "limitation"
    assert main([*asked, "--motif", "encore"]) == 1
    assert main([*asked, "--lever"]) == 0
    assert Dossier.objects.get().limite_le is None
    assert "Traitement limité" in capsys.readouterr().out


def test_a_hold_is_put_then_lifted(gironde: str, capsys: pytest.CaptureFixture[str]) -> None:
    dossier = make_dossier()
    asked = ["rgpd", "gel", "--dossier", dossier.numero]

    assert main([*asked, "--motif", "Recours"]) == 0
    assert Gel.objects.get().leve_le is None
    assert main([*asked, "--lever"]) == 0
    assert Gel.objects.get().leve_le is not None
    assert "Gel levé" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["limitation", "--dossier", "33-2026-999999", "--lever"], "Aucun dossier ne porte"),
        (["limitation", "--dossier", "perdu", "--lever"], "Aucun dossier ne porte"),
        (["purge", "--departement", "99"], "n’existe pas"),
        (["purge", "--departement", "Gironde"], "Département inconnu"),
    ],
)
def test_what_is_not_there_is_refused_in_french(
    gironde: str, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rgpd", *arguments]) == 1

    err = capsys.readouterr().err
    assert told in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "il manque ACTION"),
        (["oublier"], "valeur inconnue"),
        (["purge"], "il manque --departement"),
        (["purge", "--departement", "33", "--au", "31/12/2026"], "AAAA-MM-JJ"),
        (["acces", "--dossier", "33-2026-000001", "--personne", "un", "--sortie", "x"],
         "un nombre entier est attendu"),
        (["limitation", "--dossier", "33-2026-000001"], "il manque une option parmi"),
        (["gel", "--dossier", "33-2026-000001", "--motif", "m", "--lever"], "ne va pas avec"),
    ],
)  # fmt: skip
def test_what_is_badly_called_says_how(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["rgpd", *arguments])

    assert end.value.code == 2
    assert told in capsys.readouterr().err
