"""The frame: each role has its own menu, whose every entry opens, and the help of each screen."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from django.urls import reverse

from seuil.acteurs.models import Agent, Role
from seuil.travail.queries import count_a_moi
from seuil.web.cadre.menus import get_cadre, load_menus
from seuil.web.guide.pages import find_page, list_pages
from tests.harness.client import StrictClient, read
from tests.harness.html import select, select_all

ROLES = {
    "secretariat": "secretaire", "gestionnaire": "gestionnaire", "chef_equipe": "chef_equipe",
    "travailleur_social": "travailleur_social", "juriste": "juriste", "partenaire": "partenaire",
    "charge_mission": "charge_mission", "dihal": "dihal", "dpo": "dpo",
    "administrateur": "administrateur",
}  # fmt: skip
ClientDe = Callable[[object], StrictClient]
WEB = Path(import_module("seuil.web").__file__).parent
# Screens without a page of their own, or that is the guide itself.
SANS_AIDE = {
    "accueil",
    "cadre",
    "components",
    "equipe",
    "guide",
    "sante",
    "statiques",
    "templatetags",
}


def test_every_role_has_a_menu() -> None:
    assert set(load_menus().roles) == set(Role.values) == set(ROLES)


@pytest.mark.parametrize("role", ROLES)
def test_a_menu_has_six_entries_three_thumbs_and_three_first_steps(role: str) -> None:
    menu = load_menus().roles[role]

    assert 3 <= len(menu.menu) <= 6
    assert len(menu.pouces) <= 3
    assert len(menu.pas) == 3


@pytest.mark.parametrize("role", ROLES)
def test_every_entry_opens_for_its_role_and_is_shown_as_declared(
    role: str, request: pytest.FixtureRequest, client_de: ClientDe
) -> None:
    agent = request.getfixturevalue(ROLES[role])
    client = client_de(agent)
    cadre = get_cadre(agent.profil)

    assert [e.ecran for e in cadre.menu] == list(load_menus().roles[role].menu)
    for entree in {*cadre.menu, *cadre.pouces, *cadre.compte, *cadre.nouveau, *cadre.pas}:
        # Screens that open or close the site ask for a proof again first.
        assert client.get(entree.url).status_code in {200, 302}, entree.ecran
    page = read(client.get(cadre.menu[0].url))
    links = [a.attrs["href"] for a in select_all(select(page, "#navigation"), "a")]
    assert links == [entree.url for entree in cadre.menu]


@pytest.mark.parametrize("role", ROLES)
def test_no_role_is_offered_what_another_alone_may_open(
    role: str, request: pytest.FixtureRequest
) -> None:
    agent = request.getfixturevalue(ROLES[role])
    cadre = get_cadre(agent.profil)
    offered = {e.ecran for e in (*cadre.menu, *cadre.pouces, *cadre.compte, *cadre.nouveau)}

    declared = {*load_menus().roles[role].menu, *load_menus().roles[role].pouces}
    assert offered <= declared | set(load_menus().compte) | set(load_menus().nouveau)


@pytest.mark.parametrize("path", ["/nulle-part/", "/comptes/"])
def test_a_page_that_is_not_found_or_refused_keeps_the_menu(
    path: str, travailleur_social: Agent, client_de: ClientDe
) -> None:
    response = client_de(travailleur_social).get(path)

    assert response.status_code in {403, 404}
    assert select(read(response), "#navigation").text


def test_a_visitor_who_is_lost_sees_no_menu(client: StrictClient) -> None:
    assert not select_all(read(client.get("/aide/")), "#navigation")


def test_the_count_of_the_menu_costs_two_queries_at_most(
    secretaire: Agent, on: object, django_assert_num_queries: Callable[..., object]
) -> None:
    with django_assert_num_queries(2):
        assert count_a_moi(agent=secretaire, on=on, plafond=100) == 0


@pytest.mark.parametrize(
    "screen", sorted(p.name for p in WEB.iterdir() if (p / "__init__.py").exists())
)
def test_every_screen_names_its_page_of_the_guide(screen: str) -> None:
    if screen not in SANS_AIDE:
        assert import_module(f"seuil.web.{screen}").AIDE in list_pages()


@pytest.mark.parametrize("name", sorted(list_pages()))
def test_every_page_of_the_guide_opens_and_leads_to_pages_that_exist(
    name: str, secretaire: Agent, client_de: ClientDe
) -> None:
    client = client_de(secretaire)
    page = read(client.get(reverse("guide_page", args=[name])))

    title, _ = find_page(name)
    assert select(page, "h1").text.replace(" ", "") == title.replace("`", "").replace(" ", "")
    for link in select_all(select(page, ".seuil-guide"), "a"):
        href = link.attrs["href"].partition("#")[0]
        assert not href.endswith(".md")
        if href.startswith("/"):
            assert client.get(href).status_code == 200, href


def test_a_page_of_the_guide_that_does_not_exist_is_not_found(
    secretaire: Agent, client_de: ClientDe
) -> None:
    assert client_de(secretaire).get(reverse("guide_page", args=["inconnue"])).status_code == 404


def test_the_mark_of_help_leads_to_the_page_of_the_screen(
    secretaire: Agent, client_de: ClientDe
) -> None:
    page = read(client_de(secretaire).get(reverse("agenda")))

    assert select(page, ".seuil-aide").attrs["href"] == reverse("guide_page", args=["agenda"])


@pytest.mark.parametrize("role", ROLES)
def test_the_first_sign_in_says_three_things_to_do(
    role: str, request: pytest.FixtureRequest, client_de: ClientDe
) -> None:
    agent = request.getfixturevalue(ROLES[role])
    client = client_de(agent)

    first = read(client.get(reverse("accueil"), follow=True))
    told = select_all(first, ".seuil-messages")
    assert len(told) == 1
    assert len(select_all(told[0], "a")) == len(get_cadre(agent.profil).pas) >= 2

    again = read(client_de(agent).get(reverse("accueil"), follow=True))
    assert not select_all(again, ".seuil-messages")
