"""Send an e-mail in plain text, from the machine; what does not leave is told, never raised."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPSenderRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

_log = logging.getLogger(__name__)
# RFC 3834: no absence message answers what no person wrote.
_AUTOMATIQUE = {"Auto-Submitted": "auto-generated"}


class Depart(StrEnum):
    """What became of a message given to the mail server."""

    PARTI = ""
    MUET = "serveur"
    REFUSE = "refus"


def send_courriel(
    *, sujet: str, texte: str, adresse: str, identifiant: str, connexion: Any = None
) -> Depart:
    """Send a text, and tell whether it left; the log names neither address nor content.

    The same `identifiant` given twice is the same message: a server or a reader may then drop the
    second one.
    """
    domaine = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip("> ") or "seuil"
    headers = {**_AUTOMATIQUE, "Message-ID": f"<{identifiant}@{domaine}>"}
    try:
        EmailMessage(sujet, texte, to=[adresse], headers=headers, connection=connexion).send()
    except (SMTPRecipientsRefused, SMTPSenderRefused, SMTPDataError) as error:
        _note(error)
        return Depart.REFUSE
    except (SMTPException, OSError) as error:
        _note(error)
        return Depart.MUET
    return Depart.PARTI


@contextmanager
def mail_server() -> Iterator[Any]:
    """Keep one connection to the mail server for several messages; None when it does not answer."""
    connexion = get_connection()
    try:
        connexion.open()
    except (SMTPException, OSError) as error:
        _note(error)
        yield None
        return
    try:
        yield connexion
    finally:
        connexion.close()


def _note(error: Exception) -> None:
    _log.warning("Courriel non parti (%s)", type(error).__name__)
