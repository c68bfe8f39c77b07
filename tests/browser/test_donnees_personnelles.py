"""Personal data and the rights of the people in a real browser: on a desk and on a phone."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from seuil.acteurs.models import Agent
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.factories.base import make_acte, make_dossier
from tests.harness.browser import (
    ETROIT,
    LARGE,
    assert_accessible,
    assert_no_sideways_scroll,
    capture,
)

pytestmark = pytest.mark.navigateur
WIDTHS = pytest.mark.parametrize("width", [LARGE, ETROIT])


@WIDTHS
def test_a_visitor_reads_what_is_kept(
    page_de: Callable[..., Page], gironde: str, width: int
) -> None:
    page = page_de(width=width)
    page.goto("/connexion/")
    page.get_by_role("link", name="Données personnelles").click()

    expect(page.get_by_role("heading", name="Données personnelles", level=1)).to_be_visible()
    page.get_by_role("link", name="Combien de temps").click()
    expect(page.get_by_text("dernier contact avec le ménage").first).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    if width == LARGE:
        page.evaluate("window.scrollTo(0, 0)")
        capture(page, "donnees-personnelles")


@WIDTHS
def test_the_officer_keeps_the_register_and_limits_a_file(
    page_de: Callable[..., Page], dpo: Agent, width: int
) -> None:
    dossier = make_dossier(nom="ALPHA")
    page = page_de(dpo, width=width)
    page.goto("/droits/")
    assert_accessible(page)
    page.get_by_label("Numéro du dossier").fill(dossier.numero)
    page.get_by_label("Droit exercé").select_option("limitation")
    page.get_by_label("Qui demande").fill("Claude ALPHA")
    page.get_by_label("Ce qui est demandé").fill("Le montant de la dette est contesté.")
    page.get_by_label("Reçue le").fill("2026-11-16")
    page.get_by_role("button", name="Ajouter au registre").click()

    expect(page.get_by_role("heading", name="Limitation (art. 18)")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    if width == LARGE:
        capture(page, "demande-droit")
    page.get_by_role("button", name="Limiter le traitement").click()
    expect(page.get_by_role("button", name="Lever la limitation")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Télécharger les données").click()
    assert download.value.suggested_filename == f"donnees-{dossier.numero}.zip"
    page.goto("/droits/")
    expect(page.get_by_text("1 demande")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    if width == LARGE:
        capture(page, "droits-des-personnes")


@WIDTHS
def test_the_secretariat_sees_why_a_file_is_kept_and_holds_it(
    page_de: Callable[..., Page], secretaire: Agent, on: date, width: int
) -> None:
    dossier = make_dossier(nom="ALPHA", ouvert_le=date(2026, 3, 2))
    make_acte(dossier=dossier, type="commandement", survenu_le=date(2026, 3, 2))
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    page = page_de(secretaire, width=width)
    page.goto(f"/dossiers/{dossier.numero}/acces/")
    page.get_by_role("link", name="Conservation du dossier").click()

    expect(page.get_by_text("Procédure ouverte au stade commandement")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    if width == LARGE:
        capture(page, "conservation-du-dossier")
    page.get_by_label("Pourquoi").fill("Recours annoncé par le bailleur")
    page.get_by_role("button", name="Geler la conservation").click()
    expect(page.get_by_text("La conservation est gelée")).to_be_visible()
