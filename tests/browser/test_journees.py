"""A scripted day per role in a real browser: each gesture and each page counted, and bounded.

A gesture is a click, a box checked, a field filled, a choice in a list. What one does before (sign
in, open the household that the sentence names) is not counted where the name says so.
"""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from seuil.accompagnements.models import Mandat
from seuil.actes.models import Acte
from seuil.acteurs.models import Agent, Organisation
from seuil.contacts.models import Contact
from seuil.diagnostics.models import Dsf
from seuil.usecases.record_coordonnee import record_coordonnee
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.factories.accompagnements import make_contact, make_mandat
from tests.factories.base import (
    BORDEAUX,
    make_acces,
    make_acte,
    make_agent,
    make_dossier,
    make_organisation,
)
from tests.harness.browser import ETROIT, assert_accessible, assert_no_sideways_scroll

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]
PageDe = Callable[..., Page]
DAY = timedelta(days=1)
RAPPORT = Path(__file__).resolve().parents[2] / "docs" / "epreuves" / "2026-12-01-journees.md"


@dataclass
class Journee:
    """What a person does on a page, counted."""

    page: Page
    gestes: int = 0
    pages: int = 0

    def __post_init__(self) -> None:
        self.page.on("domcontentloaded", self._turn)

    def _turn(self, _: Page) -> None:
        self.pages += 1

    def press(self, place: Locator) -> None:
        self.gestes += 1
        place.click()

    def fill(self, place: Locator, text: str) -> None:
        self.gestes += 1
        place.fill(text)

    def choose(self, place: Locator, label: str) -> None:
        self.gestes += 1
        place.select_option(label=label)


MESURES: dict[str, tuple[int, int, int]] = {}


@pytest.fixture(scope="module", autouse=True)
def rapport() -> Iterator[None]:
    """Print what was counted; only `make docs` (SEUIL_CAPTURES) changes the file."""
    yield
    lines = [f"| {q} | {g} | {b} | {p} |" for q, (g, b, p) in MESURES.items()]
    sys.stdout.write("\n".join(["", *lines, ""]))
    if os.environ.get("SEUIL_CAPTURES"):
        head, mark, tail = RAPPORT.read_text(encoding="utf-8").partition("<!-- mesures -->\n")
        rest = tail.partition("<!-- fin -->")[2]
        table = ["| Ce qui est fait | gestes | au plus | pages |", "|---|---|---|---|", *lines]
        whole = "\n".join(table)
        RAPPORT.write_text(f"{head}{mark}{whole}\n<!-- fin -->{rest}", encoding="utf-8")


def hold(jour: Journee, quoi: str, *, au_plus: int) -> None:
    """Keep the count, and refuse one gesture too many."""
    MESURES[quoi] = (jour.gestes, au_plus, jour.pages)
    assert jour.gestes <= au_plus, f"{quoi} : {jour.gestes} gestes"


def make_ccas() -> Organisation:
    ccas = make_organisation(type="ccas", nom="CCAS de Bordeaux")
    ccas.communes.set([BORDEAUX])
    return ccas


def test_the_secretary_treats_the_hearings_of_the_week(
    secretaire: Agent, page_de: PageDe, on: date
) -> None:
    make_ccas()
    ids = []
    for i in range(20):
        dossier = make_dossier(nom=f"DEMO {i}")
        make_acte(
            dossier=dossier, type="assignation", survenu_le=on - 40 * DAY,
            audience_le=on + (1 + i % 6) * DAY, audience_heure=time(9, 30),
            juridiction="Tribunal de Bordeaux",
        )  # fmt: skip
        ids.append(dossier.pk)
    refresh_dossiers(dossier_ids=ids, on=on)
    page = page_de(secretaire)
    page.goto("/")
    jour = Journee(page)

    jour.press(page.get_by_role("link", name="20 audiences sans DSF dans les 7 jours"))
    jour.press(page.get_by_label("Cocher la page"))
    jour.press(page.locator("#demander-lot"))
    jour.press(page.get_by_role("button", name="Confirmer 20 demandes"))
    expect(page.get_by_role("button", name="Annuler")).to_be_visible()

    assert Dsf.objects.count() == 20
    hold(jour, "Secrétariat : demander le DSF des 20 audiences de la semaine", au_plus=6)


def test_the_secretary_finds_a_household_by_its_phone(
    secretaire: Agent, page_de: PageDe, on: date
) -> None:
    dossier = make_dossier(nom="DEMO", prenom="Bruno")
    record_coordonnee(
        dossier=dossier, type="telephone", valeur="0639981531", source="Essai",
        by=secretaire, on=on,
    )  # fmt: skip
    page = page_de(secretaire)
    page.goto("/")
    jour = Journee(page)

    jour.fill(page.get_by_role("searchbox").first, "06 39 98 15 31")
    jour.press(page.locator("[data-trouvaille]").first)
    page.wait_for_url(f"**/dossiers/{dossier.numero}/**")

    hold(jour, "Secrétariat : trouver un ménage par son téléphone", au_plus=2)


def test_the_secretary_explains_a_date(secretaire: Agent, page_de: PageDe, on: date) -> None:
    dossier = make_dossier(nom="DEMO")
    make_acte(
        dossier=dossier, type="assignation", survenu_le=on - 10 * DAY, audience_le=on + 60 * DAY
    )
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    page = page_de(secretaire)
    page.goto(f"/dossiers/{dossier.numero}/")
    jour = Journee(page)

    jour.press(page.get_by_role("link", name="Échéances", exact=True))
    jour.press(page.get_by_text("Pourquoi cette date").first)
    expect(page.locator("details[open] ol").first).to_be_visible()

    hold(jour, "Secrétariat : expliquer une date (le dossier ouvert)", au_plus=3)


def test_the_secretary_says_whom_the_team_met_in_a_month(
    secretaire: Agent, operateur: Organisation, page_de: PageDe, on: date
) -> None:
    before = on.replace(day=1) - DAY
    social = make_agent(role="travailleur_social", organisation=operateur)
    mandat = make_mandat(
        operateur=operateur, dossier=make_dossier(nom="RENCONTRE"),
        transmis_le=before.replace(day=1), repondu_le=before.replace(day=1),
        referent_social=social,
    )  # fmt: skip
    make_contact(dossier=mandat.dossier, par=social, survenu_le=before)
    page = page_de(secretaire)
    page.goto("/")
    jour = Journee(page)

    jour.press(page.locator("#navigation").get_by_role("link", name="Chiffres"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    jour.press(page.locator("nav[aria-label=Mois] a").first)
    jour.press(page.get_by_role("link", name="ouvrir les dossiers, Ménages rencontrés"))
    expect(page.locator("main")).to_contain_text("RENCONTRE")

    hold(jour, "Secrétariat : combien de ménages rencontrés le mois dernier, lesquels", au_plus=3)


def test_the_gestionnaire_sees_and_decides(gestionnaire: Agent, page_de: PageDe, on: date) -> None:
    dossier = make_dossier(nom="DEMO", stade="rfp")
    make_acces(dossier=dossier, relation="instruction", role="gestionnaire", debut_le=on - 60 * DAY)
    make_acte(dossier=dossier, type="cql", survenu_le=on - 130 * DAY)
    make_acte(dossier=dossier, type="rfp", survenu_le=on - 58 * DAY, recu_le=on - 56 * DAY)
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    page = page_de(gestionnaire)
    page.goto("/")
    jour = Journee(page)

    row = page.locator(f"#l-{dossier.numero}")
    jour.press(row.locator(".seuil-jour__actions a").first)
    jour.fill(page.locator("[name=survenu_le]"), on.isoformat())
    jour.choose(page.get_by_label("Sens de la décision"), "Concours accordé")
    jour.press(page.get_by_role("button", name="Enregistrer"))
    expect(page.locator("main")).not_to_contain_text("Sens de la décision")

    assert Acte.objects.filter(dossier=dossier, type="cfp").exists()
    hold(jour, "Gestionnaire : voir et décider d’un concours", au_plus=5)


@pytest.fixture
def chef(operateur: Organisation) -> Agent:
    return make_agent(role="chef_equipe", organisation=operateur)


def test_the_chef_accepts_and_assigns_39_households(
    chef: Agent, operateur: Organisation, page_de: PageDe, on: date
) -> None:
    people = [
        make_agent(role="travailleur_social", organisation=operateur, nom=nom)
        for nom in ("ALPHA", "BETA", "GAMMA")
    ]
    mandats = [
        make_mandat(operateur=operateur, dossier=make_dossier(nom=f"DEMO {i}"), transmis_le=on)
        for i in range(39)
    ]
    for mandat in mandats:
        make_acte(dossier=mandat.dossier, survenu_le=on - 30 * DAY)
    refresh_dossiers(dossier_ids=[m.dossier_id for m in mandats], on=on)
    page = page_de(chef)
    page.goto("/")
    jour = Journee(page)

    jour.press(page.get_by_role("link", name="39 dossiers confiés à accepter"))
    jour.press(page.get_by_label("Cocher la page"))
    jour.press(page.locator("#affecter-lot"))
    assert_accessible(page)
    # One of them is for somebody else than the least loaded.
    jour.choose(page.locator("select[name=referent]").first, _label(page, "GAMMA"))
    jour.press(page.get_by_role("button", name="Accepter et affecter 39 dossiers"))
    expect(page.get_by_role("button", name="Annuler")).to_be_visible()

    shares = [Mandat.objects.filter(referent_social=p).count() for p in people]
    assert (sum(shares), min(shares)) == (39, 12)
    hold(jour, "Chef d’équipe : accepter et affecter 39 dossiers", au_plus=45)

    page.get_by_text("Charge de chacun").click()
    assert_accessible(page)
    page.get_by_role("button", name="Annuler").click()
    expect(page.locator(".seuil-jour__ligne")).to_have_count(39)
    assert not Mandat.objects.exclude(reponse="").exists()


def _label(page: Page, nom: str) -> str:
    options = page.locator("select[name=referent]").first.locator("option").all_text_contents()
    return next(text.strip() for text in options if nom in text)


def test_the_batch_of_the_chef_fits_the_phone(
    chef: Agent, operateur: Organisation, page_de: PageDe, on: date
) -> None:
    make_agent(role="juriste", organisation=operateur, nom="JURISTE-AU-NOM-FORT-LONG")
    mandat = make_mandat(operateur=operateur, transmis_le=on)
    make_acte(dossier=mandat.dossier, survenu_le=on - 30 * DAY)
    refresh_dossiers(dossier_ids=[mandat.dossier_id], on=on)
    page = page_de(chef, width=ETROIT)
    page.goto("/aujourdhui/")
    page.get_by_text("Charge de chacun").click()
    assert_no_sideways_scroll(page)
    assert_accessible(page)
    page.locator("input[name=dossier]").check()
    page.locator("#affecter-lot").click()
    assert_no_sideways_scroll(page)
    assert_accessible(page)
    small = page.locator("main button, main select").evaluate_all(
        "all => all.filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
    )
    assert small == []


def test_the_worker_notes_a_failed_visit_and_a_call_with_a_thumb(
    operateur: Organisation, page_de: PageDe, on: date
) -> None:
    social = make_agent(role="travailleur_social", organisation=operateur)
    mandat = make_mandat(
        operateur=operateur, dossier=make_dossier(nom="DEMO"), transmis_le=on - 20 * DAY,
        repondu_le=on - 18 * DAY, referent_social=social,
    )  # fmt: skip
    refresh_dossiers(dossier_ids=[mandat.dossier_id], on=on)
    page = page_de(social, width=ETROIT)
    page.goto("/")
    jour = Journee(page)

    jour.press(page.locator(f"#l-{mandat.dossier.numero} [data-ligne]"))
    for libelle in ("Passage, personne", "Appel, échange"):
        jour.press(page.get_by_role("link", name="Noter un contact").first)
        expect(page.get_by_role("button", name=libelle)).to_be_visible()
        assert_no_sideways_scroll(page)
        assert_accessible(page)
        jour.press(page.get_by_role("button", name=libelle))
        expect(page.get_by_text("Le contact est enregistré.")).to_be_visible()

    said = Contact.objects.order_by("pk").values_list("canal", "resultat", "survenu_le")
    assert list(said) == [("domicile", "absent", on), ("telephone", "echange", on)]
    hold(jour, "Travailleur social, 320 px : noter une visite manquée et un appel", au_plus=6)
