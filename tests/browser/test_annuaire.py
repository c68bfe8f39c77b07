"""The directory and the setting up of a département, on a phone."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from seuil.acteurs.models import Agent, Organisation
from tests.factories.accompagnements import make_objectif
from tests.harness.browser import ETROIT, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.navigateur


def test_every_form_fits_a_phone_and_a_sheet_is_kept_there(
    page_de: Callable[..., Page], administrateur: Agent, operateur: Organisation
) -> None:
    objectif = make_objectif(operateur=operateur)
    page = page_de(administrateur, width=ETROIT)

    for name, args in (
        ("annuaire", []), ("organisme_ajouter", []), ("annuaire_importer", []),
        ("organisme_corriger", [operateur.pk]), ("organisme_perimetre", [operateur.pk]),
        ("objectifs", []), ("objectif_fixer", []), ("objectif_corriger", [objectif.pk]),
        ("objectif_terminer", [objectif.pk]), ("formations", []), ("formation_ajouter", []),
        ("premiere_heure", []), ("comptes_inviter_lot", []),
    ):  # fmt: skip
        page.goto(reverse(name, args=args))
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert_no_sideways_scroll(page)
        assert_accessible(page)

    page.goto(reverse("interlocuteur_ajouter", args=[operateur.pk]))
    page.get_by_label("Nom de la personne ou du service").fill("Ana Essai")
    page.get_by_label("Répond de").fill("Permanence d’audience")
    page.get_by_label("Pour quelles communes").fill("Bordeaux\nLibourne")
    assert_accessible(page)
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.locator("main")).to_contain_text("Bordeaux, Libourne")
    assert_no_sideways_scroll(page)
    assert_accessible(page)
    page.get_by_role("button", name="Retirer").click()
    expect(page.locator("main")).to_contain_text("Personne n’est encore nommé.")
