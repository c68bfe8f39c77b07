"""Send an e-mail in plain text, from the machine; what does not leave is told, never raised."""

import logging
from collections.abc import Collection
from smtplib import SMTPException

from django.core.mail import EmailMessage

_log = logging.getLogger(__name__)
# RFC 3834: no absence message answers what no person wrote.
_AUTOMATIQUE = {"Auto-Submitted": "auto-generated"}


def send_courriel(*, sujet: str, texte: str, adresses: Collection[str]) -> bool:
    """Send a text, and tell whether it left; the log names neither addresses nor content."""
    try:
        EmailMessage(sujet, texte, to=list(adresses), headers=_AUTOMATIQUE).send()
    except (SMTPException, OSError) as error:
        _log.warning("Courriel non parti (%s)", type(error).__name__)
        return False
    return True
