"""Drive Debian's chromium, and refuse what a person would not see in silence."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Locator, Page, Request, sync_playwright

from tests.harness.client import sign_in_strongly

IMAGES = Path(__file__).resolve().parent.parent.parent / "docs" / "guide" / "images"
# What people have: an office screen, and the narrowest width that must work (RGAA 10.11).
LARGE, ETROIT = 1280, 320


@contextmanager
def open_browser() -> Iterator[Browser]:
    """Start chromium; fail, never skip, when it is missing."""
    # The shell without a window costs a fifth less.
    chromium = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if chromium is None:
        pytest.fail("chromium manque : « make test » l’installe (ou : apt-get install chromium)")
    # Chromium's own sandbox refuses root; the pages are ours and the network is closed.
    args = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=args)
        yield browser
        browser.close()


@contextmanager
def open_page(
    browser: Browser, address: str, *, agent: object | None = None, width: int = LARGE
) -> Iterator[Page]:
    """Open a page signed in as `agent`, and fail at the end on any error the browser saw."""
    context = browser.new_context(
        base_url=address,
        locale="fr-FR",
        timezone_id="Europe/Paris",
        viewport={"width": width, "height": 900},
        reduced_motion="reduce",
    )
    if agent is not None:
        client = Client()
        sign_in_strongly(client, agent)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}]
        )
    faults: list[str] = []

    def check_host(request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != urlsplit(address).netloc:
            faults.append(f"requête vers un autre hôte : {request.url}")

    page = context.new_page()
    page.on("request", check_host)
    page.on("pageerror", lambda error: faults.append(f"erreur de script : {error}"))
    page.on(
        "console",
        lambda message: (
            faults.append(f"console : {message.text}") if message.type == "error" else None
        ),
    )
    try:
        yield page
    finally:
        context.close()
    assert not faults, "le navigateur a vu : " + " ; ".join(faults)


def settle(page: Page) -> Locator:
    """Wait for the document that a click has just asked for, and return its root element.

    Right after a click the former document is gone and the next one has no element yet.
    """
    page.wait_for_load_state()
    root = page.locator("html")
    root.wait_for()
    return root


def assert_accessible(page: Page) -> None:
    """Fail on any violation that axe finds in the page as it is now."""
    settle(page)
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def assert_no_sideways_scroll(page: Page) -> None:
    """Fail when the page is wider than its window."""
    wider = settle(page).evaluate("root => root.scrollWidth - window.innerWidth")
    assert wider <= 0, f"la page dépasse de {wider} px"


def capture(page: Page, name: str) -> None:
    """Write a screenshot of the guide; only `make docs` (SEUIL_CAPTURES) changes the files."""
    if os.environ.get("SEUIL_CAPTURES"):
        IMAGES.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=IMAGES / f"{name}.png", full_page=False, animations="disabled")
