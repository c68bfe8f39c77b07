"""An instance on a PostgreSQL of the machine, as an IT department has it: no superuser in it.

The oldest version that is there (Debian 12's is 15), its own tools, its accounts, its log.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from config.database import ROOT
from tests.harness.serveur import MOT, Serveur, list_versions, serveur
from tests.harness.service import Service, wait_until

CLE = "k" * 50
_COMPTES = ("seuil", "seuil_appli", "seuil_travaux", "seuil_sauvegarde")
_SERVICE = {
    "DATABASE_URL_APPLI": "seuil_appli", "DATABASE_URL_TRAVAUX": "seuil_travaux",
    "SEUIL_SAUVEGARDE_URL": "seuil_sauvegarde",
}  # fmt: skip


class Instance:
    """What was installed: its server, its data, its commands."""

    def __init__(self, server: Serveur, data: Path) -> None:
        self.server = server
        self.data = data

    def environment(self, *, installer: bool = False, **more: str) -> dict[str, str]:
        """Return what systemd gives the service; or what the installer has."""
        kept = {k: v for k, v in os.environ.items() if k not in {"SEUIL_EMBARQUEE"}}
        own = {"DATABASE_URL": "seuil"} if installer else _SERVICE
        urls = {name: self.server.write_url(user=user, base="seuil") for name, user in own.items()}
        return {**kept, **urls, "SEUIL_DATA": str(self.data), "SEUIL_SECRET_KEY": CLE, **more}

    def run(
        self, *words: str, installer: bool = False, **more: str
    ) -> "subprocess.CompletedProcess[str]":
        done = subprocess.run(
            [sys.executable, "-m", "seuil.jobs.cli", *words],
            env=self.environment(installer=installer, **more),
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=600,
        )  # fmt: skip
        assert "Traceback" not in done.stderr, done.stderr
        assert MOT not in done.stderr + done.stdout
        return done

    def prepare(self, *, base: str = "seuil") -> None:
        """Run what docs/exploitation.md gives an administrator of PostgreSQL."""
        subprocess.run(
            [self.server.programmes / "psql", "-q", "-v", f"base={base}", "-v",
             "installateur=seuil", "-f", ROOT / "docs/exploitation/roles.sql",
             self.server.write_url()],
            capture_output=True, check=True,
        )  # fmt: skip
        for name in _COMPTES:
            self.server.ask(f"ALTER ROLE {name} PASSWORD '{MOT}'")


@pytest.fixture(scope="module")
def seule(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    """A server with its roles, and nothing installed."""
    versions = list_versions()
    with serveur(versions[min(versions)]) as server:
        yield Instance(server, tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def instance(seule: Instance) -> Instance:
    """An instance installed as the page says, with one account."""
    # Before the roles are there: refused, and nothing written.
    seule.server.ask(f"CREATE ROLE seuil LOGIN PASSWORD '{MOT}'")
    seule.server.ask("CREATE DATABASE seuil OWNER seuil TEMPLATE template0 ENCODING 'UTF8'")
    refused = seule.run("migrer", "--departement", "33", installer=True)
    assert refused.returncode == 1
    assert "roles.sql" in refused.stderr
    assert "CREATE ROLE seuil_appli" in refused.stderr
    assert count_tables(seule.server) == 0
    for _ in range(2):
        seule.prepare()
    done = seule.run("migrer", "--departement", "33", installer=True)
    assert done.returncode == 0, done.stderr
    assert "journal de PostgreSQL" not in done.stderr
    done = seule.run(
        "comptes", "inviter", "--departement", "33", "--organisme", "DDETS de la Gironde",
        "--courriel", "ada@gironde.example", "--prenom", "Ada", "--nom", "Exemple",
        "--site", "https://seuil.exemple", installer=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return seule


def count_tables(server: Serveur, base: str = "seuil") -> int:
    rows = server.ask(
        "SELECT count(*) FROM pg_class WHERE relkind = 'r'"
        " AND relnamespace = 'public'::regnamespace",
        base=base,
    )
    return int(rows[0][0])


@contextmanager
def serving(instance: Instance, **more: str) -> Iterator[Service]:
    """Run `seuil servir` with what the service has, and no more."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "seuil.jobs.cli", "servir", "--port", str(port)],
        cwd=ROOT, env=instance.environment(**more),
    )  # fmt: skip
    service = Service(port, process)
    try:
        wait_until(service.is_serving, "le service ne démarre pas")
        yield service
    finally:
        process.terminate()
        process.wait(timeout=60)


def test_none_of_the_accounts_is_a_superuser(instance: Instance) -> None:
    rows = instance.server.ask("SELECT rolname FROM pg_roles WHERE rolsuper ORDER BY 1")

    assert rows == [("postgres",)]
    owners = instance.server.ask(
        "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'", base="seuil"
    )
    assert owners == [("seuil",)]


def test_the_service_never_holds_the_address_of_the_installer_and_outlives_two_restarts(
    instance: Instance,
) -> None:
    with serving(instance) as service:
        family = psutil.Process(service.process.pid).children(recursive=True)
        assert len(family) >= 4
        told = [value for p in family for value in p.environ().values() if "postgresql://" in value]
        users = {re.match(r"postgresql://(\w+):", value).group(1) for value in told}  # type: ignore[union-attr]
        assert users == {"seuil_appli", "seuil_travaux"}
        wait_until(lambda: service.get("/sante/")[0] == 200, "le service n’est pas en bonne santé")

        for _ in range(2):
            instance.server.ctl("-m", "immediate", "stop")
            assert service.get("/connexion/")[0] in {200, 503}
            instance.server.ctl("start")
            wait_until(service.is_serving, "le site ne revient pas")
        wait_until(lambda: service.get("/sante/")[0] == 200, "les tâches ne reviennent pas")
        assert service.process.poll() is None


def test_the_service_refuses_a_base_that_is_not_of_its_version(instance: Instance) -> None:
    instance.server.ask("UPDATE droits.version SET installation = 'ancienne'", base="seuil")

    done = instance.run("servir", "--port", "18999")

    assert done.returncode == 1
    assert "seuil migrer" in done.stderr
    assert instance.run("migrer", "--departement", "33", installer=True).returncode == 0


def test_the_service_refuses_another_key_and_says_what_a_lost_one_costs(
    instance: Instance,
) -> None:
    done = instance.run("servir", "--port", "18999", SEUIL_SECRET_KEY="z" * 50)

    assert done.returncode == 1
    assert "n’est pas la clé que la base connaît" in done.stderr
    assert "second facteur" in done.stderr


def test_the_administration_is_refused_to_the_service(instance: Instance) -> None:
    done = instance.run("migrer")

    assert done.returncode == 1
    assert "installateur.env" in done.stderr


def test_a_copy_made_by_the_service_is_verified_and_restored_with_the_same_rights(
    instance: Instance, tmp_path: Path
) -> None:
    document = instance.data / "documents" / "33" / "a"
    document.parent.mkdir(parents=True, exist_ok=True)
    document.write_bytes(b"%PDF-1.7 piece")
    path = tmp_path / "copie"
    done = instance.run("sauvegarde", str(path))
    assert done.returncode == 0, done.stderr
    assert "1\u00a0compte" in done.stdout

    refused = instance.run("restaurer", str(path), "--verifier", installer=True)
    assert refused.returncode == 1
    assert "superutilisateur" in refused.stderr
    as_super = {"SEUIL_RESTAURATION_URL": instance.server.write_url(base="seuil")}
    done = instance.run("restaurer", str(path), "--verifier", **as_super)
    assert done.returncode == 0, done.stderr
    assert "elle est bonne" in done.stdout

    before = list_rights(instance.server)
    instance.server.ask("DROP DATABASE seuil")
    document.unlink()
    done = instance.run("restaurer", str(path), **as_super)
    assert done.returncode == 0, done.stderr
    assert document.read_bytes() == b"%PDF-1.7 piece"
    assert list_rights(instance.server) == before
    assert instance.run("migrer", "--departement", "33", installer=True).returncode == 0
    done = instance.run("journal", "verifier")
    assert (done.returncode, "ROMPU" in done.stdout) == (0, False)
    assert "Département 33" in done.stdout


def test_a_copy_is_restored_on_a_newer_server_of_another_machine(
    instance: Instance, tmp_path: Path
) -> None:
    path = tmp_path / "copie"
    assert instance.run("sauvegarde", str(path)).returncode == 0
    versions = list_versions()
    with serveur(versions[max(versions)]) as other:
        ailleurs = Instance(other, tmp_path / "data")
        done = ailleurs.run(
            "restaurer", str(path), installer=True, DATABASE_URL=other.write_url(base="seuil")
        )

        assert done.returncode == 0, done.stderr
        assert "protections identiques" in done.stdout
        assert list_rights(other) == list_rights(instance.server)


def list_rights(server: Serveur) -> list[tuple[str, ...]]:
    """Return who may do what of each table, and who owns the database and each function."""
    return server.ask(
        # « m » is the maintenance of PostgreSQL 17, which an owner has there.
        "SELECT c.relname, pg_get_userbyid(c.relowner), replace(c.relacl::text, 'Dxtm', 'Dxt'),"
        " c.relrowsecurity::text"
        " FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'"
        " UNION ALL SELECT p.oid::regprocedure::text, pg_get_userbyid(p.proowner),"
        " p.proacl::text, p.prosecdef::text FROM pg_proc p"
        " WHERE p.pronamespace IN ('droits'::regnamespace, 'journal'::regnamespace)"
        " UNION ALL SELECT datname, pg_get_userbyid(datdba), '', '' FROM pg_database"
        " WHERE datname = 'seuil' ORDER BY 1",
        base="seuil",
    )


def test_the_journal_is_not_called_broken_by_an_account_that_reads_a_part(
    instance: Instance,
) -> None:
    for user in ("seuil_appli", "seuil_travaux"):
        url = instance.server.write_url(user=user, base="seuil")
        done = instance.run("journal", "verifier", "--base", url)

        assert done.returncode == 1
        assert "ROMPU" not in done.stdout
        assert "ne lit pas tout le journal" in done.stderr


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_base_that_would_lose_names_is_refused_before_anything_is_written(
    encoding: str, instance: Instance
) -> None:
    base = f"en_{encoding.lower()}"
    instance.server.ask(
        f"CREATE DATABASE {base} OWNER seuil TEMPLATE template0 ENCODING '{encoding}'"
        " LC_COLLATE 'C' LC_CTYPE 'C'"
    )
    url = instance.server.write_url(user="seuil", base=base)

    done = instance.run("migrer", installer=True, DATABASE_URL=url)

    assert done.returncode == 1
    assert encoding in done.stderr
    assert count_tables(instance.server, base) == 0


def test_the_log_of_the_server_keeps_nothing_that_was_typed(instance: Instance) -> None:
    note = "Madame a confié avoir peur de son voisin"
    for user in _COMPTES:
        with psycopg.connect(instance.server.url(user=user, base="seuil"), autocommit=True) as c:
            for statement, given in (
                ("SELECT %s::date", [note]),
                (f"SELECT 1/0 -- {note}", None),
                ("DO $$ BEGIN RAISE unique_violation USING DETAIL = 'voisin'; END $$",
                 None),
            ):  # fmt: skip
                with suppress(psycopg.Error):
                    c.execute(statement, given)  # type: ignore[arg-type]
                    raise AssertionError(statement)

    log = (instance.server.folder / "log").read_text(encoding="utf-8", errors="replace")
    assert "ready to accept connections" in log
    assert "voisin" not in log
    assert "Madame" not in log


def test_two_instances_may_share_a_server_and_not_their_key(instance: Instance) -> None:
    instance.prepare(base="autre")
    url = {name: instance.server.write_url(user=user, base="autre")
           for name, user in {**_SERVICE, "DATABASE_URL": "seuil"}.items()}  # fmt: skip
    done = instance.run("migrer", "--departement", "33", installer=True, SEUIL_SECRET_KEY="a" * 50,
                        **url)  # fmt: skip
    assert done.returncode == 0, done.stderr

    service = {name: url[name] for name in _SERVICE}
    done = instance.run("servir", "--port", "18999", **service)

    assert "n’est pas la clé que la base connaît" in done.stderr
