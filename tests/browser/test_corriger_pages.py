"""Correcting, opening, closing, proposing, in a real browser: on a desk and on a phone."""

import os
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from seuil.actes.models import Proposition
from seuil.acteurs.models import Agent
from seuil.dossiers.models import (
    AideLogement,
    Bailleur,
    Composition,
    Coordonnee,
    Dossier,
    Garant,
    LigneDecompte,
    MesureProtection,
    MotifProcedure,
    Ressources,
)
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.factories.base import make_acte, make_agent, make_dossier, make_organisation
from tests.harness.browser import ETROIT, LARGE, assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.navigateur


CIBLES = Path(__file__).with_name("cibles.js").read_text(encoding="utf-8")


def make_rich(on: date) -> Dossier:
    found = make_dossier(nom="ROSSIGNOL", bailleur="SCI du Moulin")
    key = {"dossier": found, "source": "le bailleur"}
    make_acte(dossier=found, type="commandement", survenu_le=date(2026, 9, 1))
    Composition.objects.create(**key, adultes=2, enfants=1, constatee_le=on)
    Coordonnee.objects.create(
        **key, type="telephone", valeur="0639981531", valide_du=on - timedelta(9)
    )
    AideLogement.objects.create(**key, constatee_le=on, montant=200, tiers_payant=True)
    Ressources.objects.create(**key, constatee_le=on, montant=900, emploi="salarie")
    Garant.objects.create(**key, nature="visale")
    MesureProtection.objects.create(**key, nature="curatelle", debut_le=on)
    MotifProcedure.objects.create(**key, nature="impaye", connu_le=on)
    LigneDecompte.objects.create(
        dossier=found, dette=found.dettes.get(), mois_le=date(2026, 9, 1), du=650
    )
    refresh_dossiers(dossier_ids=[found.pk], on=on)
    return found


def look(page: Page, name: str, width: int) -> None:
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    if width == ETROIT:
        assert page.evaluate(CIBLES) == [], name
    if folder := os.environ.get("SEUIL_VUES"):
        page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


@pytest.mark.parametrize("width", [LARGE, ETROIT])
def test_the_phone_of_the_landlord_is_corrected_by_its_pen(
    page_de: Callable[..., Page], secretaire: Agent, on: date, width: int
) -> None:
    dossier = make_rich(on)
    page = page_de(secretaire, width=width)

    for tab in ("menage", "echeances", "dette"):
        page.goto(f"/dossiers/{dossier.numero}/{tab}/")
        look(page, tab, width)
    page.get_by_role("link", name="Corriger : le bailleur").click()
    look(page, "corriger", width)
    page.locator("#id_telephone").fill("05 56 01 02 03")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_text(re.compile("Historique.*1.correction")).click()
    expect(page.locator("details").get_by_text("0556010203")).to_be_visible()
    look(page, "historique", width)
    page.goto(f"/dossiers/{dossier.numero}/dettes/{dossier.dettes.get().pk}/")
    look(page, "decompte", width)
    page.goto(f"/dossiers/{dossier.numero}/ajouter/bailleur/")
    look(page, "bailleur", width)

    assert Bailleur.objects.get().telephone == "0556010203"


@pytest.mark.parametrize("width", [LARGE, ETROIT])
def test_a_household_that_calls_is_compared_then_opened_and_closed(
    page_de: Callable[..., Page], secretaire: Agent, on: date, width: int
) -> None:
    known = make_rich(on)
    page = page_de(secretaire, width=width)
    page.goto("/ouvrir-un-dossier/")
    look(page, "ouvrir", width)
    page.get_by_label("Nom", exact=True).fill("ROSSIGNOL")
    page.locator("#id_adresse").fill("3 rue Haute")
    page.get_by_label("Commune").select_option("33063")
    page.get_by_role("button", name="Ouvrir le dossier").click()
    expect(page.get_by_role("link", name=known.numero)).to_be_visible()
    look(page, "ressemblants", width)
    page.get_by_text("Non, c’est un autre ménage").click()
    page.get_by_label("Pourquoi c’est un autre ménage").fill("la voisine")
    page.get_by_role("button", name="Confirmer").click()
    expect(page.get_by_text("Le dossier est ouvert")).to_be_visible()
    look(page, "ouvert", width)

    numero = Dossier.objects.exclude(pk=known.pk).get().numero
    page.goto(f"/dossiers/{numero}/classer/")
    look(page, "classer", width)
    page.get_by_text("Ménage relogé").click()
    page.get_by_role("button", name="Classer le dossier").click()
    expect(page.get_by_text("Ni date, ni tâche")).to_be_visible()
    look(page, "classe", width)


@pytest.mark.parametrize("width", [LARGE, ETROIT])
def test_a_partner_proposes_and_the_secretariat_answers(
    page_de: Callable[..., Page], secretaire: Agent, on: date, width: int
) -> None:
    make_rich(on)
    caf = make_agent(role="partenaire", organisation=make_organisation(type="caf", nom="CAF"))
    champs = {"nom": "ROSSIGNOL", "adresse": "3 rue Haute", "code_commune": "33063"}
    found = Proposition.objects.create(
        departement_id="33", organisation=caf.organisation, par=caf, recue_le=on, genre="appel",
        champs=champs,
    )  # fmt: skip
    chez = page_de(caf, width=width)
    for address in ("/propositions/", "/propositions/nouvelle/"):
        chez.goto(address)
        look(chez, address.strip("/").replace("/", "-"), width)
    page = page_de(secretaire, width=width)
    page.goto(f"/propositions/{found.pk}/")
    look(page, "proposition", width)
    page.get_by_label("Pourquoi la refuser").fill("déjà suivi")
    page.get_by_role("button", name="Refuser").click()
    expect(page.get_by_text("déjà suivi")).to_be_visible()
