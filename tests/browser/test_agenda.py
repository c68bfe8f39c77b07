"""The agenda in a real browser: a grid at the office, a list of days on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.harness.browser import ETROIT, LARGE, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.navigateur
Chez = Callable[..., Page]


@pytest.mark.parametrize("width", [LARGE, ETROIT])
@pytest.mark.parametrize("role", ["Secrétariat de la CCAPEX", "Travailleur social"])
def test_the_agenda_is_accessible_fits_and_leads_to_a_dossier(
    chez: Chez, role: str, width: int
) -> None:
    page = chez(role, width=width)
    page.get_by_role("link", name=re.compile("^Agenda")).click()
    page.get_by_role("link", name="Tout", exact=True).click()

    for _ in ("this month", "the next one"):
        assert_no_sideways_scroll(page)
        assert_accessible(page)
        page.locator("a[rel=next]").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Agenda, ")
    page.locator("a[rel=prev]").click()

    # On a phone only the days when something happens are there, with their whole name.
    free = page.locator(".seuil-mois__libre").first
    expect(free).to_be_visible() if width == LARGE else expect(free).to_be_hidden()
    page.locator(".seuil-mois td:not(.seuil-mois__libre) .seuil-mois__date a").first.click()
    assert_no_sideways_scroll(page)
    assert_accessible(page)
    page.locator("main [data-ligne]").first.click()
    expect(page).to_have_url(re.compile(r"/dossiers/33-"))


@pytest.mark.parametrize("width", [LARGE, ETROIT])
def test_a_calendar_reads_the_address_that_the_page_shows(chez: Chez, width: int) -> None:
    page = chez("Juriste", width=width)
    page.goto("/agenda/abonnement/")
    assert_accessible(page)

    page.get_by_role("button", name=re.compile("Créer mon adresse|Changer l’adresse")).click()

    assert_no_sideways_scroll(page)
    assert_accessible(page)
    address = page.get_by_label("Adresse secrète").input_value()
    answer = page.request.get(address)
    assert answer.status == 200
    assert answer.text().startswith("BEGIN:VCALENDAR\r\n")
    page.get_by_role("button", name="Arrêter").click()
    expect(page.locator("main")).to_contain_text("L’adresse ne répond plus")
    assert page.request.get(address).status == 404
