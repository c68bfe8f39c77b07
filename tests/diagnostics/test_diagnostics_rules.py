"""When a diagnosis may be dated, and when it is due."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from seuil.accompagnements.rules.besoins import EtatMandat
from seuil.diagnostics.rules import Audience, DsfDate, compute_besoins, why_not_record

DAY = timedelta(days=1)
TRANSMIS = date(2026, 9, 1)
DEBUT = date(2026, 9, 3)
EM3 = date(2026, 10, 15)


def due(**fields: Any) -> list[Any]:
    mandat = EtatMandat(
        id=UUID(int=1),
        dossier_id=UUID(int=2),
        operateur_id=UUID(int=3),
        transmis_le=TRANSMIS,
        stade=fields.pop("stade", "assignation"),
        repondu_le=fields.pop("repondu_le", DEBUT),
        referent_id=UUID(int=4),
        referent_role="juriste",
    )
    arguments = {"em3_le": EM3, "audiences": [], "dsf": []} | fields
    return compute_besoins(mandat=mandat, **arguments)


def test_without_hearing_six_weeks_are_given() -> None:
    (besoin,) = due()

    assert (besoin.due_le, besoin.regle, besoin.legale, besoin.caduque_le) == (
        EM3,
        "EM3",
        False,
        None,
    )
    assert (besoin.role, besoin.agent_id) == ("juriste", UUID(int=4))


def test_a_near_hearing_commands() -> None:
    (besoin,) = due(audiences=[Audience(date(2026, 10, 20), EM3 - DAY)])

    assert (besoin.due_le, besoin.regle, besoin.legale) == (EM3 - DAY, "C6", True)
    assert besoin.caduque_le == date(2026, 10, 21)


def test_a_hearing_on_the_same_term_does_not_command() -> None:
    (besoin,) = due(audiences=[Audience(date(2026, 10, 22), EM3)])

    assert (besoin.due_le, besoin.regle) == (EM3, "EM3")


def test_a_hearing_before_the_start_does_not_count() -> None:
    (besoin,) = due(audiences=[Audience(DEBUT - DAY, DEBUT - 8 * DAY)])

    assert (besoin.due_le, besoin.caduque_le) == (EM3, None)


def test_the_task_lives_until_the_last_hearing() -> None:
    (besoin,) = due(
        audiences=[
            Audience(date(2026, 12, 1), date(2026, 11, 23)),
            Audience(date(2026, 10, 1), date(2026, 9, 23)),
        ]
    )

    assert (besoin.due_le, besoin.caduque_le) == (date(2026, 9, 23), date(2026, 12, 2))


@pytest.mark.parametrize("stade", ["cql", "rfp", "cfp"])
def test_downstream_of_the_judgment_no_diagnosis_is_due(stade: str) -> None:
    assert due(stade=stade) == []


def test_before_the_answer_no_diagnosis_is_due() -> None:
    assert due(repondu_le=None) == []


@pytest.mark.parametrize(
    ("dsf", "done"),
    [
        pytest.param(("carence", EM3, None, None), True, id="carence"),
        pytest.param(("avec_menage", EM3, None, None), False, id="non transmis"),
        pytest.param(("avec_menage", EM3, None, EM3), True, id="transmis à la CCAPEX"),
        pytest.param(("sans_rencontre", EM3, EM3, None), True, id="transmis au juge"),
        pytest.param(("avec_menage", TRANSMIS - DAY, EM3, EM3), False, id="ancien"),
        pytest.param(("avec_menage", TRANSMIS, EM3, EM3), True, id="du jour de la transmission"),
        pytest.param(("", None, None, None), False, id="en cours"),
    ],
)
def test_without_hearing_a_diagnosis_is_done_when_ended_and_sent(
    dsf: tuple[Any, ...], done: bool
) -> None:
    assert (due(dsf=[DsfDate(*dsf)]) == []) is done


def test_with_a_hearing_the_judge_must_have_received_it() -> None:
    audiences = [Audience(date(2026, 12, 1), date(2026, 11, 23))]

    assert due(audiences=audiences, dsf=[DsfDate("avec_menage", EM3, None, EM3)])
    assert due(audiences=audiences, dsf=[DsfDate("avec_menage", EM3, EM3, None)]) == []


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({}, None),
        ({"fin": ""}, "comment"),
        ({"termine_le": None}, "comment"),
        ({"termine_le": EM3 + DAY}, "à venir"),
        ({"transmis_juge_le": EM3 + DAY}, "à venir"),
        ({"transmis_juge_le": DEBUT - DAY}, "avant d’être terminé"),
        ({"transmis_ccapex_le": DEBUT - DAY}, "avant d’être terminé"),
        ({"demande_le": DEBUT + DAY}, "avant d’avoir été demandé"),
        ({"demande_le": DEBUT}, None),
    ],
)
def test_the_days_of_a_diagnosis_follow_one_another(
    fields: dict[str, Any], word: str | None
) -> None:
    arguments = {
        "fin": "avec_menage",
        "termine_le": DEBUT,
        "transmis_juge_le": None,
        "transmis_ccapex_le": None,
        "demande_le": None,
        "on": EM3,
    } | fields

    reason = why_not_record(**arguments)

    assert reason is None if word is None else word in (reason or "")
