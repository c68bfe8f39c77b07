"""A week of 45 households, answered in a real browser: one gesture each, by hand or by letter."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from seuil.acteurs.models import Agent, Organisation
from seuil.dossiers.models import SuiviSocial
from seuil.travail.models import Tache
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.factories.base import BORDEAUX, make_acte, make_agent, make_dossier, make_organisation
from tests.harness.browser import (
    ETROIT,
    LARGE,
    assert_accessible,
    assert_no_sideways_scroll,
    capture,
)

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]
PageDe = Callable[..., Page]
MENAGES = 45
NOMS = ("Bernard", "Petit", "Robert", "Richard", "Durand", "Moreau", "Laurent", "Simon", "Michel")


@pytest.fixture
def services(gironde: str, on: date) -> dict[str, Agent]:
    """A CCAS and the CAF, each asked about the same week of 45 households."""
    agents = {}
    for kind, nom in (("ccas", "CCAS de Bordeaux"), ("caf", "CAF de la Gironde")):
        organisation = make_organisation(type=kind, nom=nom)
        organisation.communes.set([BORDEAUX] if kind == "ccas" else [])
        agents[kind] = make_agent(role="partenaire", organisation=organisation, nom="Martin")
    ids = []
    for i in range(MENAGES):
        dossier = make_dossier(nom=f"DEMO {NOMS[i % 9]}", prenom=f"Camille {i + 1}")
        make_acte(dossier=dossier, survenu_le=on - timedelta(days=10 + i % 3))
        ids.append(dossier.pk)
    refresh_dossiers(dossier_ids=ids, on=on)
    return agents


def count_waiting(organisation: Organisation) -> int:
    return Tache.objects.filter(organisation=organisation).count()


@pytest.mark.parametrize(("kind", "width"), [("ccas", LARGE), ("caf", ETROIT)])
def test_a_week_of_45_households_takes_a_gesture_each(
    services: dict[str, Agent], page_de: PageDe, kind: str, width: int
) -> None:
    agent = services[kind]
    assert count_waiting(agent.organisation) == MENAGES
    page = page_de(agent, width=width)
    page.goto("/")
    expect(page.locator("#compte")).to_have_text(f"0 / {MENAGES} répondus")
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    capture(page, f"tableau-{width}")
    ids = page.locator("[data-menage]").evaluate_all("rows => rows.map(r => r.id)")

    gestes = 0
    for rank, row in enumerate(ids):
        answer = ("inconnu", "connu", "suivi")[rank % 3]
        page.locator(f"#{row}").get_by_role("button", name=answer, exact=True).click()
        gestes += 1
    whole = f"{MENAGES} / {MENAGES} répondus"
    # Faster than anybody clicks: the answers are still on their way.
    expect(page.locator("#compte")).to_have_text(whole, timeout=60_000)

    assert gestes <= MENAGES
    assert count_waiting(agent.organisation) == 0
    assert SuiviSocial.objects.filter(organisation=agent.organisation).count() == MENAGES
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def test_the_rest_is_unknown_in_three_gestures_and_taken_back_in_one(
    services: dict[str, Agent], page_de: PageDe
) -> None:
    agent = services["ccas"]
    page = page_de(agent)
    page.goto("/")
    for row in page.locator("[data-menage]").all()[:5]:
        row.get_by_role("button", name="connu", exact=True).click()
    expect(page.locator("#compte")).to_have_text(f"5 / {MENAGES} répondus")

    page.get_by_role("link", name="Tous les autres : inconnus").click()
    assert_accessible(page)
    assert page.get_by_role("checkbox").count() == MENAGES - 5
    page.get_by_role("button", name="Dire inconnus les ménages cochés").click()
    expect(page.locator("#compte")).to_have_text(f"{MENAGES} / {MENAGES} répondus")
    page.get_by_role("button", name="Annuler (10 minutes)").click()

    expect(page.locator("#compte")).to_have_text(f"5 / {MENAGES} répondus")
    assert count_waiting(agent.organisation) == MENAGES - 5


def test_letters_answer_and_the_measure_is_saved_by_leaving_it(
    services: dict[str, Agent], page_de: PageDe
) -> None:
    page = page_de(services["ccas"])
    page.goto("/")
    rows = page.locator("[data-menage]")
    first, second = (rows.nth(i).get_attribute("id") for i in range(2))

    page.keyboard.press("j")
    page.keyboard.press("i")
    expect(page.locator(f"#{first} .seuil-tableau__ok")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(page.locator(f"#{second} .seuil-tableau__ok")).to_be_visible()
    page.locator(f"#{second} [name=mesure]").fill("ASLL")
    page.locator(f"#{second} [name=depuis]").fill("03/2026")
    page.locator(f"#{second} [name=depuis]").press("Tab")
    expect(page.locator(f"#{second}")).to_contain_text("avant, ")

    said = SuiviSocial.objects.get(dossier__numero=str(second)[2:], remplace_par=None)
    assert (said.mesure, said.depuis_le) == ("ASLL", date(2026, 3, 1))
    pressed = page.locator(f"#{first} [aria-pressed=true]")
    expect(pressed).to_have_text("inconnu")


def test_it_is_dense_at_the_office_and_fits_the_thumb_on_a_phone(
    services: dict[str, Agent], page_de: PageDe
) -> None:
    wide = page_de(services["ccas"], width=LARGE)
    wide.goto("/")
    seen = wide.locator("[data-menage]").evaluate_all(
        "rows => rows.filter(r => r.getBoundingClientRect().bottom <= innerHeight).length"
    )
    assert seen >= 15
    narrow = page_de(services["ccas"], width=ETROIT)
    narrow.goto("/")
    small = narrow.locator("main button, main .fr-input").evaluate_all(
        "all => all.filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
    )
    assert small == []
