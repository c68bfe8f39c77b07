"""Dates in a real browser: what suspends, « Et si… », and the screens of the guide."""

import re
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
SECRETARIAT = "Secrétariat de la CCAPEX"


def open_dossier(page: Page, stade: str) -> str:
    """Open the first dossier of a stage; return its number."""
    page.goto(f"/dossiers/?stade={stade}")
    href = page.locator("main a[href^='/dossiers/33-']").first.get_attribute("href")
    page.goto(href)
    return href.split("/")[2]


@pytest.mark.parametrize("width", [LARGE, ETROIT])
def test_moving_a_hearing_shows_the_dates_that_move_and_saves_nothing(
    chez: Chez, width: int
) -> None:
    page = chez(SECRETARIAT, width=width)
    numero = open_dossier(page, "assignation")
    page.goto(f"/dossiers/{numero}/echeances/")
    before = page.locator("#onglet").inner_text()
    page.get_by_role("link", name=re.compile("Et si")).click()
    assert_accessible(page)
    assert_no_sideways_scroll(page)

    page.get_by_label("Audience").first.fill("2027-03-15")
    page.get_by_role("button", name="Voir les dates").click()

    expect(page.locator("#titre-effet")).to_contain_text("changent")
    expect(page.locator("tbody")).to_contain_text("Dernier jour pour notifier l’assignation")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    if width == LARGE:
        capture(page, "et-si")
    page.get_by_role("link", name="Retour aux échéances").click()
    assert page.locator("#onglet").inner_text() == before


@pytest.mark.parametrize("width", [LARGE, ETROIT])
def test_a_suspension_is_recorded_and_says_what_it_does_not_hold(chez: Chez, width: int) -> None:
    page = chez(SECRETARIAT, width=width)
    numero = open_dossier(page, "cql")
    page.goto(f"/dossiers/{numero}/ajouter/acte/?type=surendettement")
    day = "2026-11-03" if width == LARGE else "2026-11-04"

    page.get_by_label("Décision ou dépôt le").fill(day)
    page.get_by_label("Sens de la décision").select_option("recevable")
    page.get_by_role("button", name="Enregistrer").click()

    page.goto(f"/dossiers/{numero}/echeances/")
    page.get_by_text("Ce que cela suspend, ou non").first.click()
    expect(page.locator("#onglet")).to_contain_text("elle n’est suspendue que par le juge")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    if width == LARGE:
        capture(page, "suspensions")


def test_the_pages_of_the_law_are_captured_for_the_guide(chez: Chez) -> None:
    page = chez(SECRETARIAT)
    for address, name in (
        ("/agenda/?quoi=audience", "agenda"),
        ("/agenda/abonnement/", "agenda-abonnement"),
        ("/droit/", "droit"),
        ("/droit/A1/", "droit-regle"),
    ):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        capture(page, name)
    numero = open_dossier(page, "cql")
    for tab, name in (("dette", "impaye"), ("regularite", "regularite")):
        page.goto(f"/dossiers/{numero}/{tab}/")
        expect(page.get_by_role("heading", level=2).first).to_be_visible()
        page.locator("#onglet").scroll_into_view_if_needed()
        capture(page, name)
