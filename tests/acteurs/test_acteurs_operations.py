"""The directory: geography, organisations, accounts."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from seuil.acteurs.models import Agent, Arrondissement, Commune, Organisation
from seuil.acteurs.operations.agents import CourrielDejaUtilise, create_agent
from seuil.acteurs.operations.machine import Machine
from seuil.acteurs.operations.organisations import OrganisationDejaConnue, create_organisation
from seuil.acteurs.operations.territoires import import_geography
from seuil.acteurs.rules import AgentSaisi

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)
BY = Machine("test", "33")
SECRET = "une phrase assez longue"


def test_the_official_geography_of_the_gironde_is_complete(gironde: str) -> None:
    bordeaux = Commune.objects.get(code="33063")

    assert Commune.objects.filter(departement="33").count() == 534
    assert bordeaux.nom == "Bordeaux"
    assert "33000" in bordeaux.codes_postaux
    assert bordeaux.arrondissement == Arrondissement.objects.get(nom="Bordeaux")


def test_loading_the_geography_again_changes_nothing(gironde: str) -> None:
    before = sorted(Commune.objects.values_list("code", "nom", "arrondissement"))

    import_geography(departements=["33"])

    assert sorted(Commune.objects.values_list("code", "nom", "arrondissement")) == before


def make_ddets() -> Organisation:
    return create_organisation(departement="33", type="ddets", nom="DDETS", by=BY, on=ON)


def make_account(home: Organisation, courriel: str, secret: str = SECRET) -> Agent:
    return create_agent(
        organisation=home,
        password=secret,
        saisie=AgentSaisi(courriel=courriel, nom="Essai", prenom="Ana", role="secretariat"),
        by=BY,
        on=ON,
    )


def test_an_organisation_has_one_name_in_its_departement(gironde: str) -> None:
    make_ddets()

    with pytest.raises(OrganisationDejaConnue):
        make_ddets()


def test_an_account_belongs_to_the_departement_of_its_organisation(gironde: str) -> None:
    agent = make_account(make_ddets(), "Ana@Exemple.invalid")

    assert agent.departement_id == "33"
    assert agent.habilite_le == ON
    assert agent.check_password(SECRET)
    assert agent.courriel == "ana@exemple.invalid"


def test_an_address_has_one_account_whatever_its_case(gironde: str) -> None:
    home = make_ddets()
    make_account(home, "ana@exemple.invalid")

    with pytest.raises(CourrielDejaUtilise):
        make_account(home, "ANA@exemple.invalid")


@pytest.mark.parametrize("secret", ["court", "123456789012", "ana@exemple.inv"])
def test_a_weak_password_is_refused(gironde: str, secret: str) -> None:
    home = make_ddets()

    with pytest.raises(ValidationError):
        make_account(home, "ana@exemple.invalid", secret)
