"""Why one sees a dossier, who else may, the exceptional access: on a desk and on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from seuil.acteurs.models import Agent
from tests.factories.base import make_agent, make_dossier, make_organisation
from tests.harness.browser import (
    ETROIT,
    LARGE,
    assert_accessible,
    assert_no_sideways_scroll,
    capture,
)

pytestmark = pytest.mark.navigateur


@pytest.mark.parametrize("width", [LARGE, ETROIT])
def test_the_secretariat_designates_an_organisation_and_ends_it(
    page_de: Callable[..., Page], secretaire: Agent, width: int
) -> None:
    dossier = make_dossier(nom="ALPHA")
    make_organisation(type="adil", nom="ADIL de la Gironde")
    page = page_de(secretaire, width=width)

    page.goto(f"/dossiers/{dossier.numero}/")
    page.locator(".seuil-dossier summary").click()
    page.get_by_role("link", name="Pourquoi je vois ce dossier").click()
    expect(page.get_by_text("Le dossier est de votre département")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.get_by_role("link", name="Désigner un organisme").click()
    page.get_by_label("Organisme").select_option(label="ADIL de la Gironde")
    page.get_by_label("Pourquoi").fill("Permanence juridique demandée par le ménage")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("L’organisme est désigné pour ce dossier")).to_be_visible()
    if width == LARGE:
        capture(page, "qui-voit-quoi")
    page.get_by_role("button", name="Y mettre fin").click()
    expect(page.get_by_text("L’accès est fermé")).to_be_visible()
    expect(page.get_by_text("ADIL de la Gironde")).to_have_count(0)


@pytest.mark.parametrize("width", [LARGE, ETROIT])
def test_a_worker_forces_a_dossier_for_a_day_and_the_officer_reads_why(
    page_de: Callable[..., Page], travailleur_social: Agent, dpo: Agent, width: int
) -> None:
    dossier = make_dossier(nom="ALPHA")
    page = page_de(travailleur_social, width=width)

    page.goto("/acces/exceptionnel/")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.get_by_label("Numéro du dossier").fill(dossier.numero)
    page.get_by_label("Motif").fill("Menace de suicide au téléphone ce matin")
    page.get_by_role("button", name="Ouvrir ce dossier pour 24 heures").click()
    expect(page.get_by_role("heading", name="ALPHA")).to_be_visible()
    officer = page_de(dpo, width=width)
    officer.goto("/acces/exceptionnels/")
    expect(officer.get_by_text("Menace de suicide au téléphone ce matin")).to_be_visible()
    assert_accessible(officer)
    assert_no_sideways_scroll(officer)


@pytest.mark.parametrize("width", [LARGE, ETROIT])
def test_a_partner_reads_the_matrix(page_de: Callable[..., Page], gironde: str, width: int) -> None:
    home = make_organisation(type="ccas", nom="CCAS d’Exemple")
    page = page_de(make_agent(role="partenaire", organisation=home), width=width)

    page.goto("/acces/matrice/")
    expect(page.get_by_text("(vous)")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.get_by_label("Profil").select_option(label="SIAO")
    page.get_by_role("button", name="Afficher").click()
    expect(page.get_by_role("heading", name="SIAO")).to_be_visible()
    if width == LARGE:
        capture(page, "matrice-des-acces")
