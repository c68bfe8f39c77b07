"""What is saved comes back whole, or nothing is touched."""

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from seuil.jobs.journal import anchor_all, connection_string, verify_database
from seuil.jobs.sauvegarde import (
    SauvegardeRefusee,
    check_file,
    count_tables,
    list_protections,
    restore,
    save,
)
from tests.audit.chaine import fill, seal_when_possible

COPIE = "seuil_essai_copie"
FLIPS = 20


@pytest.fixture
def ailleurs(transactional_db: None) -> Iterator[str]:
    """The address of a database that does not exist yet; nothing of it stays."""
    base = make_conninfo(connection_string(), dbname=COPIE)
    yield base
    with closing(psycopg.connect(make_conninfo(base, dbname="postgres"), autocommit=True)) as admin:
        rows = admin.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [COPIE + "%"])
        for (name,) in rows.fetchall():
            admin.execute(f'DROP DATABASE "{name}"')


@pytest.fixture
def fichier(ailleurs: str, tmp_path: Path) -> Path:
    """A copy of an instance: a journal, its anchors, two documents."""
    documents, ancres = tmp_path / "documents", tmp_path / "ancres"
    (documents / "33").mkdir(parents=True)
    (documents / "33" / "a").write_bytes(b"%PDF-1.7 piece")
    (documents / "33" / "b").write_bytes(bytes(range(256)) * 40)
    fill(de=1, a=50)
    anchor_all(folder=ancres)
    return save(cible=tmp_path, base=connection_string(), documents=documents, ancres=ancres)


def restaurer(fichier: Path, base: str, tmp_path: Path, *, replace: bool = False) -> list[str]:
    return list(
        restore(
            path=fichier,
            base=base,
            documents=tmp_path / "copie" / "documents",
            ancres=tmp_path / "copie" / "ancres",
            replace=replace,
        )
    )


def test_the_copy_is_the_original_table_by_table_and_right_by_right(
    fichier: Path, ailleurs: str, tmp_path: Path
) -> None:
    said = restaurer(fichier, ailleurs, tmp_path)

    options = "-c timezone=UTC -c datestyle=ISO"
    with (
        closing(psycopg.connect(connection_string(), options=options)) as source,
        closing(psycopg.connect(ailleurs, options=options)) as copy,
    ):
        before, after = count_tables(connection=source), count_tables(connection=copy)
        # The order of transactions goes on from where it was: the one row that changes.
        assert before.pop("journal.epoque") != after.pop("journal.epoque", None) or before
        assert before == after
        assert len(before) > 45
        assert before["public.audit_event"][0] == "50"
        assert before["public.acteurs_commune"][0] != "0"
        assert list_protections(connection=source) == list_protections(connection=copy)
        verdict = verify_database(connection=copy, ancres=tmp_path / "copie" / "ancres")["33"]
        assert (verdict.faute, verdict.nombre, verdict.ancres) == (None, 50, 1)
    for name in ("a", "b"):
        original = (tmp_path / "documents" / "33" / name).read_bytes()
        assert (tmp_path / "copie" / "documents" / "33" / name).read_bytes() == original
    assert any("identiques" in line for line in said)


def test_the_journal_of_the_copy_goes_on_after_the_restoration(
    fichier: Path, ailleurs: str, tmp_path: Path
) -> None:
    restaurer(fichier, ailleurs, tmp_path)

    with closing(psycopg.connect(ailleurs, autocommit=True)) as copy:
        copy.execute(
            "INSERT INTO audit_event (id, kind, nature, by_id, departement, target_type, target_id,"
            " dossiers, objets, categories, colonnes, details) VALUES (gen_random_uuid(), 'x',"
            " 'acte', 'y', '33', 't', 'u', '{}', '{}', '{}', '{}', '{}')"
        )
        sealed = seal_when_possible(
            lambda: copy.execute("SELECT journal.sceller()").fetchone()[0]  # type: ignore[index]
        )
        assert sealed == 1
        verdict = verify_database(connection=copy, ancres=tmp_path / "copie" / "ancres")["33"]

    assert (verdict.faute, verdict.nombre) == (None, 51)


def test_a_database_that_holds_something_is_kept_unless_asked(
    fichier: Path, ailleurs: str, tmp_path: Path
) -> None:
    restaurer(fichier, ailleurs, tmp_path)

    with pytest.raises(SauvegardeRefusee, match="n’est pas vide"):
        restaurer(fichier, ailleurs, tmp_path)
    said = restaurer(fichier, ailleurs, tmp_path, replace=True)

    assert any("gardée sous le nom" in line for line in said)
    assert list((tmp_path / "copie").glob("documents.avant-*"))


def test_a_base_in_use_is_not_restored(fichier: Path, ailleurs: str, tmp_path: Path) -> None:
    restaurer(fichier, ailleurs, tmp_path)

    with (
        closing(psycopg.connect(ailleurs)),
        pytest.raises(SauvegardeRefusee, match="arrêtez le service"),
    ):
        restaurer(fichier, ailleurs, tmp_path, replace=True)


def test_one_bit_that_changed_anywhere_is_seen_before_anything_is_touched(
    fichier: Path, ailleurs: str, tmp_path: Path
) -> None:
    whole = fichier.read_bytes()
    rng = random.Random(20)
    # Headers, manifest, data, padding, trailer: everywhere, and the four corners.
    places = [0, len(whole) * 8 - 1, 8 * (len(whole) - 84), 8 * 156]
    places += [rng.randrange(len(whole) * 8) for _ in range(FLIPS - len(places))]

    for place in places:
        damaged = bytearray(whole)
        damaged[place // 8] ^= 1 << place % 8
        fichier.write_bytes(damaged)
        with pytest.raises(SauvegardeRefusee, match="abîmé"):
            restaurer(fichier, ailleurs, tmp_path)

    fichier.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(SauvegardeRefusee):
        check_file(path=fichier)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE %s", [COPIE + "%"])
        assert cursor.fetchone()[0] == 0
    assert not (tmp_path / "copie").exists()


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "autre"

    with pytest.raises(SauvegardeRefusee, match="ne se lit pas"):
        check_file(path=path)
    path.write_bytes(b"x")
    with pytest.raises(SauvegardeRefusee, match="pas une sauvegarde"):
        check_file(path=path)
