"""Each form of the directory and of the setting up, sent twice: the second writes nothing more."""

from collections.abc import Callable
from datetime import date

import pytest
from django.urls import reverse

from seuil.acteurs.models import Agent, Organisation
from seuil.acteurs.operations.formations import create_formations
from seuil.acteurs.operations.interlocuteurs import add_interlocuteur
from seuil.acteurs.operations.machine import Machine
from seuil.acteurs.operations.territoires import create_decoupage
from seuil.acteurs.rules import Formation, InterlocuteurSaisi
from tests.factories.accompagnements import make_objectif
from tests.harness.client import StrictClient
from tests.web.test_deux_envois import read_etat

OBJECTIF = {"annee": 2027, "cible_annuelle": 100, "volume_mensuel": 9}
ENVOIS = {
    "organisme_ajouter": {"type": "ccas", "nom": "CCAS"},
    "organisme_corriger": {"type": "operateur", "nom": "Autre nom"},
    "organisme_perimetre": {"communes": "Bordeaux"},
    "organisme_ouverture": {"geste": "fermer"},
    "interlocuteur_ajouter": {"nom": "Ana", "sujet": "Plans"},
    "interlocuteur_corriger": {"nom": "Lou", "sujet": "Plans"},
    "interlocuteur_retirer": {},
    "annuaire_importer": {"texte": "Type\tNom\nCCAS\tCCAS\n", "appliquer": "oui"},
    "objectif_fixer": OBJECTIF,
    "objectif_corriger": {**OBJECTIF, "annee": 2026},
    "objectif_terminer": {"fin_le": "2026-12-01"},
    "formation_ajouter": {"nom": "Médiation"},
    "formation_corriger": {"nom": "Médiation"},
    "formation_terminer": {},
    "formations_reprendre": {"modele": "21"},
    "secteur_ajouter": {"nom": "Nord", "communes": "Bordeaux"},
}


@pytest.mark.parametrize("name", ENVOIS)
def test_a_form_sent_twice_writes_once(
    administrateur: Agent,
    operateur: Organisation,
    client_de: Callable[[object], StrictClient],
    on: date,
    name: str,
) -> None:
    by = Machine("test", "33")
    rows = {
        "formation": lambda: create_formations(
            departement="33", formations=[Formation(nom="Plénière")], by=by, on=on
        )[0],
        "objectif": lambda: make_objectif(operateur=operateur),
        "interlocuteur": lambda: add_interlocuteur(
            organisation=operateur, saisie=InterlocuteurSaisi(nom="Ana", sujet="Avis"), by=by, on=on
        ),
        "organisme": lambda: operateur,
        "secteur": lambda: create_decoupage(
            departement="33", nature="autre", nom="Secteurs", by=by, on=on
        ),
    }
    kind = "organisme" if name == "interlocuteur_ajouter" else name.partition("_")[0]
    alone = {"organisme_ajouter", "annuaire_importer", "objectif_fixer", "formation_ajouter"}
    args = [] if name in alone or kind == "formations" else [rows[kind]().pk]
    fields = {**ENVOIS[name], **({"operateur": operateur.pk} if name == "objectif_fixer" else {})}
    client, empty = client_de(administrateur), read_etat()

    first = client.post(reverse(name, args=args), fields)
    once = read_etat()
    client.post(reverse(name, args=args), fields)

    assert first.status_code == 302
    # The communes of a perimeter are no row of a followed table.
    assert once != empty or operateur.communes.count() == 1
    assert read_etat() == once
