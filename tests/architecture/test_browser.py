"""The browser's harness really sees faults, and the sign-in page has none."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page

from seuil.acteurs.models import Agent
from tests.harness.browser import (
    ETROIT,
    assert_accessible,
    assert_no_sideways_scroll,
    open_page,
)

pytestmark = pytest.mark.navigateur


@pytest.mark.parametrize("width", [ETROIT, 1280])
def test_the_sign_in_page_is_accessible_and_fits_the_window(
    page_de: Callable[..., Page], width: int
) -> None:
    page = page_de(width=width)

    page.goto("/")

    assert "connexion" in page.url
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_a_signed_in_agent_reaches_the_first_page(
    page_de: Callable[..., Page], secretaire: Agent
) -> None:
    page = page_de(secretaire)

    page.goto("/")

    assert "connexion" not in page.url


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        ("setTimeout(() => { throw new Error('panne') })", "panne"),
        ("console.error('oubli')", "oubli"),
        ("fetch('http://127.0.0.2:9/').catch(() => 0)", "Content Security Policy"),
        ("location.assign('http://127.0.0.2:9/')", "autre hôte"),
    ],
)
def test_an_error_in_the_browser_fails_the_test(
    navigateur: Browser, live_server: object, script: str, fault: str
) -> None:
    def visit() -> None:
        with open_page(navigateur, live_server.url) as page:
            page.goto("/")
            page.evaluate(script)
            page.wait_for_timeout(100)

    with pytest.raises(AssertionError, match=fault):
        visit()


def test_faults_of_accessibility_and_width_are_seen(
    navigateur: Browser, live_server: object
) -> None:
    with open_page(navigateur, live_server.url, width=ETROIT) as page:
        page.set_content("<html><body><img src='data:,x' width=900></body></html>")

        with pytest.raises(AssertionError, match="image-alt"):
            assert_accessible(page)
        with pytest.raises(AssertionError, match="dépasse"):
            assert_no_sideways_scroll(page)
