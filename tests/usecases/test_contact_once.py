"""A form sent twice records one contact, one visit."""

from dataclasses import replace
from datetime import date, time

import pytest

from seuil.accompagnements.models import Contrat
from seuil.accompagnements.operations.contrats import DemarcheRefusee
from seuil.acteurs.models import Agent
from seuil.contacts.models import Contact
from seuil.contacts.operations import ContactRefuse
from seuil.contacts.rules import ContactSaisi
from seuil.kernel.models import new_id
from seuil.usecases.add_demarche import add_demarche
from seuil.usecases.record_contact import record_contact
from seuil.usecases.record_visite import record_visite
from seuil.visites.models import Visite
from seuil.visites.operations import VisiteRefusee
from seuil.visites.rules import VisiteSaisie
from tests.factories.accompagnements import make_mandat, make_objectif, make_saisie
from tests.factories.base import make_acces, make_dossier

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)


@pytest.fixture
def dossier(gironde, travailleur_social: Agent):
    dossier = make_dossier()
    make_acces(dossier=dossier, relation="affectation", debut_le=ON, agent=travailleur_social)
    return dossier


def test_the_same_contact_sent_twice_is_recorded_once(dossier, travailleur_social) -> None:
    noted = ContactSaisi("menage", "telephone", "message", ON, contact_id=new_id())
    sent = {"dossier": dossier, "saisie": noted, "by": travailleur_social, "on": ON}

    first, second = record_contact(**sent), record_contact(**sent)

    assert first == second
    assert Contact.objects.count() == 1


def test_the_same_form_with_another_content_says_both(dossier, travailleur_social) -> None:
    noted = ContactSaisi("menage", "telephone", "message", ON, contact_id=new_id())
    sent = {"dossier": dossier, "by": travailleur_social, "on": ON}
    record_contact(saisie=noted, **sent)

    with pytest.raises(ContactRefuse) as refused:
        record_contact(saisie=replace(noted, resultat="echange", note="À rappeler"), **sent)

    said = str(refused.value)
    assert "« Message laissé » est enregistré, « Échange avec la personne » est envoyé" in said
    assert "« rien » est enregistré, « À rappeler » est envoyé" in said
    assert "telephone" not in said
    assert Contact.objects.get().resultat == "message"


def test_a_visit_sent_again_with_another_content_is_refused(dossier, travailleur_social) -> None:
    noted = ContactSaisi(
        "menage", "domicile", "echange", ON, time(18, 30), "au domicile", contact_id=new_id()
    )
    sent = {"dossier": dossier, "contact": noted, "by": travailleur_social, "on": ON}
    record_visite(visite=VisiteSaisie(duree_minutes=30), **sent)

    with pytest.raises(VisiteRefusee, match="déjà servi"):
        record_visite(visite=VisiteSaisie(duree_minutes=45), **sent)

    assert Visite.objects.get().duree_minutes == 30


def test_the_same_visit_sent_twice_is_recorded_once(dossier, travailleur_social) -> None:
    noted = ContactSaisi(
        "menage", "domicile", "echange", ON, time(18, 30), "au domicile", contact_id=new_id()
    )
    sent = {
        "dossier": dossier, "contact": noted, "visite": VisiteSaisie(), "by": travailleur_social,
        "on": ON,
    }  # fmt: skip

    first, second = record_visite(**sent), record_visite(**sent)

    assert first == second
    assert (Contact.objects.count(), Visite.objects.count()) == (1, 1)


def test_two_contacts_of_the_same_day_are_two(dossier, travailleur_social) -> None:
    for _ in range(2):
        record_contact(
            dossier=dossier,
            saisie=ContactSaisi(avec="menage", canal="telephone", resultat="absent", survenu_le=ON),
            by=travailleur_social,
            on=ON,
        )

    assert Contact.objects.count() == 2


def test_the_same_form_on_another_dossier_is_told(dossier, travailleur_social) -> None:
    other = make_dossier()
    make_acces(dossier=other, relation="affectation", debut_le=ON, agent=travailleur_social)
    noted = ContactSaisi("menage", "telephone", "message", ON, contact_id=new_id())
    record_contact(dossier=dossier, saisie=noted, by=travailleur_social, on=ON)

    with pytest.raises(ContactRefuse, match="déjà servi"):
        record_contact(dossier=other, saisie=noted, by=travailleur_social, on=ON)

    assert Contact.objects.count() == 1


def test_the_same_step_sent_twice_is_in_the_contract_once(
    gironde, operateur, chef_equipe: Agent
) -> None:
    make_objectif(operateur=operateur)
    mandat = make_mandat(operateur=operateur, repondu_le=date(2026, 9, 3))
    contrat = Contrat.objects.create(mandat=mandat, signe_le=ON, par=chef_equipe)
    sent = {"contrat": contrat, "saisie": make_saisie(pour_le=ON), "by": chef_equipe, "on": ON}
    demarche = add_demarche(**sent)

    with pytest.raises(DemarcheRefusee, match="déjà au contrat"):
        add_demarche(**sent)

    assert list(contrat.demarches.all()) == [demarche]
