"""The divisions of the département in a real browser: on a desk and on a phone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from seuil.acteurs.models import Agent
from tests.factories.base import BORDEAUX, LIBOURNE, make_organisation
from tests.harness.browser import (
    ETROIT,
    LARGE,
    assert_accessible,
    assert_no_sideways_scroll,
    capture,
)

pytestmark = pytest.mark.navigateur
FICHIER = f"secteur;commune;organisme\nNord;{LIBOURNE};\nSud;{BORDEAUX};CD\n"


@pytest.mark.parametrize("width", [LARGE, ETROIT])
def test_a_division_is_imported_compared_and_read_for_a_commune(
    page_de: Callable[..., Page], administrateur: Agent, tmp_path: Path, width: int
) -> None:
    make_organisation(type="conseil_departemental", nom="CD")
    path = tmp_path / "agences.csv"
    path.write_text(FICHIER, encoding="utf-8")
    page = page_de(administrateur, width=width)

    page.goto("/departement/")
    page.get_by_role("link", name="Découpages du département").click()
    check(page)
    page.get_by_role("link", name="Importer un découpage").click()
    check(page)
    page.get_by_label("Nom du découpage").fill("Agences solidarités")
    page.get_by_label("Nature").select_option("agence_solidarite")
    page.get_by_label("Fichier").set_input_files(path)
    page.get_by_role("button", name="Importer").click()
    expect(page.get_by_text("est enregistré")).to_be_visible()
    check(page)
    page.get_by_role("link", name="Renommer, dire qui y intervient").click()
    check(page)

    page.goto("/decoupages/")
    if width == LARGE:
        capture(page, "decoupages")
    page.get_by_label("Les secteurs de").select_option("epci")
    page.get_by_label("Coupés par ceux de").select_option("arrondissements")
    page.get_by_role("button", name="Comparer").click()
    expect(page.get_by_role("status")).to_contain_text("secteurs coupés")
    check(page)
    if width == LARGE:
        capture(page, "decoupages-comparer")
    page.goto(f"/decoupages/commune/?code={BORDEAUX}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Bordeaux")
    check(page)


def check(page: Page) -> None:
    assert_accessible(page)
    assert_no_sideways_scroll(page)
