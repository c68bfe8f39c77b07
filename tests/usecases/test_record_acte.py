"""An act entered by hand: who may, what is refused, what it changes."""

from datetime import date, timedelta

import pytest

from seuil.actes.models import Acte
from seuil.actes.operations.actes import ActeDejaConnu
from seuil.actes.rules.saisie import ActeSaisi
from seuil.dossiers.models import Dossier
from seuil.dossiers.operations.ouverture import open_instruction
from seuil.echeances.models import Echeance, Situation
from seuil.travail.models import Tache
from seuil.usecases._actes import DateImpossible, SensManquant
from seuil.usecases._habilitation import DossierInaccessible, HabilitationRefusee
from seuil.usecases.record_acte import record_acte
from tests.factories.base import make_acte, make_dossier

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)
DAY = timedelta(days=1)


@pytest.fixture
def dossier(gironde: str) -> Dossier:
    dossier = make_dossier()
    make_acte(dossier=dossier, type="commandement", survenu_le=date(2026, 9, 1))
    return dossier


def test_an_assignation_moves_the_stage_and_gives_its_deadlines(dossier, secretaire) -> None:
    record_acte(
        dossier=dossier,
        saisie=ActeSaisi(
            type="assignation", survenu_le=date(2026, 11, 10), audience_le=date(2027, 1, 14)
        ),
        by=secretaire,
        on=ON,
    )

    assert Situation.objects.get(dossier=dossier).stade == "assignation"
    assert Echeance.objects.get(dossier=dossier, regle="C2").le == date(2026, 12, 2)


def test_a_deferral_moves_every_date_counted_from_the_hearing(dossier, secretaire) -> None:
    record_acte(
        dossier=dossier,
        saisie=ActeSaisi(
            type="assignation", survenu_le=date(2026, 11, 10), audience_le=date(2027, 1, 14)
        ),
        by=secretaire,
        on=ON,
    )
    record_acte(
        dossier=dossier,
        saisie=ActeSaisi(type="audience", survenu_le=date(2027, 3, 11)),
        by=secretaire,
        on=ON,
    )

    (c6,) = Echeance.objects.filter(dossier=dossier, regle="C6")
    assert c6.debut_le == date(2027, 3, 11)
    assert Tache.objects.get(dossier=dossier, genre="dsf_a_obtenir").due_le == c6.le


def test_a_decision_of_the_prefet_ends_his_task(dossier, gestionnaire, secretaire) -> None:
    record_acte(
        dossier=dossier,
        saisie=ActeSaisi(type="rfp", survenu_le=date(2026, 10, 5)),
        by=secretaire,
        on=ON,
    )
    assert Tache.objects.filter(genre="decision_cfp").exists()

    record_acte(
        dossier=dossier,
        saisie=ActeSaisi(type="cfp", survenu_le=ON, sens="refus"),
        by=gestionnaire,
        on=ON,
    )

    assert not Tache.objects.filter(genre="decision_cfp").exists()


def test_a_decision_without_its_meaning_is_refused(dossier, gestionnaire) -> None:
    open_instruction(dossier_ids=[dossier.pk], on=ON)

    with pytest.raises(SensManquant, match="accord, refus ou report"):
        record_acte(
            dossier=dossier, saisie=ActeSaisi(type="cfp", survenu_le=ON), by=gestionnaire, on=ON
        )


@pytest.mark.parametrize(
    "dates",
    [
        {"survenu_le": ON + DAY},
        {"survenu_le": ON, "audience_le": ON - DAY},
        {"survenu_le": ON, "recu_le": ON - DAY},
    ],
)
def test_dates_that_contradict_each_other_are_refused(dossier, secretaire, dates) -> None:
    with pytest.raises(DateImpossible):
        record_acte(
            dossier=dossier, saisie=ActeSaisi(type="assignation", **dates), by=secretaire, on=ON
        )

    assert not Acte.objects.filter(type="assignation").exists()


def test_the_same_act_twice_is_refused(dossier, secretaire) -> None:
    with pytest.raises(ActeDejaConnu):
        record_acte(
            dossier=dossier,
            saisie=ActeSaisi(type="commandement", survenu_le=date(2026, 9, 1)),
            by=secretaire,
            on=ON,
        )


def test_who_does_not_reach_the_dossier_writes_nothing_on_it(dossier, gestionnaire) -> None:
    with pytest.raises(DossierInaccessible):
        record_acte(
            dossier=dossier, saisie=ActeSaisi(type="cql", survenu_le=ON), by=gestionnaire, on=ON
        )


@pytest.mark.parametrize("role", ["chef_equipe", "juriste", "charge_mission", "administrateur"])
def test_a_role_without_the_right_writes_no_act(
    dossier, role: str, request: pytest.FixtureRequest
) -> None:
    agent = request.getfixturevalue(role)

    with pytest.raises(HabilitationRefusee):
        record_acte(dossier=dossier, saisie=ActeSaisi(type="cql", survenu_le=ON), by=agent, on=ON)
