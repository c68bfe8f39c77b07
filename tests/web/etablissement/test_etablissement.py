"""Setting up a département by screen: targets, formations, and what is still missing."""

from collections.abc import Callable
from datetime import date

import pytest
from django.urls import reverse

from seuil.accompagnements.models import Objectif
from seuil.accompagnements.operations.objectifs import (
    ObjectifReserve,
    OperateurInconnu,
    create_objectif,
    end_objectif,
)
from seuil.accompagnements.queries.choix import get_objectif
from seuil.accompagnements.rules.choix import ObjectifSaisi
from seuil.acteurs.models import Agent, FormationCcapex, Organisation
from seuil.acteurs.rules import NATIONAL, list_formations_du_modele, list_modeles
from seuil.audit.models import Event
from tests.factories.accompagnements import ARRONDISSEMENT_BORDEAUX, make_objectif
from tests.factories.base import make_agent, make_organisation
from tests.harness.client import StrictClient

ClientDe = Callable[[object], StrictClient]
CHIFFRES = {"annee": 2026, "cible_annuelle": 300, "volume_mensuel": 25}


def send(client: StrictClient, name: str, *args: object, **fields: object) -> object:
    return client.post(reverse(name, args=args), fields)


@pytest.mark.parametrize("role", ["secretariat", "administrateur"])
def test_a_target_is_fixed_corrected_and_ended_by_screen(
    ddets: Organisation, operateur: Organisation, client_de: ClientDe, role: str
) -> None:
    client = client_de(make_agent(role=role, organisation=ddets))

    send(client, "objectif_fixer", operateur=operateur.pk, **CHIFFRES)
    again = send(client, "objectif_fixer", operateur=operateur.pk, **CHIFFRES)
    held = Objectif.objects.get()
    parts = {"arrondissement": ARRONDISSEMENT_BORDEAUX, "part_arrondissement": 80}
    send(client, "objectif_corriger", held.pk, **{**CHIFFRES, "volume_mensuel": 30, **parts})
    send(client, "objectif_terminer", held.pk, fin_le="2026-10-01")
    page = client.get(reverse("objectifs")).content.decode()

    assert again.status_code == 422
    held.refresh_from_db()
    assert (held.volume_mensuel, held.part_arrondissement, held.part_cql_max) == (30, 80, 100)
    assert held.fin_le == date(2026, 10, 1)
    told = Event.objects.get(kind="objectif.corrige").details
    assert told["volume_mensuel"] == 25
    assert "01/10/2026" in page


@pytest.mark.parametrize(
    "faux",
    [
        {"volume_mensuel": 301},
        {"part_cql_min": 30, "part_cql_max": 20},
        {"part_arrondissement": 80},
        {"cible_annuelle": 0},
    ],
)
def test_a_target_that_cannot_be_is_refused(
    secretaire: Agent, operateur: Organisation, client_de: ClientDe, faux: dict[str, int]
) -> None:
    fields = {**CHIFFRES, **faux}

    answer = send(client_de(secretaire), "objectif_fixer", operateur=operateur.pk, **fields)

    assert answer.status_code == 422
    assert not Objectif.objects.exists()


def test_a_month_after_the_end_of_the_convention_has_no_target(
    secretaire: Agent, operateur: Organisation, on: date
) -> None:
    held = make_objectif(operateur=operateur)
    end_objectif(objectif=held, fin_le=date(2026, 10, 1), by=secretaire, on=on)

    def find(mois: int) -> Objectif | None:
        return get_objectif(agent=secretaire, operateur=operateur, mois=date(2026, mois, 1))

    assert find(9) == held
    assert find(10) is None


def test_only_who_keeps_the_directory_fixes_a_target(
    chef_equipe: Agent, secretaire: Agent, operateur: Organisation, on: date
) -> None:
    saisie = ObjectifSaisi(**CHIFFRES)
    ailleurs = make_organisation(type="operateur", nom="Ailleurs", departement_id="21")
    ferme = make_organisation(type="operateur", nom="Fermé", ferme_le=on)

    with pytest.raises(ObjectifReserve):
        create_objectif(operateur=operateur, saisie=saisie, by=chef_equipe, on=on)
    for home in (ailleurs, ferme, secretaire.organisation):
        with pytest.raises(OperateurInconnu):
            create_objectif(operateur=home, saisie=saisie, by=secretaire, on=on)


def test_formations_begin_with_a_model_and_are_corrected(
    secretaire: Agent, client_de: ClientDe
) -> None:
    client = client_de(secretaire)

    send(client, "formations_reprendre", modele="21")
    send(client, "formations_reprendre", modele="33")
    held = FormationCcapex.objects.filter(fin_le=None)
    assert {f.nom for f in held} == {f.nom for f in list_formations_du_modele("21")}
    first = held.order_by("nom").first()
    send(client, "formation_corriger", first.pk, nom="Formation locale", membres="A\n\nB")
    send(client, "formation_corriger", first.pk, nom="Encore", membres="")
    new = FormationCcapex.objects.get(nom="Formation locale")
    page = client.get(reverse("departement")).content.decode()
    send(client, "formation_terminer", new.pk)

    assert new.membres == ["A", "B"]
    assert "Formation locale" in page
    first.refresh_from_db()
    new.refresh_from_db()
    assert first.fin_le is not None
    assert new.fin_le is not None
    assert not FormationCcapex.objects.filter(nom="Encore").exists()


def test_a_formation_is_added_once(secretaire: Agent, client_de: ClientDe) -> None:
    client = client_de(secretaire)

    first = send(client, "formation_ajouter", nom="Médiation", menage_present="oui")
    second = send(client, "formation_ajouter", nom="Médiation", menage_present="oui")

    assert first.status_code == 302
    assert second.status_code == 422
    assert FormationCcapex.objects.get().menage_present is True


def test_every_model_can_be_copied_whole(secretaire: Agent, client_de: ClientDe) -> None:
    codes = [code for code, _ in list_modeles()]

    assert codes == [NATIONAL, "21", "33", "35", "62"]
    for code in codes:
        FormationCcapex.objects.all().delete()
        send(client_de(secretaire), "formations_reprendre", modele=code)
        count = FormationCcapex.objects.count()
        assert count == len(list_formations_du_modele(code)) > 0, code


def test_the_first_hour_is_ticked_by_facts_and_ends(
    administrateur: Agent, client_de: ClientDe, on: date
) -> None:
    client = client_de(administrateur)
    home = reverse("accueil")

    def remaining() -> str:
        page = client.get(reverse("premiere_heure")).content.decode()
        return page.partition("<h1>")[2].partition('role="status">')[2].partition("</p>")[0]

    assert client.get(home).url == reverse("premiere_heure")
    assert remaining().startswith("9")
    make_organisation(type="caf", nom="CAF", domaines=["caf.example"])
    operateur = make_organisation(type="operateur", nom="Opérateur")
    make_objectif(operateur=operateur)
    send(client, "formations_reprendre", modele=NATIONAL)
    assert remaining().startswith("4")
    for role in ("dpo", "secretariat"):
        make_agent(role=role, organisation=administrateur.organisation)
    make_agent(role="chef_equipe", organisation=operateur)
    make_agent(role="partenaire", organisation=make_organisation(type="msa"))
    assert "Tout est en place" in remaining()
    assert client.get(home).url == reverse("comptes")


def test_what_another_does_is_said_to_the_secretariat(
    secretaire: Agent, client_de: ClientDe
) -> None:
    page = client_de(secretaire).get(reverse("premiere_heure")).content.decode()

    assert "À faire par l’administrateur" in page
    assert "À faire par le délégué" in page
    assert reverse("comptes_inviter_lot") not in page.partition("<main")[2]
