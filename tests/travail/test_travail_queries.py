"""Whose work is on whose list, and when."""

from datetime import date, timedelta

import pytest

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.dossiers.operations.acces import open_acces
from seuil.travail.models import Tache
from seuil.travail.operations import close_taches, refresh_taches
from seuil.travail.queries import Filtres, count_a_moi, get_aujourdhui
from seuil.travail.rules.aujourdhui import Groupe
from seuil.travail.rules.besoins import Besoin
from seuil.travail.rules.genres import GENRES
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
    return [t.genre.code for t in get_aujourdhui(agent=agent, on=on).taches]


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
    assert get_aujourdhui(agent=juriste, on=ON).taches[0].agent == str(travailleur_social)


def test_the_work_of_the_state_is_not_on_the_list_of_the_field(gironde, juriste) -> None:
    dossier = make_dossier()
    open_acces(dossier_id=dossier.pk, relation="affectation", on=ON, agent_id=juriste.pk)

    put(dossier, "dsf_a_obtenir")

    assert list_genres(juriste) == []


def test_what_cannot_be_undone_comes_first_and_the_nearest_of_it(gironde, secretaire) -> None:
    for days in (3, 30, 8):
        put(
            make_dossier(), "dsf_a_obtenir", legale=True,
            due_le=ON, caduque_le=ON + days * DAY,
        )  # fmt: skip
    put(make_dossier(), "avis_prolongation", due_le=ON - 2 * DAY)

    work = get_aujourdhui(agent=secretaire, on=ON)

    assert [vue.ligne.tete.le - ON for vue in work.lignes] == [3 * DAY, 8 * DAY, 30 * DAY, -2 * DAY]
    assert dict(work.par_groupe) == {Groupe.A_MOI: 4}


def test_one_household_is_one_row(gironde, secretaire) -> None:
    dossier = make_dossier()
    besoins = [
        Besoin(dossier.pk, genre, dossier.pk, "secretariat", ON, ON, False, caduque_le=ON + DAY)
        for genre in ("avis_prolongation", "dsf_a_obtenir")
    ]
    refresh_taches(dossier_ids=[dossier.pk], besoins=besoins)

    (vue,) = get_aujourdhui(agent=secretaire, on=ON).lignes

    assert {t.genre.code for t in vue.taches} == {"dsf_a_obtenir", "avis_prolongation"}


def test_the_secretariat_waits_for_what_the_team_does(gironde, secretaire, operateur) -> None:
    put(make_dossier(), "repondre_mandat", role="chef_equipe", organisation_id=operateur.pk)

    assert list_genres(secretaire) == []
    waiting = get_aujourdhui(agent=secretaire, on=ON, filtres=Filtres(groupe=Groupe.ATTENTE))
    assert [t.genre.code for t in waiting.taches] == ["repondre_mandat"]


def test_what_was_filed_is_filed_until_it_has_an_object_again(gironde, secretaire) -> None:
    dossier = make_dossier()
    put(dossier, "dsf_a_obtenir", legale=True, caduque_le=ON)
    (task,) = Tache.objects.all()

    close_taches(tache_ids=[task.pk], by=secretaire, on=ON)
    put(dossier, "dsf_a_obtenir", legale=True, caduque_le=ON)
    assert not Tache.objects.exists()

    # The hearing is put off: the household waits again.
    put(dossier, "dsf_a_obtenir", legale=True, caduque_le=ON + 20 * DAY)
    assert list_genres(secretaire) == ["dsf_a_obtenir"]


def test_the_same_need_twice_makes_one_task(gironde, secretaire) -> None:
    dossier = make_dossier()
    put(dossier, "dsf_a_obtenir")
    first = get_aujourdhui(agent=secretaire, on=ON).taches[0].id

    put(dossier, "dsf_a_obtenir", due_le=ON + DAY)

    (task,) = get_aujourdhui(agent=secretaire, on=ON).taches
    assert task.id == first
    assert task.due_le == ON + DAY


ROLES = (
    "secretaire", "gestionnaire", "chef_equipe", "travailleur_social", "juriste", "partenaire",
    "charge_mission",
)  # fmt: skip


@pytest.mark.parametrize("role", ROLES)
def test_the_count_of_the_menu_is_that_of_the_page(
    role: str, gironde: str, request: pytest.FixtureRequest
) -> None:
    agent = request.getfixturevalue(role)
    put_every_kind(agent)

    shown = get_aujourdhui(agent=agent, on=ON).par_groupe.get(Groupe.A_MOI, 0)

    assert count_a_moi(agent=agent, on=ON, plafond=1000) == shown
    assert [count_a_moi(agent=agent, on=ON, plafond=n) for n in (1, 5)] == [
        min(shown, n) for n in (1, 5)
    ]
    # All of them receive some, whoever follows the département apart.
    assert bool(shown) is (role != "charge_mission")


def put_every_kind(agent: Agent) -> None:
    """Put every kind of work at every day that changes its place: one household for each day."""
    for due, caduque, legale in DAYS:
        dossier = make_dossier()
        if agent.role in {"travailleur_social", "juriste"}:
            open_acces(dossier_id=dossier.pk, relation="affectation", on=ON, agent_id=agent.pk)
        besoins = [
            make_besoin(dossier, code, role, agent, due=due, caduque=caduque, legale=legale)
            for code, genre in GENRES.items()
            for role in sorted(genre.pour)[:1] + [agent.role] * (agent.role in genre.pour)
            # A kind in every third household: else the plainest of them would decide of all.
            if (len(code) + due) % 3 == 0
        ]
        refresh_taches(dossier_ids=[dossier.pk], besoins=besoins)


# Days from today: of the task, of its end, and whether it is one of the law.
DAYS = [
    (due, caduque, legale)
    for due in (-121, -61, -1, 0, 7, 8)
    for caduque in (0, 7, 8)
    for legale in (True, False)
]


def make_besoin(
    dossier: Dossier, code: str, role: str, agent: Agent, *, due: int, caduque: int, legale: bool
) -> Besoin:
    return Besoin(
        dossier_id=dossier.pk, genre=code, source_id=dossier.pk, role=role,
        visible_le=ON - 200 * DAY, due_le=ON + due * DAY, caduque_le=ON + caduque * DAY,
        legale=legale, organisation_id=agent.organisation_id,
        devoir="D1" if code == "devoir" else "",
    )  # fmt: skip
