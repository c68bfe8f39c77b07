"""A form sent twice records one contact, one visit."""

from datetime import date, time

import pytest

from seuil.acteurs.models import Agent
from seuil.contacts.models import Contact
from seuil.contacts.rules import ContactSaisi
from seuil.kernel.models import new_id
from seuil.usecases.record_contact import record_contact
from seuil.usecases.record_visite import record_visite
from seuil.visites.models import Visite
from seuil.visites.rules import VisiteSaisie
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
