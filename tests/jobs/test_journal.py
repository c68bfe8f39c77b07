"""`seuil journal`: anchors are files, the verifier reads a database or a CSV, terms are kept."""

import json
from argparse import Namespace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from seuil.audit.models import Ancre, Event, Sceau
from seuil.audit.operations import seal_journal
from seuil.jobs.cli import main
from seuil.jobs.journal import (
    JournalRompu,
    anchor_all,
    read_ancres,
    run_anchor,
    run_export,
    run_purge,
    run_seal,
    run_verify,
)
from seuil.kernel.refusal import Refusal
from tests.audit.chaine import DEBUT, fill, line_id, seal_when_possible, verify

pytestmark = pytest.mark.django_db(transaction=True)


def arguments(ancres: Path, **values: object) -> Namespace:
    return Namespace(**{"ancres": ancres, "base": None, "csv": None, "mois": None,
                        "simuler": False} | values)  # fmt: skip


def test_an_anchor_is_a_file_with_the_head_and_a_part_of_each_seal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(de=1, a=20)

    run_anchor(arguments(tmp_path))
    run_anchor(arguments(tmp_path))

    (path,) = tmp_path.glob("*.json")
    data = json.loads(path.read_text(encoding="utf-8"))
    head = bytes(Sceau.objects.get(rang=20).empreinte).hex()
    assert (data["rang_debut"], data["rang"], data["tete"]) == (1, 20, head)
    assert len(data["empreintes"]) == 20 * 16
    said = capsys.readouterr().out
    assert " ".join(head[i : i + 8] for i in range(0, 64, 8)) in said
    assert Ancre.objects.count() == 1


def test_each_departement_has_its_chain(tmp_path: Path) -> None:
    fill(de=1, a=10)
    fill(de=11, a=25, dep="62")
    anchor_all(folder=tmp_path)

    found = verify(tmp_path)

    assert {k: (v.nombre, v.ancres, v.faute) for k, v in found.items()} == {
        "33": (10, 1, None),
        "62": (15, 1, None),
    }


def test_the_verifier_reads_a_csv_without_any_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(de=1, a=30)
    ancres, fichier = tmp_path / "ancres", tmp_path / "journal.csv"
    anchor_all(folder=ancres)
    run_export(Namespace(fichier=fichier))

    assert run_verify(arguments(ancres, csv=fichier)) == 0
    assert (
        "30\u00a0lignes vérifiées jusqu’au rang 30, 1\u00a0ancre conforme"
        in capsys.readouterr().out
    )

    lines = fichier.read_text(encoding="utf-8").replace("Zoé Ñ 7", "Zoé Ñ 8", 1)
    fichier.write_text(lines, encoding="utf-8")
    with pytest.raises(JournalRompu):
        run_verify(arguments(ancres, csv=fichier))
    assert "ROMPU au rang 7" in capsys.readouterr().out


def test_what_is_past_its_term_leaves_and_the_chain_still_holds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(de=1, a=40)
    anchor_all(folder=tmp_path)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        # The last ten are of yesterday.
        cursor.execute("DELETE FROM audit_sceau WHERE rang > 30")
        cursor.execute("DELETE FROM audit_ancre")
        cursor.execute(
            "UPDATE audit_event SET created_at = now() - interval '1 day' WHERE txid > 300"
        )
        cursor.execute("SET session_replication_role = DEFAULT")
    for path in tmp_path.glob("*.json"):
        path.unlink()
    run_seal(Namespace())
    anchor_all(folder=tmp_path)

    run_purge(arguments(tmp_path, mois=6, simuler=True))
    assert "30\u00a0lignes d’avant le" in capsys.readouterr().out
    assert Event.objects.filter(nature="lecture").count() == 40
    run_purge(arguments(tmp_path, mois=6))

    assert Event.objects.filter(nature="lecture").count() == 10
    assert [a.retrait for a in read_ancres(folder=tmp_path)["33"]].count(True) == 1
    verdict = verify(tmp_path)["33"]
    assert (verdict.faute, verdict.nombre, verdict.rang) == (None, 10, 40)
    fill(de=41, a=45)
    assert verify(tmp_path)["33"].rang == 45


def test_a_removal_that_was_not_anchored_is_a_fault(tmp_path: Path) -> None:
    fill(de=1, a=20)
    anchor_all(folder=tmp_path)
    with connection.cursor() as cursor:
        cursor.execute("SELECT journal.retirer('33', %s)", [DEBUT + timedelta(minutes=11)])
        assert cursor.fetchone()[0] == 10

    faute = verify(tmp_path)["33"].faute

    assert faute
    assert (faute.rang, faute.raison) == (1, "début retiré sans que le retrait ait été ancré")


def test_nothing_younger_than_six_months_can_be_removed(tmp_path: Path) -> None:
    fill(de=1, a=5)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE audit_event SET created_at = now() - interval '2 months'")
        cursor.execute("SET session_replication_role = DEFAULT")

    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT journal.retirer('33', now())")
    with pytest.raises(Refusal, match="de 6 à 36 mois"):
        run_purge(arguments(tmp_path, mois=3))


def test_a_line_that_is_not_sealed_yet_waits_and_is_no_fault(tmp_path: Path) -> None:
    fill(de=1, a=5)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("DELETE FROM audit_sceau WHERE rang = 5")
        cursor.execute("SET session_replication_role = DEFAULT")

    verdict = verify(tmp_path)["33"]

    assert (verdict.faute, verdict.nombre, verdict.en_attente) == (None, 4, 1)
    assert Event.objects.filter(pk=line_id(5)).exists()


def test_a_line_of_a_running_transaction_is_sealed_after_it_only() -> None:
    with transaction.atomic():
        fill(de=1, a=3)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO audit_event (id, kind, nature, by_id, departement, target_type,"
                " target_id, dossiers, objets, categories, colonnes, details) VALUES"
                " (gen_random_uuid(), 'x', 'acte', 'y', '33', 't', 'u', '{}', '{}', '{}', '{}',"
                " '{}')"
            )
            cursor.execute("SELECT journal.sceller()")
            assert cursor.fetchone() == (0,)

    assert seal_when_possible(seal_journal) == 1


def test_the_commands_are_explained_in_french(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["journal", "--help"])

    assert "sceller" in capsys.readouterr().out
