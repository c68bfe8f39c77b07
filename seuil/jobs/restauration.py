"""`seuil restaurer`: a copy is put back beside, compared, and only then put in place."""

import argparse
import os
import shutil
import tarfile
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config.database import (
    DATA_DIR,
    is_embedded_running,
    read_place,
    start_embedded,
    stop_embedded,
)
from seuil.jobs.comparaison import SESSION, TABLES, count_tables, find_changed
from seuil.jobs.journal import verify_database, write_verdict
from seuil.jobs.outils import find_tool, run_tool
from seuil.jobs.sauvegarde import SauvegardeRefusee, check_file, digest_file, say_content
from seuil.kernel import clock
from seuil.kernel.accord import write_pluriel

_RACINES = {"documents", "ancres"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where an instance is: its database, as an account that may make one; its two folders."""

    base: str
    documents: Path
    ancres: Path

    @property
    def nom(self) -> str:
        """The name of the database."""
        return str(conninfo_to_dict(self.base)["dbname"])


def add_arguments(commands: Any) -> None:
    """Declare the command."""
    restore = commands.add_parser("restaurer", help="remettre une sauvegarde en place")
    restore.add_argument("fichier", type=Path, metavar="FICHIER")
    how = restore.add_mutually_exclusive_group()
    how.add_argument(
        "--remplacer",
        action="store_true",
        help="écarter la base existante, gardée sous un autre nom",
    )
    how.add_argument(
        "--verifier",
        action="store_true",
        help="restaurer dans une base d’essai, comparer, puis l’effacer",
    )
    how.add_argument(
        "--lire",
        action="store_true",
        help="vérifier seulement que le fichier est entier, sans base",
    )
    restore.set_defaults(run=run_restore, needs_database=False, role="travaux")


def run_restore(arguments: argparse.Namespace) -> int:
    """Check the whole file, restore beside, compare, then put in place."""
    manifest = check_file(path=arguments.fichier)
    print(f"Fichier entier, fait le {manifest['le']} (version {manifest['version']}).")
    print(say_content(manifest), flush=True)
    if arguments.lire:
        return 0
    with _server():
        place = Place(
            base=make_conninfo(**read_place()),
            documents=Path(os.environ.get("SEUIL_DOCUMENTS", DATA_DIR / "documents")),
            ancres=Path(os.environ.get("SEUIL_ANCRES", DATA_DIR / "ancres")),
        )
        lines = (
            verify(path=arguments.fichier, place=place)
            if arguments.verifier
            else restore(path=arguments.fichier, place=place, replace=arguments.remplacer)
        )
        for line in lines:
            print(line, flush=True)
    return 0


def restore(*, path: Path, place: Place, replace: bool) -> Iterator[str]:
    """Restore in a new database, compare, then put it in place. Yield what is done.

    Raises SauvegardeRefusee before anything of the present instance is touched.
    """
    manifest = check_file(path=path)
    stamp = f"{clock.now():%Y%m%d%H%M%S}"
    with _administering(place) as admin:
        full = _is_full(admin, place)
        if full and not replace:
            raise SauvegardeRefusee(
                f"La base « {place.nom} » n’est pas vide"
                " : rien n’a été touché. « --remplacer"
                " » la met de côté avant de restaurer."
            )
        if _is_used(admin, place.nom):
            raise SauvegardeRefusee(
                f"La base « {place.nom} » sert encore : arrêtez le service, puis recommencez."
            )
        beside = f"{place.nom}_restauration"
        with _restored(admin, path, manifest, place, beside) as root:
            yield from _compare(make_conninfo(place.base, dbname=beside), manifest, root)
            # From here on the copy is what it must be.
            kept = _put_database(admin, place.nom, beside, stamp, full=full)
            _put_folder(root / "documents", place.documents, stamp)
            _put_folder(root / "ancres", place.ancres, stamp)
    if kept:
        yield (
            f"L’ancienne base est gardée sous le nom « {kept} » : effacez-la quand tout est sûr."
        )
    yield ("Restauration terminée. Lancez « seuil migrer », puis redémarrez le service.")


def verify(*, path: Path, place: Place) -> Iterator[str]:
    """Restore in a database of its own, compare, drop it: the instance is not touched.

    Raises SauvegardeRefusee.
    """
    manifest = check_file(path=path)
    beside = f"{place.nom}_verification"
    with _administering(place) as admin, _restored(admin, path, manifest, place, beside) as root:
        yield from _compare(make_conninfo(place.base, dbname=beside), manifest, root)
    yield "Sauvegarde restaurée à part, comparée, effacée : elle est bonne."


@contextmanager
def _administering(place: Place) -> Iterator["psycopg.Connection[Any]"]:
    """Connect as whoever may make databases and roles. Raises SauvegardeRefusee."""
    address = make_conninfo(place.base, dbname="postgres")
    with closing(psycopg.connect(address, autocommit=True)) as admin:
        row = admin.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        if not (row and row[0]):
            raise SauvegardeRefusee(
                f"Le compte « {admin.info.user} » ne peut pas"
                " restaurer : il faut un superutilisateur, qui rend à chacun ce"
                " qu’il possédait. Donnez son adresse dans SEUIL_RESTAURATION_URL, pour cette"
                " commande seulement. Rien n’a été touché."
            )
        yield admin


@contextmanager
def _restored(
    admin: "psycopg.Connection[Any]",
    path: Path,
    manifest: Mapping[str, Any],
    place: Place,
    beside: str,
) -> Iterator[Path]:
    """Make the database of a copy under another name, dropped at the end if it still bears it.

    Give the folder where the files of the copy are. Raises SauvegardeRefusee.
    """
    major = admin.info.server_version // 10_000
    if manifest.get("majeure", 0) > major:
        raise SauvegardeRefusee(
            f"Cette sauvegarde vient de PostgreSQL {manifest['majeure']}, ce serveur est de la"
            f" version {major} : il ne sait pas la lire. Restaurez-la sur un"
            f" serveur {manifest['majeure']} ou plus récent. Rien n’a été touché."
        )
    find_tool("pg_restore", major=major)
    _make_roles(admin, manifest["roles"])
    name = sql.Identifier(beside)
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(name))
    admin.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(
            name, sql.Identifier(_find_owner(admin, manifest))
        )
    )
    try:
        with TemporaryDirectory(prefix="seuil-", dir=_near(place.documents)) as folder:
            root = Path(folder)
            extract(path=path, root=root)
            run_tool("pg_restore", "--exit-on-error", "--single-transaction",
                     str(root / "base.dump"),
                     base=make_conninfo(place.base, dbname=beside), major=major)  # fmt: skip
            yield root
    finally:
        with suppress(psycopg.Error):
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(name))


def _find_owner(admin: "psycopg.Connection[Any]", manifest: Mapping[str, Any]) -> str:
    """Return who owned the database, if this server knows them: they own its schema « public »."""
    owner = manifest.get("proprietaire", "")
    known = admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [owner]).fetchone()
    return str(owner if known else admin.info.user)


def extract(*, path: Path, root: Path) -> None:
    """Write the files of a copy in a folder, and nowhere else. Raises SauvegardeRefusee.

    By hand: the filters of `tarfile` are not in every Python 3.11, Debian 12's among them.
    """
    with tarfile.open(path, "r:") as tar:
        for member in tar:
            target = _find_target(root, member)
            if member.isdir():
                target.mkdir(mode=0o700, parents=True, exist_ok=True)
                continue
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            content = tar.extractfile(member)
            assert content is not None
            target.touch(mode=0o600)
            with content, target.open("wb") as file:
                shutil.copyfileobj(content, file)


def _find_target(root: Path, member: tarfile.TarInfo) -> Path:
    parts = Path(member.name).parts
    expected = len(parts) > 0 and (
        parts[0] in _RACINES or (len(parts) == 1 and parts[0] in {"manifeste.json", "base.dump"})
    )
    if not expected or ".." in parts or not (member.isfile() or member.isdir()):
        raise SauvegardeRefusee(
            "Ce fichier contient ce qu’une sauvegarde ne contient pas"
            f" (« {member.name} ») : rien"
            " n’a été touché."
        )
    return root.joinpath(*parts)


def _compare(base: str, manifest: Mapping[str, Any], root: Path) -> Iterator[str]:
    """Compare a restored database and its files with the original. Raises SauvegardeRefusee."""
    yield _compare_files(manifest, root)
    with closing(psycopg.connect(base, options=SESSION)) as connection:
        yield _compare_tables(connection, manifest)
        yield _compare_protections(connection, manifest)
        connection.rollback()
        connection.autocommit = True
        # Numbers of transactions start again in another server: lines keep their order.
        connection.execute(
            "UPDATE journal.epoque SET decalage = greatest(decalage,"
            " (SELECT coalesce(max(txid), 0) FROM audit_event),"
            " (SELECT coalesce(max(txid), 0) FROM audit_sceau))"
        )
        found = verify_database(connection=connection, ancres=root / "ancres")
        for departement, verdict in found.items():
            yield write_verdict(departement=departement, verdict=verdict)


def _compare_files(manifest: Mapping[str, Any], root: Path) -> str:
    kept: dict[str, str] = manifest["fichiers"]
    wrong = [
        name
        for name, digest in kept.items()
        if not (root / name).is_file() or digest_file(root / name) != digest
    ]
    if wrong:
        raise SauvegardeRefusee(
            f"Les fichiers diffèrent ({', '.join(wrong[:5])}) : rien n’a été touché."
        )
    return f"{write_pluriel(len(kept), 'fichier identique')} (documents et ancres)."


def _compare_tables(connection: "psycopg.Connection[Any]", manifest: Mapping[str, Any]) -> str:
    tables = count_tables(connection=connection)
    wrong = sorted(
        t for t in {*tables, *manifest["tables"]} if tables.get(t) != manifest["tables"].get(t)
    )
    if wrong:
        raise SauvegardeRefusee(f"La copie diffère ({', '.join(wrong)}) : rien n’a été touché.")
    return f"{write_pluriel(len(tables), 'table identique')}, ligne pour ligne."


def _compare_protections(connection: "psycopg.Connection[Any]", manifest: Mapping[str, Any]) -> str:
    kept: list[str] = manifest["protections"]
    changed = find_changed(connection=connection, kept=kept)
    if changed:
        raise SauvegardeRefusee(
            f"Les protections diffèrent ({len(changed)}) : rien n’a été touché.\n"
            + "\n".join(line[:200] for line in changed[:5])
        )
    told = write_pluriel(len(kept), "protection identique")
    return f"{told} (règles, droits, déclencheurs)."


def _is_full(admin: "psycopg.Connection[Any]", place: Place) -> bool:
    known = admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [place.nom]).fetchone()
    if known is None:
        return False
    with closing(psycopg.connect(place.base, autocommit=True)) as connection:
        return bool(connection.execute(TABLES).fetchall())


def _is_used(admin: "psycopg.Connection[Any]", name: str) -> bool:
    """Tell whether someone is connected to the database; one who is leaving has two seconds."""
    for _ in range(20):
        row = admin.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = %s AND backend_type = 'client backend'",
            [name],
        ).fetchone()
        if not (row and row[0]):
            return False
        time.sleep(0.1)
    return True


def _make_roles(admin: "psycopg.Connection[Any]", roles: list[list[Any]]) -> None:
    """Make the roles that the grants name and this server lacks: without password."""
    known = {name for (name,) in admin.execute("SELECT rolname FROM pg_roles").fetchall()}
    for name, login, bypass, inherit, _ in roles:
        if name not in known:
            options = [
                "LOGIN" if login else "NOLOGIN",
                "BYPASSRLS" if bypass else "NOBYPASSRLS",
                "INHERIT" if inherit else "NOINHERIT",
            ]
            admin.execute(
                sql.SQL("CREATE ROLE {} " + " ".join(options)).format(sql.Identifier(name))
            )
    for name, *_, member_of in roles:
        for group in member_of:
            if name not in known:
                admin.execute(
                    sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), sql.Identifier(name))
                )


def _put_database(
    admin: "psycopg.Connection[Any]", name: str, beside: str, stamp: str, *, full: bool
) -> str:
    old = f"{name}_avant_{stamp}" if full else ""
    rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
    if old:
        admin.execute(rename.format(sql.Identifier(name), sql.Identifier(old)))
    else:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
    admin.execute(rename.format(sql.Identifier(beside), sql.Identifier(name)))
    return old


def _put_folder(source: Path, target: Path, stamp: str) -> None:
    """Put a restored folder in place; the one that was there keeps everything, beside."""
    if target.exists() and any(target.iterdir()):
        target.rename(target.with_name(f"{target.name}.avant-{stamp}"))
    elif target.exists():
        target.rmdir()
    if source.is_dir():
        shutil.move(source, target)
    else:
        target.mkdir(parents=True)


def _near(documents: Path) -> Path:
    """Return a folder of the same disk as the documents: they are then moved, not copied."""
    documents.parent.mkdir(parents=True, exist_ok=True)
    return documents.parent


@contextmanager
def _server() -> Iterator[None]:
    was_running = is_embedded_running()
    start_embedded()
    try:
        yield
    finally:
        if not was_running:
            stop_embedded()
