"""Mails to agents: written with their fact, sent when the server answers, given up and said."""

import email
import email.policy
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.connexions.models import Courriel, GenreCourriel
from seuil.connexions.operations import courriels
from seuil.connexions.operations.courriels import add_courriels, deposit_courriels
from seuil.connexions.operations.perimes import delete_perimes
from seuil.connexions.queries import get_retard_courriel, list_courriels_en_peine
from seuil.kernel.contexte import under_policies

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
CLE = "clé de l’instance"
MINUTE = timedelta(minutes=1)


class _Ecoute(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    recus: list[Any]


class _Echange(socketserver.StreamRequestHandler):
    server: _Ecoute

    def handle(self) -> None:
        self.wfile.write(b"220 essai\r\n")
        while (line := self.rfile.readline().strip().upper()) and line != b"QUIT":
            if line == b"DATA":
                self.wfile.write(b"354 go\r\n")
                text = b"".join(iter(self.rfile.readline, b".\r\n"))
                message = email.message_from_bytes(text, policy=email.policy.default)
                self.server.recus.append(message)
            self.wfile.write(b"250 ok\r\n")
        self.wfile.write(b"221 bye\r\n")


class Serveur:
    """A mail server on the loopback: it speaks SMTP on a socket, and may be stopped."""

    def __init__(self) -> None:
        self.recus: list[Any] = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._server: _Ecoute | None = None

    def start(self) -> None:
        self._server = _Ecoute(("127.0.0.1", self.port), _Echange)
        self._server.recus = self.recus
        threading.Thread(target=self._server.serve_forever, args=(0.05,)).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
        self._server = None


@pytest.fixture
def serveur(settings: Any) -> Iterator[Serveur]:
    made = Serveur()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", made.port
    settings.EMAIL_USE_TLS = False
    yield made
    made.stop()


def write(
    agent: Agent, texte: str = "N'Guyen & Cie : https://x.fr/invitation/abc/", **k: Any
) -> Any:
    values = {
        "genre": GenreCourriel.LIEN, "destinataires": [agent], "sujet": "Votre compte",
        "texte": texte, "cle": CLE, "at": AT, **k,
    }  # fmt: skip
    add_courriels(**values)
    return Courriel.objects.latest("pk")


def test_a_mail_waits_for_a_server_that_is_down_and_leaves_once_when_it_is_up(
    dpo: Agent, serveur: Serveur, caplog: pytest.LogCaptureFixture
) -> None:
    mail = write(dpo)

    assert deposit_courriels(cle=CLE, at=AT) == 0
    mail.refresh_from_db()
    assert (mail.issue, mail.essais, mail.envoye_at) == ("serveur", 1, None)
    assert [c.pk for c in list_courriels_en_peine(agent=dpo)] == [mail.pk]
    assert get_retard_courriel(at=AT + MINUTE) == 60
    serveur.start()
    assert deposit_courriels(cle=CLE, at=AT + MINUTE / 2) == 0  # not before its time
    assert deposit_courriels(cle=CLE, at=AT + MINUTE) == 1
    assert deposit_courriels(cle=CLE, at=AT + MINUTE) == 0
    mail.refresh_from_db()
    assert (mail.envoye_at, mail.contenu, mail.issue) == (AT + MINUTE, "", "")
    assert get_retard_courriel(at=AT + 9 * MINUTE) == 0
    (message,) = serveur.recus
    assert message["To"] == dpo.courriel
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content_type() == "text/plain"
    assert "N'Guyen & Cie" in message.get_content()
    assert dpo.courriel not in caplog.text
    assert "invitation" not in caplog.text


def test_up_then_down_then_up_again(dpo: Agent, serveur: Serveur) -> None:
    write(dpo, genre=GenreCourriel.ACCES, texte="premier")
    serveur.start()
    assert deposit_courriels(cle=CLE, at=AT) == 1
    serveur.stop()
    write(dpo, genre=GenreCourriel.ACCES, texte="deuxième")
    assert deposit_courriels(cle=CLE, at=AT + MINUTE) == 0
    serveur.start()
    assert deposit_courriels(cle=CLE, at=AT + 2 * MINUTE) == 1
    assert [m.get_content().strip() for m in serveur.recus] == ["premier", "deuxième"]


def test_a_mail_is_kept_with_its_fact_or_not_at_all(dpo: Agent) -> None:
    with suppress(ZeroDivisionError), transaction.atomic():
        write(dpo)
        raise ZeroDivisionError

    assert not Courriel.objects.exists()


def test_a_worker_killed_between_the_sending_and_the_mark_sends_twice_at_most(
    dpo: Agent, serveur: Serveur, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def kill(*_: Any) -> None:
        raise Killed

    mail = write(dpo)
    serveur.start()
    monkeypatch.setattr(courriels, "_note_depart", kill)
    for minutes in (0, 1, 5, 20, 60):
        with pytest.raises(Killed) if minutes < 2 else transaction.atomic():
            deposit_courriels(cle=CLE, at=AT + minutes * MINUTE)

    first, second = serveur.recus
    assert first["Message-ID"] == second["Message-ID"]
    mail.refresh_from_db()
    assert mail.get_issue_display() == "l’envoi a été interrompu deux fois"
    assert Event.objects.filter(kind="alerte.courriel_abandonne").count() == 1


def test_what_does_not_leave_in_two_days_is_given_up_and_said(dpo: Agent, serveur: Serveur) -> None:
    mail = write(dpo)
    for heures in range(0, 60, 2):
        deposit_courriels(cle=CLE, at=AT + timedelta(hours=heures))

    mail.refresh_from_db()
    assert mail.abandonne_at == AT + timedelta(days=2)
    assert mail.contenu == ""
    line = Event.objects.get(kind="alerte.courriel_abandonne")
    assert line.target_id == str(dpo.pk)
    assert [c.pk for c in list_courriels_en_peine(agent=dpo)] == [mail.pk]
    delete_perimes(at=AT + timedelta(days=32))
    assert not Courriel.objects.exists()


def test_a_secret_link_is_hidden_replaced_by_the_next_and_unread_by_the_web_server(
    dpo: Agent,
) -> None:
    old, new = write(dpo), write(dpo)

    old.refresh_from_db()
    assert (old.contenu, old.issue) == ("", "remplace")
    assert "invitation" not in new.contenu
    with pytest.raises(DatabaseError), under_policies(), connection.cursor() as cursor:
        cursor.execute("SELECT contenu FROM connexions_courriel")


def test_a_key_that_changed_gives_the_mail_up(dpo: Agent, serveur: Serveur) -> None:
    mail = write(dpo)
    serveur.start()

    assert deposit_courriels(cle="une autre", at=AT) == 0
    mail.refresh_from_db()
    assert mail.issue == "illisible"
