"""The product as `make demo` starts it, in a data folder of its own, driven by a browser."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.harness.browser import open_page

ROOT = Path(__file__).resolve().parents[2]
_ACCOUNT = re.compile(r"^(?P<role>[^:]+) : (?P<courriel>\S+@\S+) / (?P<secret>\S+)$")


@dataclass(frozen=True)
class Site:
    """A running demonstration: its address and the first account of each role."""

    url: str
    comptes: dict[str, tuple[str, str]]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Start `seuil demo --servir`, wait for its address, and stop it with Ctrl-C at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # A short path: the server's socket lies in it.
    data = tmp_path_factory.mktemp("demo")
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    process = subprocess.Popen(
        [
            sys.executable, "-m", "seuil.jobs.cli", "demo", "--taille", "petite", "--servir",
            "--port", str(port),
        ],
        cwd=ROOT,
        env={**environment, "SEUIL_DATA": str(data), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    try:
        yield _read_site(process)
    finally:
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=60)
    assert process.returncode == 0, rest
    assert "Traceback" not in rest


def _read_site(process: "subprocess.Popen[str]") -> Site:
    url, comptes, lines = "", {}, []
    for line in process.stdout:
        lines.append(line)
        if found := re.search(r"http://127\.0\.0\.1:\d+", line):
            url = found.group()
        if account := _ACCOUNT.match(line.strip()):
            role = account["role"].strip()
            comptes.setdefault(role, (account["courriel"], account["secret"]))
        if "Ctrl-C" in line:
            return Site(url, comptes)
    pytest.fail("la démonstration ne démarre pas :\n" + "".join(lines[-30:]))


@pytest.fixture
def chez(navigateur: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """Return a function that signs in by the form, as a role, in a window of a given width."""
    with ExitStack() as pages:

        def open_as(role: str, *, width: int = 1280) -> Page:
            page = pages.enter_context(open_page(navigateur, site.url, width=width))
            sign_in(page, *site.comptes[role])
            return page

        yield open_as


def sign_in(page: Page, courriel: str, secret: str) -> None:
    """Fill the sign-in form."""
    page.goto("/connexion/")
    page.get_by_label("Adresse électronique").fill(courriel)
    page.get_by_label("Mot de passe", exact=True).fill(secret)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(lambda url: "/connexion" not in url)
