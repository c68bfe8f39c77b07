"""Signing in with two factors, in a real browser, at both widths; the passkey is Chromium's own."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urljoin

import pyotp
import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, CDPSession, Page, expect

from seuil.acteurs.models import Agent
from seuil.connexions.models import CleAcces, Connexion, FacteurCode
from seuil.connexions.operations.invitations import create_invitation
from seuil.engines.facteurs import hide
from seuil.kernel import clock
from tests.conftest import ON
from tests.factories.base import make_agent, make_dossier, make_organisation
from tests.harness.browser import (
    ETROIT,
    LARGE,
    assert_accessible,
    assert_no_sideways_scroll,
    capture,
    open_page,
)
from tests.harness.client import sign_in_strongly

pytestmark = [pytest.mark.navigateur, pytest.mark.django_db(transaction=True)]
MOT_DE_PASSE = "lampe verte escargot pluie"
both_widths = pytest.mark.parametrize("width", [LARGE, ETROIT])


@pytest.fixture
def ouvrir(navigateur: Browser, live_server: object) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page at a name: a passkey is bound to a domain."""
    with ExitStack() as pages:

        def open_at(width: int = LARGE, agent: Agent | None = None) -> Page:
            address = live_server.url.replace("127.0.0.1", "localhost")
            return pages.enter_context(open_page(navigateur, address, agent=agent, width=width))

        yield open_at


def check(page: Page) -> None:
    assert_accessible(page)
    assert_no_sideways_scroll(page)


def add_authenticator(page: Page) -> CDPSession:
    """Give the browser a phone of its own, which its holder always unlocks."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session


def give_first(page: Page, courriel: str) -> None:
    page.goto("/connexion/")
    page.get_by_label("Adresse électronique").fill(courriel)
    page.get_by_label("Mot de passe", exact=True).fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Se connecter", exact=True).click()


def make_invited() -> tuple[Agent, str]:
    by = make_agent(role="administrateur", prenom="Adèle")
    home = make_organisation(type="ddets", nom="DDETS de la Gironde")
    agent = make_agent(
        courriel="lise@ddets.exemple", nom="Berthelot", prenom="Lise", organisation=home
    )
    return agent, create_invitation(agent=agent, objet="arrivee", by=by, on=ON, at=clock.now())[1]


@both_widths
def test_an_invited_agent_chooses_a_password_then_an_application(
    ouvrir: Callable[..., Page], width: int
) -> None:
    _, jeton = make_invited()
    page = ouvrir(width)
    page.goto(f"/invitation/{jeton}/")
    check(page)
    page.get_by_label("Nouveau mot de passe").fill(MOT_DE_PASSE)
    page.get_by_label("Le même, une seconde fois").fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Continuer").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Choisir un second facteur")
    check(page)
    if width == LARGE:
        capture(page, "second-facteur-choisir")
    drawing = page.locator(".seuil-qr img")
    assert drawing.evaluate("e => e.complete && e.naturalWidth > 0")
    secret = page.locator(".seuil-secret").inner_text().replace(" ", "")
    page.get_by_label("Code à six chiffres").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Vérifier et terminer").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Vos codes de secours")
    check(page)
    page.get_by_role("link", name="J’ai noté mes codes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aujourd’hui")


@both_widths
def test_a_passkey_is_enrolled_then_signs_in_alone(ouvrir: Callable[..., Page], width: int) -> None:
    _, jeton = make_invited()
    page = ouvrir(width)
    add_authenticator(page)
    page.goto(f"/invitation/{jeton}/")
    page.get_by_label("Nouveau mot de passe").fill(MOT_DE_PASSE)
    page.get_by_label("Le même, une seconde fois").fill(MOT_DE_PASSE)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Nom de la clé").fill("Téléphone de service")
    page.get_by_role("button", name="Enregistrer une clé d’accès").click()
    page.get_by_role("link", name="J’ai noté mes codes").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Aujourd’hui")
    page.locator(".seuil-menu--agent > summary").click()
    page.get_by_role("button", name="Se déconnecter").click()

    page.get_by_role("button", name="Utiliser une clé d’accès").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Aujourd’hui")
    assert CleAcces.objects.get().compteur >= 1
    assert list(Connexion.objects.order_by("ouverte_at").values_list("moyen", flat=True)) == [
        "cle", "cle",
    ]  # fmt: skip


def make_enrolled() -> tuple[Agent, str]:
    home = make_organisation(type="ddets", nom="DDETS de la Gironde")
    agent = make_agent(
        courriel="lise@ddets.exemple", nom="Berthelot", prenom="Lise", organisation=home,
        password=MOT_DE_PASSE,
    )  # fmt: skip
    secret = pyotp.random_base32()
    FacteurCode.objects.create(
        agent=agent, secret=hide(secret, cle=django_settings.SECRET_KEY), dernier_pas=1
    )
    return agent, secret


@both_widths
def test_the_daily_sign_in_and_the_page_of_sessions(
    ouvrir: Callable[..., Page], width: int
) -> None:
    _, secret = make_enrolled()
    page = ouvrir(width)
    give_first(page, "lise@ddets.exemple")
    expect(page.get_by_role("heading", level=1)).to_have_text("Seconde étape de la connexion")
    check(page)
    if width == LARGE:
        capture(page, "second-facteur")
    page.get_by_label("Code à six chiffres").fill("000 000")
    page.get_by_role("button", name="Vérifier").click()
    expect(page.locator("#erreurs")).to_be_focused()
    check(page)
    page.get_by_label("Code à six chiffres").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Vérifier").click()

    page.locator(".seuil-menu--agent > summary").click()
    page.get_by_role("link", name="Mes connexions").click()
    expect(page.locator("main")).to_contain_text("Chrome, Linux (celle-ci)")
    check(page)
    if width == LARGE:
        capture(page, "mes-connexions")
    add_authenticator(page)
    page.get_by_text("Ajouter une clé d’accès").click()
    page.get_by_label("Nom de la clé").fill("Ordinateur")
    check(page)
    page.get_by_role("button", name="Enregistrer une clé d’accès").click()
    expect(page.locator("main")).to_contain_text("Clé d’accès enregistrée.")
    for address in ("/mes-connexions/mot-de-passe/", "/mes-connexions/application/"):
        page.goto(address)
        check(page)


@both_widths
def test_a_passkey_proves_again_before_an_export(ouvrir: Callable[..., Page], width: int) -> None:
    _, secret = make_enrolled()
    page = ouvrir(width)
    add_authenticator(page)
    give_first(page, "lise@ddets.exemple")
    page.get_by_label("Code à six chiffres").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Vérifier").click()
    page.goto("/mes-connexions/")
    page.get_by_text("Ajouter une clé d’accès").click()
    page.get_by_label("Nom de la clé").fill("Ordinateur")
    page.get_by_role("button", name="Enregistrer une clé d’accès").click()
    expect(page.locator("main")).to_contain_text("Clé d’accès enregistrée.")
    row = Connexion.objects.get()
    past = row.ouverte_at - clock.now() + clock.now()
    row.ouverte_at = row.preuve_at = past.replace(year=past.year - 1)
    row.save()
    Connexion.objects.update(ouverte_at=past.replace(year=past.year - 1))
    # An old session would be over: only the proof must be old.
    django_settings.SESSION_COOKIE_AGE, kept = 10**9, django_settings.SESSION_COOKIE_AGE
    try:
        page.goto("/mes-connexions/mot-de-passe/")
        expect(page.get_by_role("heading", level=1)).to_have_text("Confirmer que c’est vous")
        check(page)
        page.get_by_role("button", name="Utiliser ma clé d’accès").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Changer de mot de passe")
    finally:
        django_settings.SESSION_COOKIE_AGE = kept


@both_widths
def test_the_pages_of_accounts_are_accessible_and_fit(
    ouvrir: Callable[..., Page], width: int
) -> None:
    home = make_organisation(type="ddets", nom="DDETS de la Gironde")
    caf = make_organisation(type="caf", nom="CAF de la Gironde", domaines=["caf33.example"])
    admin = make_agent(role="administrateur", organisation=home, nom="Vignau", prenom="Paul")
    make_agent(role="partenaire", organisation=caf, nom="Etcheverry", prenom="Nadia",
               habilite_jusqu_au=ON.replace(day=30))  # fmt: skip
    make_agent(role="secretariat", organisation=home, nom="Castaing", prenom="Hélène",
               suspendu_le=ON, suspendu_motif="sommeil")  # fmt: skip
    page = ouvrir(width, admin)
    page.goto("/comptes/")
    check(page)
    if width == LARGE:
        capture(page, "comptes")

    page.get_by_role("link", name="Inviter un agent").click()
    page.get_by_label("Adresse électronique professionnelle").fill("lise@caf33.example")
    page.get_by_label("Prénom").fill("Lise")
    page.get_by_label("Nom", exact=True).fill("Berthelot")
    page.get_by_label("Organisme").select_option(label="CAF de la Gironde")
    page.get_by_label("Rôle").select_option(label="Agent d’un organisme partenaire")
    check(page)
    if width == LARGE:
        capture(page, "compte-inviter")
    page.get_by_role("button", name="Créer l’invitation").click()
    # Who reads no household is not shown the link of who does.
    expect(page.locator("main")).to_contain_text("seuil comptes lien")
    check(page)

    page.goto("/comptes/")
    page.get_by_role("link", name="Etcheverry Nadia").click()
    check(page)
    if width == LARGE:
        capture(page, "compte")
    page.get_by_role("button", name="Renouveler pour un an").click()
    expect(page.locator("main")).to_contain_text("Habilitation renouvelée pour un an.")
    page.goto("/comptes/")
    page.get_by_role("link", name="Castaing Hélène").click()
    page.get_by_role("button", name="Réveiller le compte").click()
    expect(page.locator("main")).to_contain_text("Compte réveillé")


@both_widths
@pytest.mark.parametrize("address", ["/connexion/", "/invitation/inconnu/"])
def test_the_pages_before_signing_in_are_accessible_and_fit(
    ouvrir: Callable[..., Page], width: int, address: str
) -> None:
    page = ouvrir(width)
    if "inconnu" in address:
        # A refusal is an answer 404, which the console reports: shown outside of it.
        answer = page.request.get(address)
        assert answer.status == 404
        return

    page.goto(address)

    check(page)


def test_what_one_account_typed_is_not_given_to_the_next_in_the_same_window(
    ouvrir: Callable[..., Page], gironde: str
) -> None:
    first, second = (make_agent(role="secretariat", courriel=f"{n}@ddets.exemple") for n in "ab")
    address = reverse("coordonnee_ajouter", args=[make_dossier().numero])
    page = ouvrir(agent=first)
    page.goto(address)
    page.get_by_label("Source").fill("Le voisin du dessous")
    page.goto(reverse("mes_connexions"))
    take_session(page, second)

    page.go_back()

    expect(page.get_by_label("Source")).to_have_value("")


def take_session(page: Page, agent: Agent) -> None:
    """Put the session of another account in the same window."""
    client = Client()
    sign_in_strongly(client, agent)
    name = django_settings.SESSION_COOKIE_NAME
    page.context.clear_cookies(name=name)
    page.context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": urljoin(page.url, "/")}]
    )
