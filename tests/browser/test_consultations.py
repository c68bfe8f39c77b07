"""Who saw a dossier, on a wide and on a narrow screen, and on paper."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.harness.browser import (
    ETROIT,
    LARGE,
    assert_accessible,
    assert_no_sideways_scroll,
    capture,
)

pytestmark = pytest.mark.navigateur
Chez = Callable[..., Page]


@pytest.mark.parametrize("width", [LARGE, ETROIT])
def test_the_list_is_reached_from_the_dossier_and_printed_without_names(
    chez: Chez, width: int
) -> None:
    page = chez("Secrétariat de la CCAPEX", width=width)
    page.goto("/dossiers/")
    page.locator("#liste tbody a").first.click()
    page.get_by_role("link", name="Qui voit quoi").click()
    page.get_by_role("link", name="Qui a consulté ce dossier").click()

    expect(page.locator("h1")).to_have_text("Qui a consulté ce dossier")
    expect(page.locator("tbody")).to_contain_text("Secrétariat de la CCAPEX")
    # A phone has no printer: what is printed is printed at the office.
    printing = page.get_by_role("button", name="Imprimer pour le ménage")
    expect(printing).to_be_visible(visible=width == LARGE)
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    if width == LARGE:
        capture(page, "qui-a-consulte")
    page.emulate_media(media="print")
    assert not page.locator("td[data-label=Agent]").first.is_visible()
    assert not page.get_by_role("button", name="Imprimer pour le ménage").is_visible()
