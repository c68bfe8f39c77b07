"""The divisions of the département, their comparison, and what the administrator changes."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from seuil.acteurs.models import Agent, Commune, Decoupage, Secteur
from seuil.acteurs.operations.formations import create_formations
from seuil.acteurs.operations.machine import Machine
from seuil.acteurs.operations.territoires import create_decoupage, create_secteur
from seuil.acteurs.rules import Formation
from tests.factories.base import BORDEAUX, LIBOURNE, make_agent, make_organisation
from tests.harness.client import StrictClient

ClientDe = Callable[[object], StrictClient]
ON = date(2026, 11, 21)
NBSP = "\u00a0"


@pytest.fixture
def decoupage(gironde: str) -> Decoupage:
    """Two secteurs, the first with an organisation."""
    by = Machine("test", "33")
    found = create_decoupage(
        departement="33", nature="agence_solidarite", nom="Agences solidarités", by=by, on=ON
    )
    cd = make_organisation(type="conseil_departemental", nom="Département de la Gironde")
    for nom, communes, organisation in (("Nord", [BORDEAUX], cd), ("Sud", [LIBOURNE], None)):
        create_secteur(
            decoupage=found, nom=nom, communes=communes, organisation=organisation, by=by, on=ON
        )
    return found


def deposit(client: StrictClient, text: str, **changes: str) -> object:
    fields = {"nom": "Agences", "nature": "agence_solidarite", **changes}
    fichier = SimpleUploadedFile("agences.csv", text.encode(), content_type="text/csv")
    return client.post(reverse("decoupage_importer"), {**fields, "fichier": fichier})


def test_every_division_is_listed_with_what_it_leaves_out(
    charge_mission: Agent, decoupage: Decoupage, client_de: ClientDe
) -> None:
    client = client_de(charge_mission)

    page = client.get(reverse("decoupages")).content.decode()
    detail = client.get(reverse("decoupage", args=[decoupage.pk])).content.decode()

    assert "Arrondissements" in page
    assert "EPCI" in page
    assert "Agences solidarités" in page
    assert "532" in page
    assert "Importer un découpage" not in page
    assert f"2{NBSP}secteurs, 2{NBSP}communes" in detail
    assert "Département de la Gironde" in detail
    assert f"532{NBSP}communes" in detail


def test_without_local_division_the_page_says_what_to_do(
    administrateur: Agent, charge_mission: Agent, client_de: ClientDe
) -> None:
    url = reverse("decoupages")

    assert "peut en importer un" in client_de(charge_mission).get(url).content.decode()
    assert "Importez celui" in client_de(administrateur).get(url).content.decode()


@pytest.mark.parametrize("cle", ["arrondissements", "epci"])
def test_official_divisions_are_read_and_never_changed(
    administrateur: Agent, client_de: ClientDe, cle: str
) -> None:
    page = client_de(administrateur).get(reverse("decoupage", args=[cle])).content.decode()

    assert "Bordeaux" in page
    assert "Renommer" not in page


def test_epci_in_two_arrondissements_are_shown_with_their_communes(
    charge_mission: Agent, client_de: ClientDe
) -> None:
    client, url = client_de(charge_mission), reverse("decoupage_comparer")

    page = client.get(url + "?a=epci&b=arrondissements").content.decode()

    assert f"5{NBSP}secteurs coupés" in page
    assert "CC Castillon/Pujols" in page
    assert f"Langon{NBSP}: 2{NBSP}communes, et" in page
    assert "CA du Libournais" not in page


def test_larger_secteurs_tell_only_the_limits_that_are_crossed(
    charge_mission: Agent, client_de: ClientDe
) -> None:
    client, url = client_de(charge_mission), reverse("decoupage_comparer")

    page = client.get(url + "?a=arrondissements&b=epci").content.decode()

    # Blaye and Arcachon hold whole EPCI.
    assert f"4{NBSP}secteurs coupés" in page
    assert f"2{NBSP}secteurs réunissent" in page
    assert "Arcachon, Blaye" in page
    assert "secteurs entiers." in page


def test_divisions_of_whole_secteurs_cross_nothing(
    charge_mission: Agent, client_de: ClientDe
) -> None:
    by = Machine("test", "33")
    tout = create_decoupage(departement="33", nature="autre", nom="Tout", by=by, on=ON)
    codes = Commune.objects.order_by("pk").values_list("pk", flat=True)
    create_secteur(decoupage=tout, nom="Gironde", communes=list(codes), by=by, on=ON)

    url = reverse("decoupage_comparer") + f"?a={tout.pk}&b=epci"
    page = client_de(charge_mission).get(url).content.decode()

    assert "ou en réunit plusieurs entiers" in page


def test_divisions_that_coincide_say_so(
    charge_mission: Agent, decoupage: Decoupage, client_de: ClientDe
) -> None:
    client, url = client_de(charge_mission), reverse("decoupage_comparer")

    page = client.get(url + f"?a={decoupage.pk}&b=epci").content.decode()
    twice = client.get(url + "?a=epci&b=epci").content.decode()
    unknown = client.get(url + "?a=epci&b=perdu").content.decode()

    assert "Aucun secteur coupé" in page
    assert "Choisissez deux découpages différents." in twice
    assert "Choisissez une réponse de la liste." in unknown


def test_an_empty_division_has_nothing_to_compare(
    charge_mission: Agent, client_de: ClientDe
) -> None:
    vide = create_decoupage(
        departement="33", nature="autre", nom="Vide", by=Machine("test", "33"), on=ON
    )
    client = client_de(charge_mission)

    page = client.get(reverse("decoupage_comparer") + f"?a={vide.pk}&b=epci").content.decode()
    detail = client.get(reverse("decoupage", args=[vide.pk])).content.decode()

    assert "rien à comparer" in page
    assert "pas encore de secteur" in detail


def test_a_commune_tells_on_whom_it_depends(
    charge_mission: Agent, decoupage: Decoupage, client_de: ClientDe
) -> None:
    make_organisation(type="ccas", nom="CCAS de Bordeaux").communes.set([BORDEAUX])
    make_organisation(type="ccas", nom="CCAS de Libourne").communes.set([LIBOURNE])
    client, url = client_de(charge_mission), reverse("decoupage_commune")

    page = client.get(url + f"?code={BORDEAUX}").content.decode()

    assert "Bordeaux Métropole" in page
    assert "Nord" in page
    assert "CCAS de Bordeaux" in page
    assert "CCAS de Libourne" not in page
    assert client.get(url).status_code == 200
    assert "Choisissez une réponse" in client.get(url + "?code=75056").content.decode()


def test_instances_have_their_perimeter(charge_mission: Agent, client_de: ClientDe) -> None:
    formations = tuple(
        Formation(nom=f"Instance {n}", perimetre=p)
        for n, p in enumerate(["Arrondissement de Libourne", "Val de Saône", "Bordeaux"])
    )
    create_formations(departement="33", formations=formations, by=Machine("test", "33"), on=ON)
    client = client_de(charge_mission)

    page = client.get(reverse("decoupages")).content.decode()
    commune = client.get(reverse("decoupage_commune") + f"?code={BORDEAUX}").content.decode()

    assert f"129{NBSP}communes" in page
    assert "aucun secteur ni aucune commune ne porte ce nom" in page
    assert "Instance 0" not in commune
    assert "(à préciser)" in commune
    assert "Instance 2" in commune


def test_the_administrator_imports_a_division(administrateur: Agent, client_de: ClientDe) -> None:
    client = client_de(administrateur)

    response = deposit(client, f"secteur,commune\nNord,{BORDEAUX}\nSud,{LIBOURNE}\n")

    found = Decoupage.objects.get()
    assert response.url == reverse("decoupage", args=[found.pk])
    assert "est enregistré" in client.get(response.url).content.decode()
    assert client.get(reverse("decoupage_importer")).status_code == 200
    corrected = f"secteur,commune\nTout,{BORDEAUX}\n"
    assert deposit(client, corrected).status_code == 422
    assert deposit(client, corrected, remplacer="on").status_code == 302
    assert [s.nom for s in Secteur.objects.order_by("nom")] == ["Tout"]


def test_a_wrong_line_is_told_and_nothing_is_kept(
    administrateur: Agent, client_de: ClientDe
) -> None:
    client = client_de(administrateur)

    response = deposit(client, f"secteur,commune\nNord,{BORDEAUX}\nSud,{BORDEAUX}\n")

    assert response.status_code == 422
    assert f"Ligne{NBSP}3" in response.content.decode()
    assert not Decoupage.objects.exists()
    assert deposit(client, "secteur\nNord\n").status_code == 422
    assert deposit(client, "").status_code == 422


def test_names_and_organisations_are_changed(
    administrateur: Agent, decoupage: Decoupage, client_de: ClientDe
) -> None:
    client, url = client_de(administrateur), reverse("decoupage_modifier", args=[decoupage.pk])
    nord, sud = Secteur.objects.order_by("nom")
    fields = {
        "nom": "Agences", f"nom-{nord.pk}": "Nord", f"organisme-{nord.pk}": "",
        f"nom-{sud.pk}": "Nord", f"organisme-{sud.pk}": str(nord.organisation_id),
    }  # fmt: skip

    assert client.get(url).status_code == 200
    refused = client.post(url, fields)
    decoupage.refresh_from_db()
    assert refused.status_code == 422
    assert decoupage.nom == "Agences solidarités"
    fields[f"nom-{sud.pk}"] = "Midi"
    assert client.post(url, fields).status_code == 302
    decoupage.refresh_from_db()
    rows = Secteur.objects.order_by("nom").values_list("nom", "organisation")
    assert decoupage.nom == "Agences"
    assert list(rows) == [("Midi", nord.organisation_id), ("Nord", None)]


def test_only_the_administrator_writes(
    secretaire: Agent, decoupage: Decoupage, client_de: ClientDe
) -> None:
    client = client_de(secretaire)

    assert client.get(reverse("decoupage_importer")).status_code == 403
    assert client.get(reverse("decoupage_modifier", args=[decoupage.pk])).status_code == 403


def test_another_departement_finds_nothing(decoupage: Decoupage, client_de: ClientDe) -> None:
    home = make_organisation(type="ddets", departement_id="21")
    client = client_de(make_agent(role="administrateur", organisation=home))

    assert client.get(reverse("decoupages")).status_code == 200
    assert client.get(reverse("decoupage", args=[decoupage.pk])).status_code == 404
    assert client.get(reverse("decoupage_modifier", args=[decoupage.pk])).status_code == 404


@pytest.mark.parametrize("name", ["annuaire", "departement"])
def test_the_page_is_one_click_away(charge_mission: Agent, client_de: ClientDe, name: str) -> None:
    assert reverse("decoupages") in client_de(charge_mission).get(reverse(name)).content.decode()


def test_a_secteur_is_added_by_screen_and_takes_no_commune_of_another(
    administrateur: Agent, decoupage: Decoupage, client_de: ClientDe
) -> None:
    client, url = client_de(administrateur), reverse("secteur_ajouter", args=[decoupage.pk])

    added = client.post(url, {"nom": "Est", "communes": "Bègles\n33281"})
    taken = client.post(url, {"nom": "Ouest", "communes": "Bordeaux"})

    assert added.status_code == 302
    assert Secteur.objects.get(nom="Est").communes.count() == 2
    assert taken.status_code == 422
    assert "Déjà dans un autre secteur" in taken.content.decode()
    assert not Secteur.objects.filter(nom="Ouest").exists()
