"""The law in a real browser: read, compute, try, on a wide and on a narrow screen."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from seuil.engines import droit
from tests.harness.browser import ETROIT, LARGE, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.navigateur
Chez = Callable[..., Page]


@pytest.mark.parametrize("width", [LARGE, ETROIT])
def test_a_rule_is_found_read_and_computed(chez: Chez, width: int) -> None:
    page = chez("Juriste", width=width)
    page.locator(".seuil-menu--agent > summary").click()
    page.get_by_role("link", name="Le droit appliqué", exact=True).click()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.get_by_label("Mot, règle ou article").fill("clause résolutoire")
    page.locator("main").get_by_role("button", name="Chercher").click()
    page.get_by_role("link", name="Fin du délai pour payer (clause résolutoire)").click()

    page.get_by_label("Date du fait de départ").fill("2026-03-26")
    page.get_by_label("Bail signé le").fill("2024-02-01")
    page.get_by_role("button", name="Calculer").click()

    expect(page.get_by_role("status")).to_contain_text("jeudi 7 mai 2026")
    assert_accessible(page)
    assert_no_sideways_scroll(page)


@pytest.mark.parametrize("width", [LARGE, ETROIT])
def test_a_changed_parameter_shows_its_effect(chez: Chez, width: int, tmp_path: Path) -> None:
    path = tmp_path / "A1.yaml"
    text = droit.read_fichier("A1").replace("n: 6\n    unit: semaines", "n: 8\n    unit: semaines")
    path.write_text(text, encoding="utf-8")
    page = chez("Secrétariat de la CCAPEX", width=width)
    page.goto("/droit/effet/")
    assert_accessible(page)

    page.get_by_label("Fichier de paramètre").set_input_files(path)
    page.get_by_role("button", name="Voir l’effet").click()

    expect(page.locator("#titre-effet")).to_contain_text("dates bougent")
    expect(page.locator("tbody")).to_contain_text("14 jours plus tard")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
