"""Twelve months, what was aimed at, and where: pure rules, then the same counts as each month's."""

from datetime import date, timedelta

import pytest

from seuil.accompagnements.models import Objectif
from seuil.acteurs.models import Agent, Organisation
from seuil.indicateurs.queries.activite import ActiviteInterdite, get_activite
from seuil.indicateurs.queries.tendances import (
    count_commandements,
    count_par_lieu,
    find_cible,
    list_tendances,
)
from seuil.indicateurs.rules.activite import INDICATEURS
from seuil.indicateurs.rules.tendances import (
    Cible,
    compute_jauge,
    compute_repartition,
    compute_tendances,
    list_mois,
)
from tests.factories.accompagnements import make_contact, make_mandat

ON = date(2026, 11, 21)
OCTOBRE = date(2026, 10, 1)
CIBLE = Cible(annee=2026, par_mois=25, par_an=300)


def test_thirteen_months_end_with_the_month_read() -> None:
    months = list_mois(date(2026, 2, 1))

    assert months[0] == date(2025, 2, 1)
    assert months[-1] == date(2026, 2, 1)
    assert len(months) == 13


def test_a_month_is_compared_with_the_one_before_and_the_year_before() -> None:
    figures = [
        ("diagnostics", date(2025, 10, 1), 7),
        ("diagnostics", date(2026, 9, 1), 9),
        ("diagnostics", OCTOBRE, 4),
    ]

    found = compute_tendances(mois=OCTOBRE, figures=figures, cible=CIBLE, en_cours=False)

    told = next(t for t in found if t.indicateur.code == "diagnostics")
    assert (told.nombre, told.ecart, told.an_dernier) == (4, -5, 7)
    assert [p.nombre for p in told.points] == [0] * 10 + [9, 4]
    assert told.mois_an_dernier == date(2025, 10, 1)


def test_a_month_that_is_not_over_is_compared_with_nothing() -> None:
    found = compute_tendances(mois=OCTOBRE, figures=[], cible=None, en_cours=True)

    assert {t.ecart for t in found} == {None}


def test_the_target_is_of_the_files_entrusted_alone_and_the_gauge_of_its_year() -> None:
    figures = [("mandats_recus", date(2025, 12, 1), 50), ("mandats_recus", OCTOBRE, 240)]

    found = compute_tendances(mois=OCTOBRE, figures=figures, cible=CIBLE, en_cours=False)

    assert {t.indicateur.code: t.cible for t in found if t.cible} == {"mandats_recus": 25}
    jauge = compute_jauge(found, CIBLE)
    assert jauge
    assert (jauge.fait, jauge.pourcent, jauge.longueur) == (240, 80, 80)
    assert compute_jauge(found, None) is None
    beyond = compute_jauge(found, Cible(annee=2026, par_mois=1, par_an=100))
    assert beyond
    assert (beyond.pourcent, beyond.longueur) == (240, 100)


@pytest.mark.parametrize(
    ("comptes", "told", "reunis"),
    [
        ({"A": 12, "B": 3, "C": 2}, {"A": 12}, 5),
        # Four left alone would be found by subtraction: the smallest told place joins them.
        ({"A": 12, "B": 6, "C": 4}, {"A": 12}, 10),
        ({"A": 3}, {}, 3),
        ({"A": 12, "": 2}, {}, 14),
        ({"A": 5, "B": 5}, {"A": 5, "B": 5}, 0),
    ],
)
def test_a_place_of_less_than_five_is_gathered(
    comptes: dict[str, int], told: dict[str, int], reunis: int
) -> None:
    found = compute_repartition(comptes, habitants={"A": 1000, "B": 1000}, is_open=False)

    assert {z.nom: z.nombre for z in found.zones} == told
    assert found.reunis == reunis
    assert found.total == sum(comptes.values())


def test_who_opens_the_dossiers_reads_each_place() -> None:
    found = compute_repartition({"B": 1, "A": 3, "": 1}, habitants={"A": 2000}, is_open=True)

    assert [(z.nom, z.nombre, z.part, z.pour_mille) for z in found.zones] == [
        ("A", 3, 60, 1.5),
        ("B", 1, 20, None),
    ]
    assert (found.reunis, found.sans_lieu) == (0, 1)


@pytest.fixture
def annee(operateur: Organisation, travailleur_social: Agent) -> None:
    """Two mandates: one that ends in its month, one accompanied until today; meetings."""
    for start, end in ((date(2026, 3, 10), date(2026, 8, 1)), (date(2026, 9, 30), None)):
        mandat = make_mandat(
            operateur=operateur,
            transmis_le=start - timedelta(days=2),
            repondu_le=start,
            referent_social=travailleur_social,
            **({"clos_le": end, "motif_cloture": "objectifs", "denouement": "relogement"}
               if end else {}),
        )  # fmt: skip
        for days in (1, 3, 40):
            make_contact(
                dossier=mandat.dossier,
                par=travailleur_social,
                survenu_le=start + timedelta(days=days),
            )


@pytest.mark.django_db
def test_each_month_of_the_curve_is_the_total_of_its_own_page(
    annee: None, secretaire: Agent, charge_mission: Agent
) -> None:
    for agent in (secretaire, charge_mission):
        found = list_tendances(agent=agent, on=ON, mois=ON)
        assert len(found) == len(INDICATEURS)
        for month in list_mois(ON)[1:]:
            activite = get_activite(agent=agent, on=ON, mois=month)
            for told in found:
                point = next(p for p in told.points if p.mois == month)
                assert point.nombre == activite.get_ligne(told.indicateur.code).total
    stock = next(t for t in found if t.indicateur.code == "menages_accompagnes")
    # Closed on the first of August: accompanied until July.
    assert [p.nombre for p in stock.points] == [0, 0, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1]


@pytest.mark.django_db
def test_the_target_is_the_sum_of_the_operators_read(
    operateur: Organisation, secretaire: Agent, chef_equipe: Agent
) -> None:
    assert find_cible(agent=secretaire, on=ON, mois=OCTOBRE) is None
    Objectif.objects.create(
        departement_id=operateur.departement_id, operateur=operateur, annee=2026,
        cible_annuelle=300, volume_mensuel=25,
    )  # fmt: skip

    assert find_cible(agent=secretaire, on=ON, mois=OCTOBRE) == CIBLE
    assert find_cible(agent=chef_equipe, on=ON, mois=OCTOBRE) == CIBLE
    assert find_cible(agent=secretaire, on=ON, mois=date(2025, 10, 1)) is None


@pytest.mark.django_db
def test_places_add_up_to_the_month_and_refuse_who_may_not(
    annee: None, secretaire: Agent, charge_mission: Agent, chef_equipe: Agent, juriste: Agent
) -> None:
    total = get_activite(agent=secretaire, on=ON, mois=OCTOBRE).get_ligne("tentatives").total
    for agent in (secretaire, charge_mission, chef_equipe):
        found = count_par_lieu(agent=agent, on=ON, mois=OCTOBRE, code="tentatives")
        assert found.total == total
    with pytest.raises(ActiviteInterdite):
        count_par_lieu(agent=juriste, on=ON, mois=OCTOBRE, code="tentatives")
    with pytest.raises(ActiviteInterdite):
        count_commandements(agent=chef_equipe, on=ON, mois=OCTOBRE)
