"""`seuil sauvegarde`: one file that holds everything, checked before use.

The file is a tar (manifest, database, documents, anchors) ended by the SHA-256 of the rest: one
bit that changed anywhere is seen before anything is touched.
"""

import argparse
import hashlib
import json
import os
import tarfile
from contextlib import closing
from datetime import UTC
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, cast

import psycopg
from psycopg.conninfo import conninfo_to_dict

from seuil.jobs.comparaison import SESSION, count_tables, list_protections
from seuil.jobs.outils import run_tool
from seuil.kernel import clock
from seuil.kernel.accord import write_pluriel
from seuil.kernel.refusal import Refusal

MARQUE = b"SEUIL-SAUVEGARDE-1 "
_FIN = len(MARQUE) + 65
_BLOC = 1 << 20
# An instance that was ever opened has a line in one of these.
_TEMOINS = ("acteurs_agent", "dossiers_dossier", "audit_event")
# Ours, and the owner of the tables: the grants name them.
_ROLES = (
    "SELECT r.rolname, r.rolcanlogin, r.rolbypassrls, r.rolinherit,"
    " coalesce((SELECT array_agg(g.rolname ORDER BY 1) FROM pg_auth_members m"
    " JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid), '{}')"
    " FROM pg_roles r WHERE NOT r.rolsuper AND (r.rolname LIKE 'seuil%'"
    " OR EXISTS (SELECT 1 FROM pg_class c WHERE c.relowner = r.oid)) ORDER BY 1"
)
_PROPRIETAIRE = (
    "SELECT r.rolname FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba"
    " WHERE d.datname = current_database()"
)


class SauvegardeRefusee(Refusal):
    """The copy cannot be made or used; the message says why, and that nothing was touched."""


def add_arguments(commands: Any) -> None:
    """Declare the command."""
    save = commands.add_parser("sauvegarde", help="tout copier dans un fichier, vérifiable")
    save.add_argument("cible", type=Path, metavar="FICHIER|RÉPERTOIRE")
    save.set_defaults(run=run_save, needs_database=True, role="travaux")


def run_save(arguments: argparse.Namespace) -> int:
    """Seal, anchor, then copy everything in one file."""
    from django.conf import settings

    from seuil.jobs.journal import anchor_all, find_reader
    from seuil.kernel.contexte import acting_as_machine

    with acting_as_machine("sauvegarde", on=clock.now().date()):
        anchor_all(folder=settings.SEUIL_ANCRES)
    path = save(
        cible=arguments.cible,
        base=find_reader(),
        documents=settings.SEUIL_DOCUMENTS,
        ancres=settings.SEUIL_ANCRES,
    )
    held = check_file(path=path)
    print(f"Sauvegarde écrite et relue : {path} ({path.stat().st_size // 1024} Kio).")
    print(say_content(held))
    print("Elle contient des données personnelles : chiffrez-la et rangez-la hors de ce serveur.")
    return 0


def say_content(manifest: dict[str, Any]) -> str:
    """Return how much a copy holds: an empty one is not taken for a good one."""
    rows = {name: int(count) for name, (count, _) in manifest["tables"].items()}
    files = [name for name in manifest["fichiers"] if name.startswith("documents/")]
    known = rows.get("public.dossiers_document", 0)
    told = (
        write_pluriel(rows.get("public.dossiers_dossier", 0), "dossier"),
        write_pluriel(rows.get("public.acteurs_agent", 0), "compte"),
        write_pluriel(rows.get("public.audit_event", 0), "ligne de journal", "lignes de journal"),
        f"{write_pluriel(len(files), 'document')} (la base en connaît {known})",
    )
    return f"Elle contient : {', '.join(told)}."


def save(*, cible: Path, base: str, documents: Path, ancres: Path) -> Path:
    """Write the file and read it again. Return its path."""
    instant = clock.now().astimezone(UTC)
    path = cible / f"seuil-{instant:%Y%m%d-%H%M%S}.sauvegarde" if cible.is_dir() else cible
    if path.exists():
        raise SauvegardeRefusee(f"{path} existe déjà : rien n’a été écrit.")
    part = path.with_name(path.name + ".part")
    with TemporaryDirectory(prefix="seuil-") as folder:
        dump = Path(folder) / "base.dump"
        manifest = _dump(base, dump) | {"le": instant.isoformat(timespec="seconds")}
        manifest["version"] = _version()
        manifest["base.dump"] = digest_file(dump)
        manifest["fichiers"] = {
            f"{name}/{p.relative_to(root)}": digest_file(p)
            for name, root in (("documents", documents), ("ancres", ancres))
            for p in sorted(root.rglob("*"))
            if p.is_file()
        }
        _check_something(manifest, documents)
        try:
            _write(part, manifest, dump, {"documents": documents, "ancres": ancres})
            check_file(path=part)
            part.rename(path)
        finally:
            part.unlink(missing_ok=True)
    return path


def check_file(*, path: Path) -> dict[str, Any]:
    """Return the manifest of a file that is whole, to the last bit.

    Raises SauvegardeRefusee.
    """
    try:
        with path.open("rb") as file:
            size = path.stat().st_size - _FIN
            if size <= 0:
                raise SauvegardeRefusee(f"{path} n’est pas une sauvegarde de Seuil.")
            digest = hashlib.sha256()
            left = size
            while left:
                block = file.read(min(_BLOC, left))
                digest.update(block)
                left -= len(block)
            end = file.read()
    except OSError as error:
        raise SauvegardeRefusee(f"{path} ne se lit pas ({error.strerror}).") from error
    if end != MARQUE + digest.hexdigest().encode() + b"\n":
        raise SauvegardeRefusee(
            f"{path} est abîmé ou incomplet : rien n’a été touché. Prenez une autre sauvegarde."
        )
    with tarfile.open(path, "r:") as tar:
        member = tar.extractfile("manifeste.json")
        assert member is not None
        manifest: dict[str, Any] = json.loads(member.read())
    return manifest


def _dump(base: str, dump: Path) -> dict[str, Any]:
    """Dump the database and count it, both at the same instant."""
    given = conninfo_to_dict(base).get("options") or ""
    with closing(psycopg.connect(base, options=f"{given} {SESSION}".strip())) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        major = connection.info.server_version // 10_000
        run_tool("pg_dump", "--format=custom", f"--snapshot={row[0]}", f"--file={dump}",
                 base=base, major=major)  # fmt: skip
        owner = connection.execute(_PROPRIETAIRE).fetchone()
        assert owner is not None
        return {
            "majeure": major,
            "proprietaire": owner[0],
            "tables": count_tables(connection=connection),
            "protections": list_protections(connection=connection),
            "roles": [list(r) for r in connection.execute(_ROLES).fetchall()],
        }


def _check_something(manifest: dict[str, Any], documents: Path) -> None:
    """Raise SauvegardeRefusee rather than save nothing, and believe that all is kept."""
    rows = {name: int(count) for name, (count, _) in manifest["tables"].items()}
    if not any(rows.get(f"public.{table}") for table in _TEMOINS):
        raise SauvegardeRefusee(
            "La base ne contient ni compte, ni dossier, ni journal : rien n’a été"
            " écrit. Ce n’est sans doute pas la bonne : vérifiez DATABASE_URL."
        )
    known = rows.get("public.dossiers_document", 0)
    if known and not any(name.startswith("documents/") for name in manifest["fichiers"]):
        raise SauvegardeRefusee(
            f"La base connaît {write_pluriel(known, 'document')} et « {documents}"
            " » n’en contient aucun : rien n’a été écrit."
            " Vérifiez SEUIL_DATA et SEUIL_DOCUMENTS."
        )


def _write(part: Path, manifest: dict[str, Any], dump: Path, folders: dict[str, Path]) -> None:
    part.touch(mode=0o600)
    with part.open("r+b") as file:
        hashing = _Hashing(file)
        # A folder that is a link to another disk is copied with what it holds.
        with tarfile.open(fileobj=cast("BinaryIO", hashing), mode="w|", dereference=True) as tar:
            content = json.dumps(manifest, ensure_ascii=False).encode()
            info = tarfile.TarInfo("manifeste.json")
            info.size = len(content)
            tar.addfile(info, BytesIO(content))
            tar.add(dump, "base.dump")
            for name, folder in folders.items():
                if folder.is_dir():
                    tar.add(folder, name)
        file.write(MARQUE + hashing.digest.hexdigest().encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


class _Hashing:
    """A file that hashes what is written to it."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.digest.update(data)
        return self.file.write(data)


def digest_file(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _version() -> str:
    from importlib.metadata import version

    return version("seuil")
