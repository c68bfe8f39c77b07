"""T30 and T37: headers of every answer, and the settings of a real installation."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from tests.acces.http import Visite, list_demandes
from tests.acces.oracle import Oracle
from tests.acces.treillis import Treillis

RACINE = Path(__file__).resolve().parents[2]
WANTED = {
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}  # fmt: skip
DIRECTIVES = ("default-src 'self'", "script-src 'self'", "object-src 'none'", "base-uri 'none'",
              "form-action 'self'", "frame-ancestors 'none'")  # fmt: skip


def _why_bad_headers(response: object, *, signed_in: bool) -> list[str]:
    headers = response.headers
    reasons = [f"{k} : {headers.get(k)}" for k, v in WANTED.items() if headers.get(k) != v]
    policy = headers.get("Content-Security-Policy", "")
    sandboxed = policy.startswith("sandbox; default-src 'none'")
    if not sandboxed:
        reasons += [d for d in DIRECTIVES if d not in policy]
    if "unsafe" in policy or "http" in policy or "*" in policy:
        reasons.append(policy)
    if headers.get("Referrer-Policy") not in {"same-origin", "no-referrer", "strict-origin"}:
        reasons.append(f"Referrer-Policy : {headers.get('Referrer-Policy')}")
    if signed_in and "no-store" not in headers.get("Cache-Control", ""):
        reasons.append(f"Cache-Control : {headers.get('Cache-Control')}")
    if "Server" in headers or "X-Powered-By" in headers:
        reasons.append("dit le nom du serveur")
    return reasons


@pytest.mark.django_db
def test_every_answer_has_its_headers(treillis: Treillis, oracle: Oracle) -> None:
    visite = Visite(treillis, oracle)
    faults, seen = [], set()
    demandes = list(
        list_demandes(treillis, oracle, hasard=random.Random(2),
                      personas=["secretariat", "charge_mission"])
    )  # fmt: skip
    for d in demandes:
        response = visite.send(d)
        seen.add(d.nom)
        # The calendar is read without a session, and may be kept a quarter of an hour.
        signed_in = d.nom not in {"agenda_ics", "sante", "source"}
        reasons = _why_bad_headers(response, signed_in=signed_in)
        if reasons:
            faults.append(f"{d.methode} {d.nom} {response.status_code} : {reasons}")
    for d in {d.nom: d for d in demandes}.values():
        response = Client(raise_request_exception=False).get(d.adresse)
        reasons = _why_bad_headers(response, signed_in=False)
        if reasons:
            faults.append(f"sans session {d.nom} {response.status_code} : {reasons}")
    assert len(seen) > 60
    assert not faults, f"{len(faults)}\n" + "\n".join(sorted(set(faults))[:40])


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


@pytest.mark.navigateur
def test_a_walk_of_the_site_breaks_no_policy_and_calls_no_other_host(
    secretaire: object, page_de: object
) -> None:
    """Follow the links of each page once: the harness fails on any violation it hears of."""
    from tests.factories.base import make_dossier

    make_dossier()
    page = page_de(secretaire)
    page.add_init_script(
        "addEventListener('securitypolicyviolation',"
        " e => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI))"
    )
    page.goto("/")
    todo, done = [page.url], set()
    while todo and len(done) < 25:
        address = todo.pop(0)
        path = address.split("#")[0].split("?")[0]
        if path in done or path.endswith((".xlsx", ".yaml", ".txt", "/export/", "/deconnexion/")):
            continue
        done.add(path)
        answer = page.goto(address)
        assert answer is None or answer.status < 500, address
        links = page.eval_on_selector_all("a[href^='/']", "l => l.map(a => a.href)")
        todo += [link for link in links if "/static/" not in link and "/documents/" not in link]
    assert len(done) >= 10
