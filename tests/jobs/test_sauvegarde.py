"""What is saved comes back whole, or nothing is touched."""

import hashlib
import io
import json
import random
import tarfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from config.database import ROOT
from seuil.jobs.comparaison import count_tables, list_protections
from seuil.jobs.journal import anchor_all, connection_string, verify_database
from seuil.jobs.outils import OutilManquant, find_tool, read_major
from seuil.jobs.restauration import Place, extract, restore, verify
from seuil.jobs.sauvegarde import MARQUE, SauvegardeRefusee, check_file, save
from tests.audit.chaine import fill, seal_when_possible
from tests.harness.serveur import list_versions

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
    return list(restore(path=fichier, place=_place(base, tmp_path), replace=replace))


def _place(base: str, tmp_path: Path) -> Place:
    return Place(base, tmp_path / "copie" / "documents", tmp_path / "copie" / "ancres")


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


def test_a_copy_is_verified_by_restoring_it_and_nothing_is_left(
    fichier: Path, ailleurs: str, tmp_path: Path
) -> None:
    said = list(verify(path=fichier, place=_place(ailleurs, tmp_path)))

    assert "3\u00a0fichiers identiques" in said[0]
    assert "elle est bonne" in said[-1]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname LIKE %s", [COPIE + "%"])
        assert cursor.fetchone()[0] == 0
    assert list((tmp_path / "copie").glob("**/*")) == []


def forge(path: Path, **said: object) -> Path:
    """Write beside a copy another that says something else of what it holds, whole all the same."""
    content = io.BytesIO()
    with tarfile.open(path, "r:") as source, tarfile.open(fileobj=content, mode="w") as target:
        for member in source:
            held = source.extractfile(member)
            data = held.read() if held else b""
            if member.name == "manifeste.json":
                data = json.dumps({**json.loads(data), **said}).encode()
                member.size = len(data)
            target.addfile(member, io.BytesIO(data))
    digest = hashlib.sha256(content.getvalue()).hexdigest().encode()
    forged = path.with_name("forge")
    forged.write_bytes(content.getvalue() + MARQUE + digest + b"\n")
    return forged


def test_a_whole_file_that_does_not_restore_as_it_says_is_not_verified(
    fichier: Path, ailleurs: str, tmp_path: Path
) -> None:
    tables = check_file(path=fichier)["tables"]
    rows, digest = tables["public.audit_event"]
    path = forge(fichier, tables={**tables, "public.audit_event": [str(int(rows) + 1), digest]})

    # Whole to the last bit, and false.
    check_file(path=path)
    with pytest.raises(SauvegardeRefusee, match="La copie diffère"):
        list(verify(path=path, place=_place(ailleurs, tmp_path)))


def test_documents_kept_on_another_disk_are_in_the_copy(ailleurs: str, tmp_path: Path) -> None:
    disk = tmp_path / "disque"
    (disk / "33").mkdir(parents=True)
    (disk / "33" / "a").write_bytes(b"%PDF")
    (tmp_path / "documents").symlink_to(disk)
    fill(de=1, a=2)

    path = save(cible=tmp_path, base=connection_string(),
                documents=tmp_path / "documents", ancres=tmp_path / "ancres")  # fmt: skip
    restaurer(path, ailleurs, tmp_path)

    assert (tmp_path / "copie" / "documents" / "33" / "a").read_bytes() == b"%PDF"


@pytest.mark.parametrize(
    "name", ["../dehors", "/tmp/dehors", "documents/../../dehors", "autre", "lien"]
)
def test_a_file_never_writes_outside_its_folder(name: str, tmp_path: Path) -> None:
    path = tmp_path / "f.tar"
    with tarfile.open(path, "w") as tar:
        member = tarfile.TarInfo("documents/lien" if name == "lien" else name)
        member.type = tarfile.SYMTYPE if name == "lien" else tarfile.REGTYPE
        member.linkname = "/etc/passwd"
        tar.addfile(member)

    with pytest.raises(SauvegardeRefusee, match="ce qu’une sauvegarde ne contient pas"):
        extract(path=path, root=tmp_path / "ici")

    assert {p.name for p in tmp_path.iterdir()} <= {"f.tar", "ici"}


def test_the_extraction_asks_nothing_that_an_old_python_lacks(
    fichier: Path, tmp_path: Path
) -> None:
    """Debian 12's Python 3.11.2 has no filters of extraction."""
    root = tmp_path / "ici"

    extract(path=fichier, root=root)

    assert (root / "documents" / "33" / "a").read_bytes() == b"%PDF-1.7 piece"
    assert (root / "documents" / "33" / "a").stat().st_mode & 0o777 == 0o600
    source = (ROOT / "seuil/jobs/restauration.py").read_text(encoding="utf-8")
    assert "filter=" not in source


def test_a_copy_of_a_newer_server_is_refused_before_anything_is_made(
    fichier: Path, ailleurs: str, tmp_path: Path
) -> None:
    with pytest.raises(SauvegardeRefusee, match="vient de PostgreSQL 99"):
        list(verify(path=forge(fichier, majeure=99), place=_place(ailleurs, tmp_path)))


def test_the_programs_are_of_the_version_of_the_server() -> None:
    versions = list_versions()
    for major in versions:
        assert read_major(find_tool("pg_dump", major=major)) == major

    with pytest.raises(OutilManquant, match="postgresql-client-9"):
        find_tool("pg_dump", major=9)


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "autre"

    with pytest.raises(SauvegardeRefusee, match="ne se lit pas"):
        check_file(path=path)
    path.write_bytes(b"x")
    with pytest.raises(SauvegardeRefusee, match="pas une sauvegarde"):
        check_file(path=path)
