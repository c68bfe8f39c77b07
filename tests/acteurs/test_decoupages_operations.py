"""Local divisions: created, renamed, replaced; a commune in one secteur at most."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from seuil.acteurs.models import Agent, Decoupage, Rattachement, Secteur
from seuil.acteurs.operations.machine import Machine
from seuil.acteurs.operations.territoires import (
    CommuneDejaRattachee,
    DecoupageDejaConnu,
    HorsDepartement,
    NomRefuse,
    SecteurDejaConnu,
    adjust_decoupage,
    adjust_secteur,
    create_decoupage,
    create_secteur,
    replace_secteurs,
)
from seuil.acteurs.queries import find_decoupage, get_territoire
from seuil.acteurs.rules import SecteurLu
from seuil.audit.models import Event
from tests.factories.base import BORDEAUX, LIBOURNE, make_agent, make_organisation

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)
BY = Machine("test", "33")


def make_decoupage(nom: str = "Agences") -> Decoupage:
    return create_decoupage(departement="33", nature="agence_solidarite", nom=nom, by=BY, on=ON)


def make_secteur(decoupage: Decoupage, nom: str = "Nord", *communes: str) -> Secteur:
    return create_secteur(decoupage=decoupage, nom=nom, communes=communes, by=BY, on=ON)


def test_a_division_and_its_secteurs_are_created_and_journaled(gironde: str) -> None:
    decoupage = make_decoupage("  Agences   solidarités ")
    secteur = make_secteur(decoupage, "Nord", BORDEAUX, LIBOURNE)

    assert decoupage.nom == "Agences solidarités"
    assert {c.pk for c in secteur.communes.order_by("pk")} == {BORDEAUX, LIBOURNE}
    kinds = Event.objects.filter(kind__in=["decoupage.cree", "secteur.cree"]).order_by(
        "created_at", "id"
    )
    assert [e.kind for e in kinds] == ["decoupage.cree", "secteur.cree"]


def test_names_are_unique_and_not_empty(gironde: str) -> None:
    decoupage, autre = make_decoupage(), make_decoupage("Autre")
    make_secteur(decoupage, "Nord")
    sud = make_secteur(decoupage, "Sud")

    with pytest.raises(DecoupageDejaConnu):
        make_decoupage()
    with pytest.raises(DecoupageDejaConnu):
        adjust_decoupage(decoupage=autre, nom="Agences", by=BY, on=ON)
    with pytest.raises(SecteurDejaConnu):
        make_secteur(decoupage, "Nord")
    with pytest.raises(SecteurDejaConnu):
        adjust_secteur(secteur=sud, nom="Nord", organisation=None, by=BY, on=ON)
    with pytest.raises(NomRefuse):
        adjust_decoupage(decoupage=autre, nom="  ", by=BY, on=ON)


def test_a_commune_is_in_one_secteur_of_a_division(gironde: str) -> None:
    decoupage = make_decoupage()
    make_secteur(decoupage, "Nord", BORDEAUX)

    with pytest.raises(CommuneDejaRattachee, match="Bordeaux"):
        make_secteur(decoupage, "Sud", BORDEAUX)
    # Another division places it as it likes.
    make_secteur(make_decoupage("Autre"), "Sud", BORDEAUX)


def test_the_database_refuses_a_commune_twice(gironde: str) -> None:
    decoupage = make_decoupage()
    make_secteur(decoupage, "Nord", BORDEAUX)
    sud = make_secteur(decoupage, "Sud")

    with pytest.raises(IntegrityError), transaction.atomic():
        Rattachement.objects.create(decoupage=decoupage, secteur=sud, commune_id=BORDEAUX)


def test_the_database_refuses_a_secteur_of_another_division(gironde: str) -> None:
    secteur, autre = make_secteur(make_decoupage()), make_decoupage("Autre")

    # Checked at the commit: at once here, where nothing commits.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

    with pytest.raises(IntegrityError), transaction.atomic():
        Rattachement.objects.create(decoupage=autre, secteur=secteur, commune_id=BORDEAUX)


def test_another_departement_stays_outside(gironde: str) -> None:
    decoupage = make_decoupage()
    caf = make_organisation(type="caf", departement_id="21")

    with pytest.raises(HorsDepartement):
        make_secteur(decoupage, "Nord", "21231")
    with pytest.raises(HorsDepartement):
        adjust_secteur(secteur=make_secteur(decoupage), nom="Nord", organisation=caf, by=BY, on=ON)
    with pytest.raises(HorsDepartement):
        replace_secteurs(decoupage=decoupage, secteurs=[SecteurLu("Nord", "Inconnu")], by=BY, on=ON)


def test_secteurs_are_replaced(gironde: str) -> None:
    decoupage = make_decoupage()
    make_secteur(decoupage, "Nord", BORDEAUX)
    make_organisation(type="ccas", nom="CCAS")
    lus = [SecteurLu("Sud", "CCAS", [BORDEAUX]), SecteurLu("Est", "", [LIBOURNE])]

    replace_secteurs(decoupage=decoupage, secteurs=lus, by=BY, on=ON)

    found = decoupage.secteurs.order_by("nom").values_list("nom", "organisation__nom", "communes")
    assert list(found) == [("Est", None, LIBOURNE), ("Sud", "CCAS", BORDEAUX)]


def test_the_territory_tells_every_division(charge_mission: Agent) -> None:
    decoupage = make_decoupage()
    make_secteur(decoupage, "Nord", BORDEAUX)

    territoire = get_territoire(agent=charge_mission)

    assert [d.cle for d in territoire.divisions] == ["arrondissements", "epci", str(decoupage.pk)]
    assert territoire.divisions[0].secteurs[BORDEAUX] == "Bordeaux"
    assert territoire.divisions[1].secteurs[BORDEAUX] == "Bordeaux Métropole"
    assert territoire.divisions[2].secteurs == {BORDEAUX: "Nord"}


def test_another_departement_does_not_read_it(gironde: str) -> None:
    decoupage = make_decoupage()
    stranger = make_agent(organisation=make_organisation(departement_id="21"))

    assert find_decoupage(agent=stranger, decoupage_id=decoupage.pk) is None
    cles = {d.cle for d in get_territoire(agent=stranger).divisions}
    assert str(decoupage.pk) not in cles
