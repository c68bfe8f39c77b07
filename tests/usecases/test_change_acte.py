"""An act corrected or withdrawn: what it changes, what is kept, what is refused."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from django.db import IntegrityError, transaction

from seuil.actes.models import Acte
from seuil.actes.operations.actes import (
    ActeCorrigeEntreTemps,
    ActeDejaConnu,
    ActeDiffere,
    ActeRetire,
)
from seuil.actes.queries import get_saisie, get_version, list_actes, list_actes_et_retraits
from seuil.actes.rules.saisie import ActeSaisi, RetraitSaisi
from seuil.audit.models import Event
from seuil.dossiers.models import Acces, Dossier
from seuil.dossiers.queries import get_dossier
from seuil.echeances.models import Echeance, Situation
from seuil.travail.models import Tache
from seuil.usecases._actes import DateImpossible
from seuil.usecases._habilitation import DossierInaccessible, HabilitationRefusee
from seuil.usecases.record_acte import record_acte
from seuil.usecases.rectify_acte import rectify_acte
from seuil.usecases.withdraw_acte import withdraw_acte
from tests.factories.base import make_acces, make_acte, make_dossier

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)
DAY = timedelta(days=1)
ERREUR = RetraitSaisi("saisie", "mauvaise ligne du tableau")
AUDIENCE = date(2027, 1, 14)


@pytest.fixture
def dossier(gironde: str) -> Dossier:
    dossier = make_dossier()
    make_acte(dossier=dossier, type="commandement", survenu_le=date(2026, 9, 1))
    return dossier


@pytest.fixture
def assignation(dossier: Dossier, secretaire) -> Acte:
    saisie = ActeSaisi(
        "assignation", date(2026, 11, 10), audience_le=AUDIENCE, audience_heure=time(9)
    )
    return record_acte(dossier=dossier, saisie=saisie, by=secretaire, on=ON)


def rectify(acte: Acte, by, vu: str | None = None, on: date = ON + DAY, **changes) -> Acte:
    saisie = replace(get_saisie(acte), **changes)
    vu = get_version(acte) if vu is None else vu
    return rectify_acte(
        dossier=acte.dossier, acte=acte, saisie=saisie, retrait=ERREUR, vu=vu, by=by, on=on
    )


def withdraw(acte: Acte, by, vu: str | None = None, on: date = ON + DAY) -> Acte:
    vu = get_version(acte) if vu is None else vu
    return withdraw_acte(dossier=acte.dossier, acte=acte, retrait=ERREUR, vu=vu, by=by, on=on)


def hearing(dossier: Dossier) -> date | None:
    return Situation.objects.get(dossier=dossier).audience_le


def test_a_date_typed_by_mistake_is_corrected_and_what_hung_on_the_act_stays(
    assignation: Acte, secretaire
) -> None:
    before = set(Echeance.objects.filter(source_id=assignation.pk).values_list("pk", "regle"))

    rectify(assignation, secretaire, audience_le=AUDIENCE - 30 * DAY)

    acte = Acte.objects.get(pk=assignation.pk)
    assert (acte.audience_le, acte.annonce_le) == (AUDIENCE - 30 * DAY, ON)
    assert hearing(acte.dossier) == AUDIENCE - 30 * DAY
    after = set(Echeance.objects.filter(source_id=assignation.pk).values_list("pk", "regle"))
    assert after == before
    old = acte.remplace
    assert (old.audience_le, old.audience_heure, old.retire_le) == (AUDIENCE, time(9), ON + DAY)
    assert old.retire_par == secretaire.author_label
    assert (old.retire_motif, old.retire_precision) == ("saisie", "mauvaise ligne du tableau")
    event = Event.objects.get(kind="acte.corrige")
    assert (event.by_label, event.details) == (secretaire.author_label, {"motif": "saisie"})


def test_each_correction_is_kept(assignation: Acte, secretaire) -> None:
    once = rectify(assignation, secretaire, audience_heure=time(14))
    rectify(once, secretaire, audience_heure=time(15))

    acte = Acte.objects.get(pk=assignation.pk)
    hours = [acte.audience_heure, acte.remplace.audience_heure]
    hours.append(acte.remplace.remplace.audience_heure)
    assert hours == [time(15), time(14), time(9)]
    key = {"agent": secretaire, "on": ON + DAY, "dossier": acte.dossier}
    assert len(list_actes(**key)) == 2
    assert len(list_actes_et_retraits(**key)) == 4


def test_a_correction_sent_twice_is_done_once(assignation: Acte, secretaire) -> None:
    for _ in range(2):
        rectify(assignation, secretaire, vu="", audience_heure=time(14))

    assert Acte.objects.filter(type="assignation").count() == 2
    assert Event.objects.filter(kind="acte.corrige").count() == 1


def test_a_page_left_open_corrects_and_withdraws_nothing(assignation: Acte, secretaire) -> None:
    rectify(assignation, secretaire, audience_heure=time(14))

    with pytest.raises(ActeCorrigeEntreTemps, match="corrigé le 22/11/2026 par"):
        rectify(assignation, secretaire, vu="", audience_heure=time(15))
    with pytest.raises(ActeCorrigeEntreTemps):
        withdraw(assignation, secretaire, vu="")


def test_a_correction_follows_the_rules_of_an_act(assignation: Acte, secretaire) -> None:
    with pytest.raises(DateImpossible):
        rectify(assignation, secretaire, audience_le=assignation.survenu_le - DAY)
    make_acte(dossier=assignation.dossier, type="assignation", survenu_le=ON - 20 * DAY)
    with pytest.raises(ActeDejaConnu):
        rectify(assignation, secretaire, survenu_le=ON - 20 * DAY)


def test_an_act_withdrawn_entails_nothing_any_more(assignation: Acte, secretaire) -> None:
    withdraw(assignation, secretaire)

    dossier = assignation.dossier
    assert Situation.objects.get(dossier=dossier).stade == "commandement"
    assert hearing(dossier) is None
    assert not Echeance.objects.filter(source_id=assignation.pk).exists()
    event = Event.objects.get(kind="acte.retire")
    assert (event.by_label, event.details) == (secretaire.author_label, {"motif": "saisie"})
    with pytest.raises(ActeRetire, match="déjà été retiré le 22/11/2026 par"):
        withdraw(assignation, secretaire)
    with pytest.raises(ActeRetire):
        rectify(assignation, secretaire, audience_heure=time(14))


def test_what_was_withdrawn_can_be_recorded_again(assignation: Acte, secretaire) -> None:
    withdraw(assignation, secretaire)

    again = record_acte(
        dossier=assignation.dossier, saisie=get_saisie(assignation), by=secretaire, on=ON + DAY
    )

    assert again.pk != assignation.pk
    assert hearing(again.dossier) == AUDIENCE


def record_audience(dossier, by, le: date, heure: time, on: date = ON, **more) -> Acte:
    saisie = ActeSaisi("audience", le, audience_heure=heure)
    return record_acte(dossier=dossier, saisie=saisie, by=by, on=on, **more)


def test_another_hour_of_the_same_day_is_told_with_both_and_corrected_if_wanted(
    assignation: Acte, secretaire
) -> None:
    dossier = assignation.dossier
    record_audience(dossier, secretaire, AUDIENCE + 9 * DAY, time(9))

    with pytest.raises(ActeDiffere, match=r"«\s9\sh\s», saisi «\s14\sh\s»"):
        record_audience(dossier, secretaire, AUDIENCE + 9 * DAY, time(14))
    record_audience(
        dossier, secretaire, AUDIENCE + 9 * DAY, time(14), correction=RetraitSaisi("source")
    )

    (acte,) = Acte.objects.en_vigueur().filter(type="audience")
    assert acte.audience_heure == time(14)
    with pytest.raises(ActeDejaConnu):
        record_audience(dossier, secretaire, AUDIENCE + 9 * DAY, time(14))


def test_one_goes_back_to_a_hearing_after_another_was_told(assignation: Acte, secretaire) -> None:
    dossier = assignation.dossier
    first, second = AUDIENCE + 9 * DAY, AUDIENCE + 2 * DAY
    record_audience(dossier, secretaire, first, time(9))
    record_audience(dossier, secretaire, second, time(9), on=ON + DAY)
    assert hearing(dossier) == second

    with pytest.raises(ActeDiffere, match="annoncé le"):
        record_audience(dossier, secretaire, first, time(9), on=ON + 2 * DAY)
    record_audience(
        dossier, secretaire, first, time(9), on=ON + 2 * DAY, correction=RetraitSaisi("source")
    )

    assert hearing(dossier) == first


@pytest.mark.parametrize(
    ("type_", "sens"),
    [("jugement", "desistement"), ("expulsion", ""), ("depart", ""), ("reprise", "")],
)
def test_what_ends_a_procedure_ends_the_dates_and_the_work_of_its_hearing(
    assignation: Acte, secretaire, type_: str, sens: str
) -> None:
    dossier = assignation.dossier
    assert Tache.objects.filter(dossier=dossier, genre="dsf_a_obtenir").exists()

    saisie = ActeSaisi(type_, ON, sens=sens)
    record_acte(dossier=dossier, saisie=saisie, by=secretaire, on=ON)

    assert hearing(dossier) is None
    assert not Echeance.objects.filter(dossier=dossier, debut_le=AUDIENCE).exists()
    assert not Tache.objects.filter(dossier=dossier, genre="dsf_a_obtenir").exists()


def test_the_prefecture_reads_no_more_a_file_that_a_wrong_act_had_opened(
    dossier: Dossier, secretaire, gestionnaire
) -> None:
    saisie = ActeSaisi("cql", ON - DAY)
    acte = record_acte(dossier=dossier, saisie=saisie, by=secretaire, on=ON)
    assert get_dossier(agent=gestionnaire, on=ON, numero=dossier.numero)

    withdraw(acte, secretaire, on=ON)

    assert not Acces.objects.open(on=ON).filter(dossier=dossier).exists()
    with pytest.raises(Dossier.DoesNotExist):
        get_dossier(agent=gestionnaire, on=ON, numero=dossier.numero)


def test_another_act_keeps_the_file_open_to_the_prefecture(dossier: Dossier, secretaire) -> None:
    kept = ActeSaisi("cql", ON - 9 * DAY)
    record_acte(dossier=dossier, saisie=kept, by=secretaire, on=ON)
    acte = record_acte(dossier=dossier, saisie=ActeSaisi("cql", ON), by=secretaire, on=ON)

    withdraw(acte, secretaire)

    assert Acces.objects.open(on=ON + DAY).filter(dossier=dossier).exists()


def test_who_may_not_write_an_act_changes_none(
    assignation: Acte, gestionnaire, juriste, operateur
) -> None:
    for change in (withdraw, rectify):
        with pytest.raises(DossierInaccessible):
            change(assignation, gestionnaire)
        with pytest.raises(HabilitationRefusee):
            change(assignation, juriste)


def test_the_database_refuses_a_withdrawal_half_told(dossier: Dossier) -> None:
    for fields in ({"retire_le": ON}, {"retire_motif": "saisie"}, {"retire_precision": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_acte(dossier=dossier, survenu_le=ON, **fields)


def test_two_acts_in_force_are_refused_by_the_database(dossier: Dossier) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_acte(dossier=dossier, type="commandement", survenu_le=date(2026, 9, 1))


def test_a_link_to_the_mobile_team_is_untouched(assignation: Acte, secretaire, operateur) -> None:
    make_acces(dossier=assignation.dossier, relation="mandat", organisation=operateur, debut_le=ON)

    withdraw(assignation, secretaire)

    assert Acces.objects.open(on=ON + DAY).filter(relation="mandat").exists()


def test_a_version_that_never_was_is_refused_in_words(assignation: Acte, secretaire) -> None:
    with pytest.raises(ActeCorrigeEntreTemps, match="Revenez au dossier"):
        withdraw(assignation, secretaire, vu="illisible")

    assignation.refresh_from_db()
    assert assignation.retire_le is None
