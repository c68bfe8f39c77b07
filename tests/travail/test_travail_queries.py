"""Whose work is on whose list, and when."""

from datetime import date, timedelta

import pytest

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.dossiers.operations.acces import open_acces
from seuil.travail.operations import refresh_taches
from seuil.travail.queries import get_a_faire
from seuil.travail.rules.besoins import Besoin
from tests.factories.base import make_dossier

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)
DAY = timedelta(days=1)


def put(dossier: Dossier, genre: str, **changes: object) -> None:
    values = {
        "role": "secretariat", "visible_le": ON - DAY, "due_le": ON, "legale": False,
        "caduque_le": ON + 30 * DAY, **changes,
    }  # fmt: skip
    besoin = Besoin(dossier_id=dossier.pk, genre=genre, source_id=dossier.pk, **values)
    refresh_taches(dossier_ids=[dossier.pk], besoins=[besoin])


def list_genres(agent: Agent, on: date = ON) -> list[str]:
    return [t.genre.code for t in get_a_faire(agent=agent, on=on).taches]


def test_a_task_is_on_the_list_of_its_role_only(
    gironde, secretaire, gestionnaire, charge_mission, administrateur
) -> None:
    put(make_dossier(), "dsf_a_obtenir")

    assert list_genres(secretaire) == ["dsf_a_obtenir"]
    assert [list_genres(a) for a in (gestionnaire, charge_mission, administrateur)] == [[]] * 3


def test_a_task_is_seen_from_its_day_to_the_day_it_has_no_object(gironde, secretaire) -> None:
    put(make_dossier(), "dsf_a_obtenir", visible_le=ON, caduque_le=ON + 2 * DAY)

    seen = [bool(list_genres(secretaire, ON + n * DAY)) for n in (-1, 0, 1, 2)]

    assert seen == [False, True, True, False]


def test_both_people_of_a_file_see_its_work(
    gironde, travailleur_social, juriste, operateur
) -> None:
    dossier = make_dossier()
    put(
        dossier, "reprendre_contact", role="travailleur_social",
        organisation_id=operateur.pk, agent_id=travailleur_social.pk,
    )  # fmt: skip
    assert list_genres(juriste) == []

    for agent in (travailleur_social, juriste):
        open_acces(dossier_id=dossier.pk, relation="affectation", on=ON, agent_id=agent.pk)

    assert list_genres(travailleur_social) == ["reprendre_contact"]
    assert list_genres(juriste) == ["reprendre_contact"]
    assert get_a_faire(agent=juriste, on=ON).taches[0].agent == str(travailleur_social)


def test_the_work_of_the_state_is_not_on_the_list_of_the_field(gironde, juriste) -> None:
    dossier = make_dossier()
    open_acces(dossier_id=dossier.pk, relation="affectation", on=ON, agent_id=juriste.pk)

    put(dossier, "dsf_a_obtenir")

    assert list_genres(juriste) == []


def test_late_work_comes_first_and_is_counted(gironde, secretaire) -> None:
    for days in (3, -2, 0, 30):
        put(make_dossier(), "dsf_a_obtenir", due_le=ON + days * DAY)

    work = get_a_faire(agent=secretaire, on=ON)

    assert [t.due_le - ON for t in work.taches] == [-2 * DAY, 0 * DAY, 3 * DAY, 30 * DAY]
    assert dict(work.par_periode) == {
        "en_retard": 1, "aujourdhui": 1, "semaine": 1, "plus_tard": 1,
    }  # fmt: skip
    assert [t.en_retard for t in work.taches] == [True, False, False, False]


def test_the_same_need_twice_makes_one_task(gironde, secretaire) -> None:
    dossier = make_dossier()
    put(dossier, "dsf_a_obtenir")
    first = get_a_faire(agent=secretaire, on=ON).taches[0].id

    put(dossier, "dsf_a_obtenir", due_le=ON + DAY)

    (task,) = get_a_faire(agent=secretaire, on=ON).taches
    assert task.id == first
    assert task.due_le == ON + DAY
