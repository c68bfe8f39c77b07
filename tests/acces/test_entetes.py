"""T30 and T37: headers of every answer, and the settings of a real installation."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tests.acces.http import Demande, Visite, list_demandes, why_bad_headers
from tests.acces.oracle import Oracle
from tests.acces.treillis import Treillis

RACINE = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
def test_an_answer_without_session_has_its_headers(treillis: Treillis, oracle: Oracle) -> None:
    """Those of a session are checked with what they show (Visite.check, test_pages)."""
    addresses = {
        d.nom: d.adresse
        for d in list_demandes(treillis, oracle, hasard=random.Random(2), personas=["secretariat"])
    }
    faults = []
    for name, address in addresses.items():
        response = Client(raise_request_exception=False).get(address)
        reasons = why_bad_headers(response, signed_in=False)
        if reasons:
            faults.append(f"sans session {name} {response.status_code} : {reasons}")
    assert len(addresses) > 60
    assert not faults, f"{len(faults)}\n" + "\n".join(sorted(set(faults))[:40])


@pytest.mark.parametrize(
    ("header", "value", "told"),
    [
        ("X-Frame-Options", None, "X-Frame-Options"),
        ("Content-Security-Policy", "default-src 'self'; script-src 'unsafe-inline'", "unsafe"),
        ("Referrer-Policy", "unsafe-url", "Referrer-Policy"),
        ("Cache-Control", "max-age=60", "Cache-Control"),
        ("Server", "granian", "nom du serveur"),
    ],
)
def test_a_header_that_lacks_or_says_too_much_is_seen(
    treillis: Treillis, oracle: Oracle, header: str, value: str | None, told: str
) -> None:
    visite = Visite(treillis, oracle)
    demande = Demande("dossiers", frozenset(), "GET", "secretariat", reverse("dossiers"))
    response = visite.send(demande)
    assert why_bad_headers(response, signed_in=True) == []

    response.headers.pop(header, None)
    if value is not None:
        response.headers[header] = value

    assert any(told in reason for reason in why_bad_headers(response, signed_in=True))


# Warning of Django → why it is accepted.
DISPENSES = {
    "security.W005": "SECURE_HSTS_INCLUDE_SUBDOMAINS : le nom d’hôte du département porte souvent"
    " d’autres services, que Seuil ne peut pas obliger",
    "security.W021": "SECURE_HSTS_PRELOAD : l’inscription engage le domaine entier, à son"
    " propriétaire de la demander",
}


def test_the_settings_of_an_installation_are_clean() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=RACINE, capture_output=True, text=True, check=False,
        env=os.environ | {"SEUIL_HTTPS": "1", "SEUIL_DEBUG": "0",
                          "SEUIL_SECRET_KEY": "x9-" * 30 + "aB3!"},
    )  # fmt: skip
    told = [line for line in (done.stdout + done.stderr).splitlines() if "(security.W" in line]
    left = [line for line in told if not any(f"({code})" in line for code in DISPENSES)]

    assert not left, "\n".join(left)
    assert done.returncode == 0 or told, done.stderr[-2000:]
