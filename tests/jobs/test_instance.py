"""`seuil instance`: a real département on an empty database, and nothing invented."""

import re
from argparse import Namespace
from datetime import date
from typing import Any

import pytest

from seuil.acteurs.models import Agent, Commune, FormationCcapex, Organisation
from seuil.acteurs.rules import list_formations_du_modele
from seuil.connexions.models import Invitation
from seuil.jobs import instance
from seuil.kernel.refusal import Refusal
from tests.factories.base import make_agent

MOTS = {
    "departement": "21", "organisme": "Préfecture de la Côte-d’Or", "prenom": "Ada", "nom": "Essai",
    "courriel": "ada@cote-dor.example", "modele": "21", "site": "https://seuil.example/",
    "servir": False, "port": 8000,
}  # fmt: skip


def establish(**changes: Any) -> str:
    return instance.establish(Namespace(**{**MOTS, **changes}))


def test_the_departement_and_the_link_of_its_administrator_and_nothing_else(
    gironde: str, on: date
) -> None:
    told = establish()

    assert re.search(r"https://seuil\.example/invitation/[\w-]{43}/$", told)
    admin = Agent.objects.get()
    assert (admin.role, admin.departement_id, admin.habilite_le) == ("administrateur", "21", on)
    home = Organisation.objects.get()
    assert (home.type, home.domaines) == ("prefecture", ["cote-dor.example"])
    assert Commune.objects.filter(departement="21").count() > 600
    assert {f.nom for f in FormationCcapex.objects.all()} == {
        f.nom for f in list_formations_du_modele("21")
    }
    assert Invitation.objects.count() == 1


def test_an_established_departement_goes_on(
    gironde: str,
) -> None:
    establish()

    with pytest.raises(Refusal, match="déjà un administrateur"):
        establish()
    assert "déjà établie" in establish(departement=None)
    assert Agent.objects.count() == 1


def test_a_second_departement_joins_the_first(gironde: str) -> None:
    establish()
    establish(departement="33", courriel="lou@gironde.example", organisme="DDETS", modele="")

    codes = Agent.objects.order_by("departement").values_list("departement", flat=True)
    assert list(codes) == ["21", "33"]
    assert FormationCcapex.objects.get(departement="33").nom == "CCAPEX"


@pytest.mark.parametrize(
    ("changes", "dit"),
    [
        ({"departement": "99"}, "code officiel"),
        ({"modele": "75"}, "modèle"),
        ({"courriel": "ada"}, "incomplète"),
        ({"nom": " "}, "Il manque --nom"),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(
    gironde: str, changes: dict[str, str], dit: str
) -> None:
    with pytest.raises(Refusal, match=dit):
        establish(**changes)

    assert not Agent.objects.exists()
    assert not Organisation.objects.exists()


def test_a_demonstration_is_no_beginning(gironde: str) -> None:
    make_agent(courriel="secretariat@demo.example")

    with pytest.raises(Refusal, match="démonstration"):
        establish()
