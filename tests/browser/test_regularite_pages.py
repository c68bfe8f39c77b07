"""The checklist of an act in a real browser: on a desk and on a phone."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Bailleur
from tests.factories.base import make_acte, make_dossier
from tests.factories.diagnostics import make_constat
from tests.harness.browser import ETROIT, LARGE, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.navigateur


@pytest.mark.parametrize("width", [LARGE, ETROIT])
def test_the_checklist_is_read_answered_and_copied(
    page_de: Callable[..., Page], secretaire: Agent, on: date, width: int
) -> None:
    dossier = make_dossier(nom="ALPHA", bailleur="Société des Exemples")
    Bailleur.objects.filter(baux__dossier=dossier).update(nature="morale")
    make_acte(dossier=dossier, type="commandement", survenu_le=date(2026, 3, 10))
    make_acte(dossier=dossier, type="saisine_ccapex", survenu_le=date(2026, 7, 20))
    acte = make_acte(
        dossier=dossier, type="assignation", survenu_le=date(2026, 9, 7),
        recu_le=date(2026, 9, 9), audience_le=date(2026, 12, 15),
    )  # fmt: skip
    make_constat(acte=acte, question="R-ASS-1", par=secretaire, constate_le=on, reponse="regulier")
    page = page_de(secretaire, width=width)

    page.goto(f"/dossiers/{dossier.numero}/regularite/")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.get_by_role("link", name="Répondre aux questions : Assignation").click()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    groupe = page.get_by_role("group", name="remise selon les formes à chaque titulaire")
    groupe.get_by_text("Irrégulier").click()
    page.get_by_role("button", name="Enregistrer les réponses").click()
    expect(page.get_by_text("Vos réponses sont enregistrées")).to_be_visible()
    page.goto(f"/dossiers/{dossier.numero}/dsf/")
    expect(page.get_by_text("n’a pas été remise selon les formes")).to_be_visible()
    assert_accessible(page)
    assert_no_sideways_scroll(page)
