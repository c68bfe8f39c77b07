"""The frame in a browser: its heights, its weight, the keyboard, the thumb."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Response, expect

from tests.browser.test_journeys import (
    ADMINISTRATEUR,
    CCAS,
    CHEF,
    GESTIONNAIRE,
    JURISTE,
    MISSION,
    SECRETARIAT,
    TRAVAILLEUR,
    first_dossier,
)
from tests.harness.browser import (
    ETROIT,
    LARGE,
    assert_accessible,
    assert_no_sideways_scroll,
)

pytestmark = pytest.mark.navigateur
Chez = Callable[..., Page]
CIBLES = Path(__file__).with_name("cibles.js").read_text(encoding="utf-8")
# What a first visit may weigh once compressed, and how far a page may go down at 1280 px.
POIDS, FIN = 250_000, 4000
# And at 320 px, with its fifty rows.
FIN_ETROIT = 12_000
TOUS = [SECRETARIAT, GESTIONNAIRE, CHEF, TRAVAILLEUR, JURISTE, MISSION, ADMINISTRATEUR, CCAS]


def read_hrefs(page: Page, role: str) -> list[str]:
    """Return where the menu of the role leads; what is under the name is the same for all."""
    links = page.locator(f"#navigation a{', .seuil-menu__volet a' if role == SECRETARIAT else ''}")
    return list(dict.fromkeys(links.evaluate_all("all => all.map(a => a.getAttribute('href'))")))


@pytest.mark.parametrize("role", TOUS)
def test_every_page_of_every_menu_is_touched_with_a_thumb(chez: Chez, role: str) -> None:
    page = chez(role, width=ETROIT)

    for address in read_hrefs(page, role):
        page.goto(address)
        assert page.evaluate(CIBLES) == [], address
        assert_no_sideways_scroll(page)
        assert_accessible(page)


@pytest.mark.parametrize("address", ["/dossiers/", "/listes/", "/aujourdhui/", "/listes/deposer/"])
def test_a_list_of_fifty_rows_has_an_end_on_a_phone(chez: Chez, address: str) -> None:
    page = chez(SECRETARIAT, width=ETROIT)
    page.goto(address)

    assert page.evaluate("document.documentElement.scrollHeight") <= FIN_ETROIT
    assert page.evaluate(CIBLES) == []
    bar = page.locator(".seuil-pouces > ul > li > a")
    texts = "all => all.map(a => { const r = document.createRange(); r.selectNodeContents(a);"
    texts += " const b = r.getBoundingClientRect(); return [b.left, b.right]; })"
    assert all(left >= 0 and right <= ETROIT for left, right in bar.evaluate_all(texts))


@pytest.mark.parametrize("onglet", ["", "echeances/", "devoirs/", "dsf/"])
def test_a_dossier_is_touched_with_a_thumb(chez: Chez, onglet: str) -> None:
    page = chez(SECRETARIAT, width=ETROIT)
    page.goto(f"/dossiers/{first_dossier(page)}/{onglet}")

    assert page.evaluate(CIBLES) == []
    assert_no_sideways_scroll(page)


@pytest.mark.parametrize("role", TOUS)
def test_every_page_of_every_menu_is_accessible_on_a_desk(chez: Chez, role: str) -> None:
    page = chez(role)

    for address in read_hrefs(page, role):
        page.goto(address)
        assert_no_sideways_scroll(page)
        assert_accessible(page)


def test_the_menus_open_and_close_with_the_keyboard(chez: Chez) -> None:
    page = chez(SECRETARIAT)
    summary = page.locator(".seuil-menu--agent > summary")

    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Qui voit quoi")).to_be_visible()
    assert_accessible(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="Qui voit quoi")).to_be_hidden()
    expect(summary).to_be_focused()


def test_the_frame_is_one_line_and_a_dossier_begins_high(chez: Chez) -> None:
    page = chez(SECRETARIAT)
    page.goto(f"/dossiers/{first_dossier(page)}/")

    assert page.locator(".seuil-cadre__rangee").bounding_box()["height"] <= 56
    assert page.locator(".seuil-dossier").bounding_box()["height"] <= 110
    assert page.locator("#titre-onglet").bounding_box()["y"] <= 300


def test_the_header_of_a_dossier_shrinks_and_its_tabs_stay(chez: Chez) -> None:
    page = chez(SECRETARIAT)
    page.goto(f"/dossiers/{first_dossier(page)}/devoirs/")

    page.mouse.wheel(0, 600)
    expect(page.locator(".seuil-dossier--reduit")).to_be_visible()
    page.wait_for_timeout(200)
    header = page.locator(".seuil-dossier").bounding_box()
    tabs = page.locator(".seuil-onglets").bounding_box()
    assert (header["y"], header["height"]) == (0, 44)
    assert 43 <= tabs["y"] <= 46
    assert_accessible(page)


def test_the_first_thing_to_do_is_two_keys_away(chez: Chez) -> None:
    page = chez(TRAVAILLEUR)
    page.goto("/a-faire/")

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main [data-ligne]").first).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#chercher")).to_be_focused()


def test_opening_a_tab_leads_the_focus_to_its_title(chez: Chez) -> None:
    page = chez(TRAVAILLEUR)
    page.goto(f"/dossiers/{first_dossier(page)}/")

    page.get_by_role("link", name="Échéances", exact=True).click()
    expect(page.locator("#titre-onglet")).to_have_text("Échéances")
    expect(page.locator("#titre-onglet")).to_be_focused()


def test_an_abbreviation_is_explained_at_its_first_sight(chez: Chez) -> None:
    page = chez(SECRETARIAT)
    page.goto("/departement/")
    sigle = page.locator("main .seuil-sigle", has_text="CCAPEX")

    expect(sigle).to_have_count(1)
    sigle.focus()
    page.keyboard.press("Enter")
    expect(sigle).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_text("commission de coordination des actions")).to_be_visible()
    assert_accessible(page)


def test_the_agenda_of_a_phone_opens_on_today(chez: Chez) -> None:
    page = chez(TRAVAILLEUR, width=ETROIT)
    page.goto("/agenda/")

    assert page.locator("[data-ici]").evaluate(
        "here => { const days = [...document.querySelectorAll('.seuil-mois td')];"
        " const next = days.slice(days.indexOf(here)).find(d => d.checkVisibility());"
        " return !next || (next.getBoundingClientRect().top >= -1"
        " && next.getBoundingClientRect().top < innerHeight); }"
    )


def test_a_first_visit_is_light_and_its_files_are_kept_a_year(chez: Chez) -> None:
    page = chez(SECRETARIAT)
    answers: list[Response] = []

    def keep(answer: Response) -> None:
        answers.append(answer)

    page.on("response", keep)
    page.context.clear_cookies()
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto("/connexion/")
    page.wait_for_load_state("networkidle")

    sizes = [a.request.sizes() for a in answers]
    assert sum(s["responseBodySize"] + s["responseHeadersSize"] for s in sizes) <= POIDS
    kept = [a for a in answers if "/static/" in a.url]
    assert kept
    for answer in kept:
        control = answer.headers["cache-control"]
        assert "immutable" in control, answer.url
        assert int(control.split("max-age=")[1].split(",")[0]) >= 31_536_000
    sheets = [a for a in kept if a.url.endswith(".css") and "/dsfr." in a.url]
    assert sheets[0].headers["content-encoding"] in {"br", "gzip"}


@pytest.mark.parametrize("address", ["/choix-du-mois/", "/mandats/", "/acces/matrice/", "/droit/"])
def test_a_page_that_had_no_end_has_one(chez: Chez, address: str) -> None:
    page = chez(SECRETARIAT)
    page.goto(address)

    assert page.evaluate("document.documentElement.scrollHeight") <= FIN
    assert page.viewport_size["width"] == LARGE
