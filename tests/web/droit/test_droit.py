"""The law on the screen: every rule, one rule, a calculation without any dossier."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.engines import droit
from seuil.web.droit.presentation import THEMES
from tests.harness.client import StrictClient, read
from tests.harness.html import select, select_all

ClientDe = Callable[[object], StrictClient]
ROLES = (
    "secretaire", "gestionnaire", "chef_equipe", "travailleur_social", "juriste", "partenaire",
    "charge_mission", "administrateur",
)  # fmt: skip


@pytest.fixture
def client(client_de: ClientDe, partenaire: Agent) -> StrictClient:
    return client_de(partenaire)


def page_text(client: StrictClient, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return select(read(response), "main").text


@pytest.mark.parametrize("role", ROLES)
def test_every_role_reads_the_law(
    role: str, client_de: ClientDe, request: pytest.FixtureRequest
) -> None:
    client = client_de(request.getfixturevalue(role))

    assert client.get(reverse("droit")).status_code == 200
    assert client.get(reverse("droit_regle", args=["A1"])).status_code == 200
    assert client.get(reverse("droit_fichier", args=["A1"])).status_code == 200
    assert (
        "Le droit appliqué" in select(read(client.get(reverse("droit"))), ".seuil-menu__volet").text
    )


def test_every_theme_has_a_french_title() -> None:
    assert {regle.theme for regle in droit.regles().values()} == set(THEMES)


def test_every_rule_is_listed_once_under_its_theme(client: StrictClient) -> None:
    page = read(client.get(reverse("droit")))

    listed = [a.attrs["href"] for a in select_all(page, "a") if "/droit/" in a.attrs["href"]]
    rules = {reverse("droit_regle", args=[r]) for r in droit.regles()}
    assert sorted(h for h in listed if h in rules) == sorted(rules)
    assert f"{len(rules)}\u00a0règles" in select(page, "main").text


def test_every_rule_has_its_page_with_all_its_versions(client: StrictClient) -> None:
    for regle in droit.regles().values():
        text = page_text(client, reverse("droit_regle", args=[regle.id]))

        for version in regle.versions:
            said = [version.parametre(regle.id), *droit.write_valeur(regle, version)]
            said += [reference.titre for reference in version.references]
            assert [line for line in said if line not in text] == []
        assert all(change in text for change in regle.changements)


def test_the_rules_are_filtered_by_text_and_by_certainty(client: StrictClient) -> None:
    treve = page_text(client, reverse("droit") + "?texte=treve+hivernale")
    article = page_text(client, reverse("droit") + "?texte=l412-6")
    doubt = page_text(client, reverse("droit") + "?certitude=to_check")
    nothing = page_text(client, reverse("droit") + "?texte=xylophone")

    assert "Dernier jour de la trêve hivernale" in treve
    assert "Fin du délai pour payer" not in treve
    assert "F4" in article
    assert "certaine" not in doubt.split("règles", 1)[1]
    assert "Aucune règle ne répond" in nothing


def test_the_value_of_today_is_in_words(client: StrictClient) -> None:
    text = page_text(client, reverse("droit"))

    assert "6 semaines après le fait de départ (signification du commandement de payer)" in text
    assert "du 1er novembre au 31 mars" in text
    assert "45 jours au plus" in text or "jours" in text


@pytest.mark.parametrize("regle", ["Z9", "a-b", "A1bis"])
def test_an_unknown_rule_is_not_found(client: StrictClient, regle: str) -> None:
    assert client.get(f"/droit/{regle}/").status_code == 404
    assert client.get(f"/droit/{regle}.yaml").status_code == 404


def test_a_line_of_the_law_table_leads_to_its_rule(client: StrictClient) -> None:
    response = client.get("/droit/A1b/")

    assert (response.status_code, response.headers["Location"]) == (302, "/droit/A1/#A1b")


def test_a_date_is_computed_and_explained_without_any_dossier(client: StrictClient) -> None:
    text = page_text(client, "/droit/A1/?depuis=2026-03-26&bail=2024-02-01&departement=33")

    assert "jeudi 7 mai 2026" in text
    assert "6 semaines à compter du 26 mars 2026" in text
    assert "A1@2023-07-29" in text


def test_the_lease_decides_as_on_a_dossier(client: StrictClient) -> None:
    old = page_text(client, "/droit/A1/?depuis=2026-03-26&bail=2019-02-01&departement=33")
    new = page_text(client, "/droit/A1/?depuis=2026-03-26&clause=2+mois&bail=2024-02-01")

    assert "mardi 26 mai 2026" in old
    assert "Autre date défendable : jeudi 7 mai 2026" in old.replace("\u00a0", " ")
    assert "mardi 26 mai 2026" in new


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("/droit/A1/?depuis=", "Indiquez la date"),
        ("/droit/A1/?depuis=2026-02-30", "Cette date n’existe pas"),
        ("/droit/A1/?depuis=1850-01-01", "hors des calendriers"),
        ("/droit/A1/?depuis=9999-12-31", "hors des calendriers"),
        ("/droit/A1t/?depuis=2010-01-01", "ne s’applique pas au 1er janvier 2010"),
        ("/droit/A1/?depuis=2026-03-26&departement=ZZ", "ZZ"),
        ("/droit/A1/?depuis=2026-03-26&clause=trois+lunes", "durée lisible"),
        ("/droit/F1/?depuis=2026-01-15&prefet_saisi_le=2026-01-10", "se contredisent"),
        ("/droit/A1/?depuis=2026-03-26&nature_bail=commercial", "L145-41"),
    ],
)
def test_a_calculation_that_cannot_be_is_refused_in_french(
    client: StrictClient, address: str, message: str
) -> None:
    response = client.get(address)

    assert response.status_code == 422
    assert message in select(read(response), "main").text


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (
            "/droit/F1/?depuis=2026-05-11&deux_mois=1+mois&prefet_saisi_le=2026-05-11",
            "11 juin 2026",
        ),
        ("/droit/EX/?depuis=2026-05-11&deux_mois=supprimes&cfp_le=2026-05-20", "20 mai 2026"),
        ("/droit/G7/?depuis=2026-04-10&refus_le=2026-05-04", "4 mai 2026"),
        ("/droit/L4/?depuis=2026-03-02&bailleur=prive", "2 avril 2026"),
        ("/droit/E4/?depuis=2026-03-03&departement=974&domicile=33", "4 mai 2026"),
        ("/droit/E4/?depuis=2026-03-03&aj_demandee_le=2026-03-20&aj_depart_le=2026-06-01",
         "1er juillet 2026"),
        ("/droit/A1/?depuis=2026-03-02&bail=2016-09-01&renouvele_le=2024-09-01", "13 avril 2026"),
    ],
)  # fmt: skip
def test_every_fact_that_decides_can_be_given_on_the_page(
    client: StrictClient, address: str, expected: str
) -> None:
    assert expected in page_text(client, address).replace("\u00a0", " ")


def test_a_version_that_waits_says_what_to_read(client: StrictClient) -> None:
    text = page_text(client, "/droit/H2/").replace("\u00a0", " ")
    asked = page_text(client, "/droit/H2/?depuis=2027-02-01").replace("\u00a0", " ")

    assert "décret n° 2026-84" in text
    assert "Questions auxquelles le texte répondra" in text
    assert "À déterminer" in asked


@pytest.mark.parametrize("place", ["33", "974", "67", ""])
def test_every_rule_computes_or_says_why_not(client: StrictClient, place: str) -> None:
    for regle in droit.regles():
        response = client.get(f"/droit/{regle}/?depuis=2026-03-26&departement={place}")
        text = select(read(response), "#contenu").text
        # Overseas a truce has no date of its own: even then the page answers.
        assert response.status_code == (422 if "À corriger" in text else 200)
        assert ("Certitude\u00a0: " in text) == (response.status_code == 200)


def test_the_parameter_file_is_the_one_in_force(client: StrictClient) -> None:
    response = client.get("/droit/A1.yaml")

    assert response.headers["Content-Disposition"] == 'attachment; filename="A1.yaml"'
    assert response.content.decode().startswith("regle: A1\n")


@pytest.mark.parametrize("place", ["99", "96", "20", "00", "979"])
def test_a_departement_that_does_not_exist_is_refused(client: StrictClient, place: str) -> None:
    response = client.get(f"/droit/A1/?depuis=2026-03-26&departement={place}")

    text = select(read(response), "#contenu").text.replace("\u00a0", " ")
    assert response.status_code == 422
    assert f"« {place} » n’est pas un code de département" in text
    # It computes, and records nothing.
    assert "À corriger avant de calculer" in text
    assert "Rien n’a été calculé" in text
    assert "enregistr" not in select(read(response), "#erreurs").text


@pytest.mark.parametrize("typed", ["supprimes", "supprimés", "Supprimés ", "suppression"])
def test_two_months_suppressed_by_the_judge_are_typed_as_one_says_it(
    client: StrictClient, typed: str
) -> None:
    page = read(client.get("/droit/F1/", {"depuis": "2026-03-26", "deux_mois": typed}))

    assert "supprimé le délai" in select(page, "#contenu").text
    assert "supprimés" in page.text
