"""What the situation of a dossier carries so that candidates are ranked without other reads."""

from datetime import date

import pytest

from seuil.dossiers.models import Bailleur, Composition
from seuil.echeances.models import Situation
from seuil.echeances.operations import refresh_echeances
from tests.factories.base import make_acte, make_dossier

pytestmark = pytest.mark.django_db


def test_the_situation_carries_what_ranks_a_dossier_for_the_mobile_team() -> None:
    dossier = make_dossier(parc="social")
    Bailleur.objects.update(nature="sci_familiale")
    Composition.objects.create(
        dossier=dossier, enfants=4, constatee_le=date(2026, 9, 1), source="Ancienne"
    )
    Composition.objects.create(
        dossier=dossier, enfants=2, constatee_le=date(2026, 10, 1), source="Dernière"
    )
    make_acte(dossier=dossier, survenu_le=date(2026, 10, 1))

    echeances = refresh_echeances(dossier_ids=[dossier.pk])

    situation = Situation.objects.get(dossier=dossier)
    assert (situation.parc, situation.bailleur, situation.enfants) == ("social", "sci_familiale", 2)
    assert situation.delai_le is not None
    assert situation.delai_le == max(e.le for e in echeances if e.regle == "A1" and e.le)


def test_a_household_of_unknown_composition_counts_no_child() -> None:
    dossier = make_dossier()
    make_acte(dossier=dossier, survenu_le=date(2026, 10, 1))

    refresh_echeances(dossier_ids=[dossier.pk])

    assert Situation.objects.get(dossier=dossier).enfants == 0
