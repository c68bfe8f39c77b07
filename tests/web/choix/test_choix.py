"""The page of the choice of the month."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from seuil.accompagnements.models import Choix, Mandat, Prescription
from seuil.acteurs.models import Agent, Organisation
from seuil.dossiers.models import Dossier
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.factories.accompagnements import make_objectif
from tests.factories.base import LIBOURNE, make_acte, make_dossier, make_organisation
from tests.harness.client import StrictClient, read
from tests.harness.html import Element, select, select_all
from tests.harness.htmx import assert_fragment_equals_reload

SignIn = Callable[[object], StrictClient]


@pytest.fixture
def objectif(operateur: Organisation) -> None:
    make_objectif(operateur=operateur, volume_mensuel=3, cible_annuelle=36)


@pytest.fixture
def dossiers(objectif: None, on: date) -> list[Dossier]:
    """Five eligible dossiers, the highest debt first."""
    return [
        make_candidat(f"MENAGE{letter}", on=on, dette=debt)
        for letter, debt in zip("ABCDE", (9000, 6000, 3000, 2500, 100), strict=True)
    ]


def make_candidat(nom: str, *, on: date, **fields: Any) -> Dossier:
    """Return an eligible dossier whose situation is what its act entails."""
    dossier = make_dossier(nom=nom, ouvert_le=on - timedelta(days=20), **fields)
    make_acte(dossier=dossier, survenu_le=on - timedelta(days=20))
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return dossier


@pytest.fixture
def client(secretaire: Agent, client_de: SignIn) -> StrictClient:
    return client_de(secretaire)


def captions(page: Element) -> dict[str, Element]:
    return {
        select_all(table, "caption")[0].text.split(" (")[0]: table
        for table in select_all(page, "table")
    }


def words(element: Element) -> str:
    """What is read, whatever the width of its spaces."""
    return element.text.replace("\u00a0", " ").replace("\u202f", " ")


def names(table: Element) -> list[str]:
    """The households of a table, in order."""
    return [e.text for e in select_all(table, "a") if e.text.startswith("MENAGE")]


@pytest.mark.parametrize(
    "role",
    [
        "gestionnaire", "chef_equipe", "travailleur_social", "juriste", "charge_mission",
        "administrateur",
    ],
)  # fmt: skip
@pytest.mark.parametrize("page", ["choix", "choix_signer", "choix_fiches"])
def test_only_the_secretariat_finds_the_page(
    role: str, page: str, dossiers: list[Dossier], client_de: SignIn, request: pytest.FixtureRequest
) -> None:
    assert client_de(request.getfixturevalue(role)).get(reverse(page)).status_code == 404


def test_the_page_shows_target_shares_and_why_each_dossier_is_proposed(
    client: StrictClient, dossiers: list[Dossier]
) -> None:
    page = read(client.get(reverse("choix")))

    text = words(select(page, "#choix-du-mois"))
    assert "36 ménages ; 0 déjà confié" in text
    assert "3 situations nouvelles ; 5 dossiers éligibles" in text
    tables = captions(page)
    assert names(tables["Dossiers retenus"]) == [
        "MENAGEA Claude",
        "MENAGEB Claude",
        "MENAGEC Claude",
    ]
    assert names(tables["Candidats suivants"]) == ["MENAGED Claude", "MENAGEE Claude"]
    assert "Dette de 9 000,00 €, 5 000 € ou plus. (+20)" in words(tables["Dossiers retenus"])
    assert "Arrondissement de Bordeaux" in tables["Ce que demande la convention"].text


def test_removing_a_dossier_brings_the_next_one_and_is_remembered(
    client: StrictClient, dossiers: list[Dossier]
) -> None:
    answer = client.post(
        reverse("choix_ligne"), {"dossier": dossiers[0].numero, "retenu": "non"}, follow=True
    )

    page = read(answer)
    assert f"Dossier {dossiers[0].numero} retiré du choix." in select(page, "main").text
    tables = captions(read(client.get(reverse("choix"))))
    assert names(tables["Dossiers retirés par le secrétariat"]) == ["MENAGEA Claude"]
    assert names(tables["Dossiers retenus"]) == [
        "MENAGEB Claude",
        "MENAGEC Claude",
        "MENAGED Claude",
    ]


def test_an_added_dossier_takes_its_place_among_the_retained(
    client: StrictClient, dossiers: list[Dossier]
) -> None:
    client.post(reverse("choix_ligne"), {"dossier": dossiers[4].numero, "retenu": "oui"})

    table = captions(read(client.get(reverse("choix"))))["Dossiers retenus"]
    assert "MENAGEE Claude" in names(table)
    assert "Ajouté par le secrétariat." in table.text


@pytest.mark.parametrize("retenu", ["oui", "non"])
def test_the_fragment_equals_the_page_reloaded(
    client: StrictClient, dossiers: list[Dossier], retenu: str
) -> None:
    assert_fragment_equals_reload(
        client,
        reverse("choix"),
        reverse("choix_ligne"),
        "#choix-du-mois",
        data={"dossier": dossiers[3].numero, "retenu": retenu},
    )


def test_a_dossier_that_is_not_eligible_is_refused_in_words(
    client: StrictClient, dossiers: list[Dossier]
) -> None:
    social = make_dossier(parc="social")
    data = {"dossier": social.numero, "retenu": "oui"}

    page = read(client.post(reverse("choix_ligne"), data, follow=True))
    fragment = client.post(reverse("choix_ligne"), data, headers={"HX-Request": "true"})

    assert "Ce dossier n’est pas éligible" in select(page, ".seuil-messages").text
    assert fragment.headers["HX-Refresh"] == "true"


def test_a_dossier_of_another_departement_is_not_found(
    client: StrictClient, dossiers: list[Dossier]
) -> None:
    assert client.post(reverse("choix_ligne"), {"dossier": "99-2026-000001"}).status_code == 404


def test_the_search_finds_a_dossier_to_add(
    client: StrictClient, dossiers: list[Dossier], on: date
) -> None:
    make_candidat("AJOUTABLE", on=on, commune=LIBOURNE)

    page = read(client.get(reverse("choix"), {"q": "ajoutable"}))
    nothing = read(client.get(reverse("choix"), {"q": "personne"}))

    assert "AJOUTABLE Claude, Libourne" in select(page, "#choix-du-mois").text
    assert "Aucun dossier ne porte ce numéro ni ce nom." in select(nothing, "#choix-du-mois").text


def read_signature(client: StrictClient) -> dict[str, list[str]]:
    """Return what the page that signs would send."""
    shown: dict[str, list[str]] = {}
    for hidden in select_all(read(client.get(reverse("choix_signer"))), "[type=hidden]"):
        shown.setdefault(hidden.attrs["name"], []).append(hidden.attrs["value"])
    return {name: shown[name] for name in ("mois", "operateur", "vu")}


def sign(client: StrictClient, shown: dict[str, list[str]]) -> Element:
    return read(client.post(reverse("choix_signer"), shown, follow=True))


def test_signing_is_explained_before_it_is_done(
    client: StrictClient, dossiers: list[Dossier]
) -> None:
    page = read(client.get(reverse("choix_signer")))

    assert "3 dossiers sont transmis à l’Association Le Palier" in words(select(page, "main"))
    assert not Mandat.objects.exists()


def test_a_signed_choice_is_read_only_says_by_whom_and_prints(
    client: StrictClient, dossiers: list[Dossier], secretaire: Agent
) -> None:
    page = sign(client, read_signature(client))

    assert Mandat.objects.count() == 3
    main = select(page, "main")
    assert "3\u00a0dossiers sont transmis à l’Association Le Palier" in main.text
    assert f"Signé le samedi 21 novembre 2026 par {secretaire}" in main.text
    assert not [
        f for f in select_all(page, "form") if f.attrs.get("action") == "/choix-du-mois/ligne/"
    ]
    assert client.get(reverse("choix_signer")).status_code == 302
    fiches = read(client.get(reverse("choix_fiches")))
    assert "rue de l’Exemple" in select(fiches, "main").text
    assert len(select_all(fiches, "section")) == 3


def test_what_is_signed_is_what_was_shown(client: StrictClient, dossiers: list[Dossier]) -> None:
    shown = read_signature(client)
    client.post(
        reverse("choix_ligne"),
        {
            "mois": shown["mois"][0], "operateur": shown["operateur"][0],
            "dossier": shown["vu"][0], "retenu": "non",
        },
    )  # fmt: skip

    page = sign(client, shown)

    assert "Le choix a changé" in select(page, ".seuil-messages").text
    assert not Mandat.objects.exists()


@pytest.mark.parametrize("field", ["mois", "operateur"])
def test_nothing_is_guessed_to_sign(
    field: str, client: StrictClient, dossiers: list[Dossier]
) -> None:
    answer = client.post(reverse("choix_signer"), read_signature(client) | {field: "zz"})

    assert answer.status_code == 400
    assert not Mandat.objects.exists()


def test_signing_twice_says_so_and_opens_nothing_more(
    client: StrictClient, dossiers: list[Dossier]
) -> None:
    shown = read_signature(client)
    sign(client, shown)

    page = sign(client, shown)

    assert "Le choix du mois est signé" in select(page, ".seuil-messages").text
    assert Mandat.objects.count() == 3


def test_a_month_without_target_says_what_is_missing(
    client: StrictClient, dossiers: list[Dossier]
) -> None:
    page = read(client.get(reverse("choix"), {"mois": "2027-01"}))

    assert "Aucun objectif n’est fixé pour Association Le Palier en 2027" in page.text
    assert client.get(reverse("choix"), {"mois": "2026-13"}).status_code == 200


def test_a_departement_without_operator_says_what_to_do(client: StrictClient) -> None:
    assert "Aucun opérateur" in read(client.get(reverse("choix"))).text


@pytest.mark.parametrize("page", ["choix_fiches", "choix_signer"])
def test_a_month_without_target_has_nothing_to_sign_nor_to_print(
    client: StrictClient, dossiers: list[Dossier], page: str
) -> None:
    answer = client.get(reverse(page), {"mois": "2027-01"})

    assert answer.url.startswith(reverse("choix"))


def test_the_operator_of_the_address_is_the_one_shown(
    client: StrictClient, dossiers: list[Dossier]
) -> None:
    second = make_organisation(type="operateur", nom="Zone mobile")
    make_objectif(operateur=second, volume_mensuel=1)

    first_page = read(client.get(reverse("choix")))
    page = read(client.get(reverse("choix"), {"operateur": str(second.pk)}))

    assert "Association Le Palier" in select(first_page, ".seuil-fiche").text
    assert "Zone mobile" in select(page, ".seuil-fiche").text
    assert names(captions(page)["Dossiers retenus"]) == ["MENAGEA Claude"]


def test_a_service_proposes_a_household_and_it_gains_points(
    client: StrictClient, dossiers: list[Dossier], on: date
) -> None:
    url = reverse("prescription_enregistrer", args=[dossiers[4].numero])
    data = {"service": "MDS de Bacalan", "motif": "Trois courriers sans réponse."}

    refused = client.post(url, data | {"propose_le": ""})
    accepted = client.post(url, data | {"propose_le": on.isoformat()})

    assert refused.status_code == 422
    assert select(read(refused), "#id_service").attrs["value"] == "MDS de Bacalan"
    assert accepted.url == reverse("dossier", args=[dossiers[4].numero])
    assert Prescription.objects.get().dossier == dossiers[4]
    page = read(client.get(reverse("choix")))
    assert "MDS de Bacalan" in select(page, "#choix-du-mois").text
    assert "Proposé par un service\xa0: MDS de Bacalan. (+25)" in page.text


def test_the_number_of_queries_does_not_follow_the_number_of_dossiers(
    client: StrictClient,
    dossiers: list[Dossier],
    django_assert_max_num_queries: DjangoAssertNumQueries,
    on: date,
) -> None:
    client.get(reverse("choix"))
    with django_assert_max_num_queries(100) as few:
        client.get(reverse("choix"))
    for number in range(8):
        make_candidat(f"AUTRE{number}", on=on)

    with django_assert_max_num_queries(len(few)):
        client.get(reverse("choix"))


def test_the_choice_is_begun_only_when_something_is_decided(
    client: StrictClient, dossiers: list[Dossier]
) -> None:
    client.get(reverse("choix"))
    client.get(reverse("choix_signer"))

    assert not Choix.objects.exists()
