"""The search under the fingers, what was typed given back, and Back after a corrected error."""

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
    settle,
)

pytestmark = pytest.mark.navigateur
Chez = Callable[..., Page]
SECRETARIAT = "Secrétariat de la CCAPEX"


def _first_name(page: Page) -> str:
    page.goto("/dossiers/?stade=assignation")
    return page.locator("main [data-ligne]").first.inner_text()


@pytest.mark.parametrize("width", [LARGE, ETROIT])
def test_a_household_is_found_with_the_keyboard_from_any_page(chez: Chez, width: int) -> None:
    page = chez(SECRETARIAT, width=width)
    nom = _first_name(page)
    page.goto("/annuaire/")
    settle(page)

    page.keyboard.press("/")
    expect(page.locator("#recherche")).to_be_focused()
    page.keyboard.type(" ".join(reversed(nom.split())), delay=20)
    found = page.locator("#recherche-propositions [data-trouvaille]")
    expect(found.first).to_contain_text(nom)
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    capture(page, "recherche")

    page.keyboard.press("ArrowDown")
    expect(found.first).to_be_focused()
    page.keyboard.press("Escape")
    expect(found).to_have_count(0)
    expect(page.locator("#recherche")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/recherche/\?q="))
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.locator("main [data-trouvaille]").first.click()
    expect(page).to_have_url(re.compile(r"/dossiers/33-"))


def test_a_likeness_is_said_to_be_one(chez: Chez) -> None:
    page = chez(SECRETARIAT)
    nom = _first_name(page).split()
    wrong = f"{nom[-1][:-1]}" if len(nom[-1]) > 5 else f"{nom[-1]}x"
    page.goto(f"/recherche/?q=zz{wrong}zz")

    expect(page.locator("main")).to_contain_text("Aucun dossier de votre périmètre")


def test_back_after_a_corrected_error_asks_nobody_to_send_again(chez: Chez) -> None:
    page = chez(SECRETARIAT)
    page.goto("/dossiers/?stade=assignation")
    page.locator("main [data-ligne]").first.click()
    settle(page)
    numero = page.url.split("/")[4]
    form = f"/dossiers/{numero}/ajouter/coordonnee/"
    page.goto(form)
    page.get_by_label("Téléphone").check()
    page.get_by_label("Numéro ou adresse").fill("06")
    page.get_by_label("Source").fill("Essai")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("#erreurs")).to_be_focused()
    page.get_by_label("Numéro ou adresse").fill("06 39 98 15 77")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("main")).to_contain_text("C’est enregistré")

    answer = page.go_back()
    assert answer is not None
    assert answer.request.method == "GET"
    assert answer.ok
