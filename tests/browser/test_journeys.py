"""What each role does in a day, in a real browser, on the demonstration."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site
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
GESTIONNAIRE = "Gestionnaire de procédure"
CHEF = "Chef d’équipe"
TRAVAILLEUR = "Travailleur social"
JURISTE = "Juriste"
MISSION = "Chargé de mission"
ADMINISTRATEUR = "Administrateur"
CCAS = "Agent d’un organisme partenaire (CCAS de Bordeaux)"
ADIL = "Agent d’un organisme partenaire (ADIL de la Gironde)"

PAGES = {
    SECRETARIAT: [
        "/aujourdhui/", "/dossiers/", "/listes/", "/listes/deposer/", "/choix-du-mois/",
        "/mandats/", "/activite/", "/annuaire/", "/departement/",
    ],
    GESTIONNAIRE: ["/aujourdhui/", "/dossiers/", "/listes/"],
    CHEF: ["/aujourdhui/", "/mandats/", "/activite/"],
    TRAVAILLEUR: ["/aujourdhui/", "/mandats/", "/dossiers/"],
    JURISTE: ["/aujourdhui/", "/mandats/"],
    MISSION: ["/activite/", "/annuaire/", "/departement/"],
    ADMINISTRATEUR: ["/comptes/", "/annuaire/"],
    CCAS: ["/aujourdhui/", "/annuaire/", "/departement/"],
}  # fmt: skip

_DEMANDER = re.compile("Demander (au|à)")


def first_dossier(page: Page) -> str:
    """Return the number of the first dossier of the reader's list."""
    page.goto("/dossiers/")
    href = page.locator("main a[href^='/dossiers/33-']").first.get_attribute("href")
    return href.split("/")[2]


def first_followed(page: Page) -> str:
    """Return the number of the first household that the reader follows."""
    page.goto("/mandats/")
    found = re.search(r"33-\d{4}-\d{6}", page.locator("main").inner_text())
    assert found
    return found.group()


@pytest.mark.parametrize("width", [LARGE, ETROIT])
@pytest.mark.parametrize("role", PAGES)
def test_every_page_of_a_role_is_accessible_and_fits(chez: Chez, role: str, width: int) -> None:
    page = chez(role, width=width)

    for address in PAGES[role]:
        answer = page.goto(address)
        assert answer.status == 200, address
        assert_no_sideways_scroll(page)
        assert_accessible(page)


@pytest.mark.parametrize("width", [LARGE, ETROIT])
def test_every_tab_of_a_dossier_is_accessible_and_fits(chez: Chez, width: int) -> None:
    page = chez(TRAVAILLEUR, width=width)
    page.goto(f"/dossiers/{first_followed(page)}/")
    names = page.locator("nav[aria-label*='nglet'] a, .seuil-onglets a").all_inner_texts()
    assert len(names) >= 8

    for name in names:
        page.locator(".seuil-onglets a, nav[aria-label*='nglet'] a").filter(
            has_text=re.compile(f"^{re.escape(name)}$")
        ).click()
        expect(page.get_by_role("heading", level=2).first).to_be_visible()
        assert_no_sideways_scroll(page)
        assert_accessible(page)


def test_the_secretary_asks_for_the_diagnoses_of_the_week_in_few_gestures(chez: Chez) -> None:
    page = chez(SECRETARIAT)
    gestures = 0

    def press(locator: Locator) -> None:
        nonlocal gestures
        gestures += 1
        locator.click()

    page.goto("/aujourdhui/?genre=dsf_a_obtenir")
    rows = page.locator(".seuil-jour__ligne")
    waiting = rows.count()
    assert waiting
    press(page.get_by_label("Cocher la page"))
    expect(page.locator("#demander-lot")).to_contain_text(f"pour les {waiting} cochés")
    press(page.locator("#demander-lot"))
    assert_accessible(page)
    press(page.get_by_role("button", name="Confirmer"))
    expect(rows).to_have_count(0)
    assert gestures <= 5
    # One thinks again: everybody is back, at the same place.
    page.get_by_role("button", name="Annuler").click()
    expect(rows).to_have_count(waiting)
    # One household alone, from its row: the focus goes to the one that took its place.
    rows.nth(1).get_by_role("button", name=_DEMANDER).click()
    expect(rows).to_have_count(waiting - 1)
    expect(rows.nth(1).locator(":focus")).to_have_count(1)
    page.get_by_role("button", name="Annuler").click()
    expect(rows).to_have_count(waiting)


def test_the_first_pages_are_captured_for_the_guide(chez: Chez) -> None:
    page = chez(SECRETARIAT)
    for address, name in (
        ("/aujourdhui/", "a-faire"),
        ("/choix-du-mois/", "choix-du-mois"),
        ("/activite/", "activite-du-mois"),
        ("/dossiers/", "dossiers"),
        ("/listes/deposer/", "deposer-une-liste"),
    ):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        capture(page, name)
    numero = first_dossier(page)
    page.goto(f"/dossiers/{numero}/echeances/")
    page.get_by_text("Pourquoi cette date").first.click()
    expect(page.locator("details[open]").first).to_be_visible()
    capture(page, "echeances")


def test_the_team_pages_are_captured_for_the_guide(chez: Chez) -> None:
    chef = chez(CHEF)
    chef.goto("/mandats/")
    capture(chef, "mandats")
    chef.locator("main a[href^='/mandats/']").first.click()
    expect(chef.get_by_role("heading", level=1)).to_be_visible()
    capture(chef, "mandat")
    phone = chez(TRAVAILLEUR, width=ETROIT)
    phone.goto(f"/terrain/{first_followed(phone)}/contact/")
    capture(phone, "contact-mobile")


def test_a_list_goes_from_the_file_to_a_dossier(chez: Chez, tmp_path: Path) -> None:
    liste = tmp_path / "commandements.csv"
    liste.write_text(
        "Nom;Prénom;Adresse;Code postal;Commune;Date du commandement;Dette\n"
        "ESSAI-NAVIGATEUR;Léa;1 rue des Essais;33000;Bordeaux;03/11/2026;1 234,56 €\n"
        "SANSDATE;Marc;2 rue des Essais;33000;Bordeaux;31/02/2026;800\n",
        encoding="utf-8",
    )
    page = chez(SECRETARIAT)

    page.goto("/listes/deposer/")
    page.get_by_label("Ce que contient la liste").select_option("commandement")
    page.get_by_role("textbox", name=re.compile("^Source")).fill("étude d’essai")
    page.set_input_files("input[type=file]", liste)
    page.get_by_role("button", name="Lire le fichier").click()

    expect(page.locator("main")).to_contain_text("31/02/2026")
    assert_accessible(page)
    capture(page, "apercu-de-liste")
    page.get_by_role("button", name=re.compile("Appliquer")).click()

    page.goto("/dossiers/?texte=ESSAI-NAVIGATEUR")
    expect(page.locator("main")).to_contain_text("ESSAI-NAVIGATEUR Léa")
    page.goto("/dossiers/?texte=SANSDATE")
    expect(page.locator("main")).not_to_contain_text("SANSDATE Marc")


def test_a_contact_is_noted_on_a_phone_in_three_touches(chez: Chez) -> None:
    page = chez(TRAVAILLEUR, width=ETROIT)
    numero = first_followed(page)

    page.goto(f"/terrain/{numero}/contact/")
    page.get_by_text("Téléphone", exact=True).click()
    page.get_by_text("Message laissé", exact=True).click()
    page.get_by_role("button", name="Enregistrer le contact").click()

    page.goto(f"/dossiers/{numero}/contacts/")
    expect(page.locator("main")).to_contain_text("Téléphone, le ménage\u00a0: message laissé")


def test_a_phone_without_answer_says_what_is_missing_and_keeps_the_rest(chez: Chez) -> None:
    page = chez(TRAVAILLEUR)
    numero = first_followed(page)
    page.goto(f"/terrain/{numero}/contact/")
    page.get_by_text("Courrier", exact=True).click()

    # The refusal is an answer 422, which the browser's console reports: asked outside of it.
    answer = page.request.post(
        f"/terrain/{numero}/contact/",
        form={
            "csrfmiddlewaretoken": page.locator(
                "input[name=csrfmiddlewaretoken]"
            ).first.get_attribute("value"),
            "avec": "menage",
            "canal": "courrier",
        },
        headers={"Referer": page.url},
    )

    assert answer.status == 422
    assert "Résultat" in answer.text()
    assert re.search(r'value="courrier"[^>]*checked', answer.text())


def test_a_partner_says_on_a_phone_that_its_duty_is_done(chez: Chez) -> None:
    page = chez(ADIL, width=ETROIT)
    page.goto("/aujourdhui/")
    status = page.locator(".seuil-jour__total")
    before = status.inner_text()
    page.get_by_role("link", name="Dire que c’est fait").first.click()
    assert_no_sideways_scroll(page)
    assert_accessible(page)

    page.get_by_label("Ce qui montre que c’est fait").fill("Réponse du 20 novembre")
    page.get_by_role("button", name="Enregistrer").click()

    expect(page.get_by_text("C’est enregistré.")).to_be_visible()
    assert status.inner_text() != before


def test_the_duties_are_captured_for_the_guide(chez: Chez) -> None:
    page = chez(ADIL)
    page.goto("/aujourdhui/")
    capture(page, "devoirs-a-faire")
    page.get_by_role("link", name="Dire que c’est fait").first.click()
    capture(page, "devoir-fait")
    page = chez(SECRETARIAT)
    page.goto(f"/dossiers/{first_dossier(page)}/devoirs/")
    capture(page, "qui-fait-quoi")


def test_the_charge_de_mission_meets_no_person_anywhere(chez: Chez) -> None:
    numero = first_dossier(chez(SECRETARIAT))
    page = chez(MISSION)

    for address in (
        "/dossiers/", f"/dossiers/{numero}/", f"/terrain/{numero}/contact/", "/aujourdhui/",
        "/mandats/", "/choix-du-mois/", "/activite/menages_rencontres/dossiers/",
    ):  # fmt: skip
        assert page.request.get(address).status == 404, address
    page.goto("/activite/")
    assert "33-202" not in page.content()


def test_a_visitor_is_asked_to_sign_in(site: Site, navigateur) -> None:
    context = navigateur.new_context(base_url=site.url)
    page = context.new_page()

    page.goto("/dossiers/")

    assert "/connexion/" in page.url
    assert_accessible(page)
    context.close()


def test_the_keyboard_reaches_the_content_first(chez: Chez) -> None:
    page = chez(SECRETARIAT)
    page.goto("/aujourdhui/")

    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert "contenu" in skip.inner_text().lower()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    inside = page.evaluate("document.activeElement.closest('main') !== null")
    assert inside


def test_a_filter_of_the_list_works_without_script(site: Site, navigateur) -> None:
    context = navigateur.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/connexion/")
    courriel, secret = site.comptes[SECRETARIAT]
    page.get_by_label("Adresse électronique").fill(courriel)
    page.get_by_label("Mot de passe", exact=True).fill(secret)
    page.get_by_role("button", name="Se connecter").click()

    page.goto("/dossiers/")
    page.get_by_label("Stade").select_option("cql")
    page.locator("main").get_by_role("button", name="Chercher").click()

    assert "stade=cql" in page.url
    rows = page.locator("main tbody tr")
    assert rows.count() > 0
    assert all("quitter les lieux" in text for text in rows.all_inner_texts())
    context.close()
