"""A deposit that the disk cannot take: the page says so, and nothing is half kept."""

import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from django.test import RequestFactory
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.dossiers.models import Document, Dossier
from seuil.web.errors import server_error
from tests.factories.base import make_dossier
from tests.harness.client import StrictClient

ClientDe = Callable[[Agent], StrictClient]


@pytest.fixture
def dossier(secretaire: Agent) -> Dossier:
    return make_dossier()


@contextmanager
def no_room_beyond(octets: int) -> Iterator[None]:
    """Have the system refuse what makes a file larger, as it does when a disk is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize(
    "octets", [300_000, 3_000_000], ids=["written by the deposit", "written while received"]
)
def test_a_deposit_without_room_is_told_and_leaves_nothing(
    dossier: Dossier,
    secretaire: Agent,
    client_de: ClientDe,
    settings: object,
    tmp_path: Path,
    octets: int,
) -> None:
    settings.SEUIL_DOCUMENTS = tmp_path / "documents"
    client = client_de(secretaire)
    client.raise_request_exception = False
    address = reverse("document_deposer", args=[dossier.numero])
    file = SimpleUploadedFile("bail.pdf", b"%PDF-1.7" + b"x" * octets, "application/pdf")

    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    with no_room_beyond(100_000):
        answer = client.post(address, {"nature": "Bail", "fichier": file})

    assert answer.status_code == 507
    assert "Plus de place pour enregistrer" in answer.content.decode()
    assert not Document.objects.exists()
    assert not Event.objects.filter(kind="document.depose").exists()
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]

    file.seek(0)
    assert client.post(address, {"nature": "Bail", "fichier": file}).status_code == 302


@pytest.mark.django_db
def test_a_statement_that_lasts_too_long_is_told() -> None:
    from django.db import connection, transaction

    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '50ms'")
            cursor.execute("SELECT pg_sleep(5)")
    except OperationalError:
        answer = server_error(RequestFactory().get("/"))

    assert answer.status_code == 503
    assert "met trop longtemps à répondre" in answer.content.decode()
