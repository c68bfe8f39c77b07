"""The address of the database: read as PostgreSQL reads it, whole, and never repeated."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from config.database import ROOT, django_database
from seuil.jobs.journal import connection_string
from tests.harness.serveur import Serveur, list_versions, serveur

MOT = "zzyzx"
COMPTE = f"u:{MOT}"


def read(monkeypatch: pytest.MonkeyPatch, url: str) -> dict[str, object]:
    monkeypatch.setenv("DATABASE_URL", url)
    return django_database()


@pytest.mark.parametrize("secret", ["p@ss:/?#[]% é", "a b&c=d", "simple"])
def test_a_password_may_hold_anything(secret: str, monkeypatch: pytest.MonkeyPatch) -> None:
    place = read(monkeypatch, f"postgresql://u:{quote(secret, safe='')}@h:6432/la%20base")

    assert (place["PASSWORD"], place["PORT"], place["NAME"]) == (secret, "6432", "la base")


def test_the_host_and_the_port_may_be_in_the_query(monkeypatch: pytest.MonkeyPatch) -> None:
    place = read(monkeypatch, "postgresql://u@/d?host=/run/pg&port=6433&target_session_attrs=any")

    assert (place["HOST"], place["PORT"]) == ("/run/pg", "6433")
    assert place["OPTIONS"]["target_session_attrs"] == "any"  # type: ignore[index]
    assert "port" not in place["OPTIONS"]  # type: ignore[operator]


@pytest.mark.parametrize("url", [
    f"postgresql://{COMPTE}@t:trop/d", f"postgresql://{COMPTE}%zz@h/d", f"mysql//{MOT}",
    f"postgresql://{COMPTE}@h/d?inconnu={MOT}",
])  # fmt: skip
def test_an_address_that_cannot_be_read_is_refused_and_not_repeated(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit) as refusal:
        read(monkeypatch, url)

    assert "DATABASE_URL ne se lit pas" in str(refusal.value)
    assert MOT not in str(refusal.value)
    assert "%40" in str(refusal.value)


def test_an_address_without_a_base_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit, match="ne nomme pas de base"):
        read(monkeypatch, f"postgresql://{COMPTE}@h")


@pytest.mark.parametrize("options", ["", "?sslmode=prefer", "?sslmode=disable"])
def test_a_connection_in_clear_is_refused_where_asked(
    options: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEUIL_BASE_TLS", "1")

    with pytest.raises(SystemExit, match="en clair"):
        read(monkeypatch, f"postgresql://{COMPTE}@h/d{options}")
    assert read(monkeypatch, f"postgresql://{COMPTE}@h/d?sslmode=verify-full")
    assert read(monkeypatch, "postgresql://u@/d?host=/run/postgresql")


@pytest.fixture(scope="module")
def en_clair() -> Iterator[Serveur]:
    """A server that does not speak TLS."""
    versions = list_versions()
    with serveur(versions[min(versions)], log_connections="on") as found:
        yield found


@pytest.mark.parametrize("words", [["journal", "verifier"], ["sauvegarde", "{}"], ["migrer"]])
def test_no_command_sends_a_password_in_clear_when_tls_is_asked(
    words: list[str], en_clair: Serveur, tmp_path: Path
) -> None:
    url = f"{en_clair.write_url()}?sslmode=require"
    done = subprocess.run(
        [sys.executable, "-m", "seuil.jobs.cli", *(w.format(tmp_path / "f") for w in words)],
        env={**os.environ, "DATABASE_URL": url, "SEUIL_DATA": str(tmp_path)},
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip

    assert done.returncode == 1, done.stdout
    log = en_clair.folder / "log"
    assert "connection received" in log.read_text()
    assert "connection authorized" not in log.read_text()


@pytest.mark.django_db
def test_what_goes_without_django_keeps_every_option(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import connection

    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "sslmode", "disable")
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "application_name", "essai")

    assert "sslmode=disable" in connection_string()
    with closing(psycopg.connect(connection_string())) as c:
        assert c.execute("SHOW application_name").fetchone() == ("essai",)
