"""The tab of deadlines: what suspends, each date explained, what is missing, today's calendar."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.conftest import ON
from tests.factories.base import make_acte, make_dossier
from tests.harness.client import read
from tests.harness.html import select


@pytest.fixture
def client(client_de: Callable[[Agent], Client], secretaire: Agent) -> Client:
    return client_de(secretaire)


def read_tab(client: Client, dossier: Dossier) -> str:
    page = read(client.get(reverse("dossier_onglet", args=[dossier.numero, "echeances"])))
    return select(page, "#onglet").text.replace("\N{NO-BREAK SPACE}", " ")


def record(client: Client, dossier: Dossier, **values: str) -> None:
    response = client.post(reverse("acte_enregistrer", args=[dossier.numero]), values)
    assert response.status_code == 302, response.content.decode()


@pytest.fixture
def dossier(gironde: str) -> Dossier:
    found = make_dossier()
    make_acte(dossier=found, type="commandement", survenu_le=date(2026, 1, 5))
    make_acte(dossier=found, type="cql", survenu_le=date(2026, 7, 6), recu_le=date(2026, 7, 8))
    refresh_dossiers(dossier_ids=[found.pk], on=ON)
    return found


def test_a_suspension_recorded_by_hand_says_what_it_holds_and_moves_the_eviction(
    client: Client, dossier: Dossier
) -> None:
    assert "lundi 7 septembre 2026" in read_tab(client, dossier)

    record(
        client, dossier, type_acte="surendettement", sens="recevable",
        survenu_le="2026-08-03",
    )  # fmt: skip
    record(
        client, dossier, type_acte="surendettement", sens="suspension",
        survenu_le="2026-08-20",
    )  # fmt: skip

    tab = read_tab(client, dossier)
    assert "Surendettement recevable" in tab
    assert "elle n’est suspendue que par le juge" in tab
    assert "Expulsion suspendue par le juge (surendettement)" in tab
    assert "depuis le jeudi 20 août 2026, jusqu’au dimanche 20 août 2028 au plus tard" in tab
    assert "lundi 21 août 2028" in tab


def test_an_eviction_day_that_is_passed_says_what_forbids_it_today(
    client: Client, dossier: Dossier
) -> None:
    tab = read_tab(client, dossier)

    assert "Aujourd’hui non : Trêve hivernale jusqu’au 31 mars 2027" in tab


def test_once_the_household_left_no_eviction_is_to_come(client: Client, dossier: Dossier) -> None:
    record(client, dossier, type_acte="depart", survenu_le="2026-10-01")

    assert "Aujourd’hui non" not in read_tab(client, dossier)


def test_an_explanation_gives_rule_steps_version_and_what_would_change_it(
    client: Client, dossier: Dossier
) -> None:
    tab = read_tab(client, dossier)

    assert "Pour le juriste : règle A1, paramètre A1@2023-07-29" in tab
    assert "à compter du 5 janvier 2026" in tab
    assert "Ce qui changerait cette date" in tab
    assert "vérifié le 21 novembre 2026" in tab


def test_a_missing_day_is_named_and_never_guessed(client: Client, dossier: Dossier) -> None:
    record(
        client, dossier, type_acte="jugement", sens="resiliation",
        survenu_le="2026-05-04",
    )  # fmt: skip

    tab = read_tab(client, dossier)
    assert "Fin du délai d’appel (jugement) — à déterminer" in tab
    assert "À obtenir : la date de signification de la décision." in tab


def test_a_fact_without_its_sense_is_refused_with_what_to_say(
    client: Client, dossier: Dossier
) -> None:
    response = client.post(
        reverse("acte_enregistrer", args=[dossier.numero]),
        {"type_acte": "surendettement", "survenu_le": "2026-08-03"},
    )

    assert response.status_code == 422
    assert "dépôt, recevabilité, irrecevabilité" in response.content.decode()


def test_the_deadlines_of_a_page_cost_the_same_queries_whatever_their_number(
    client: Client, dossier: Dossier, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for month in range(1, 7):
        make_acte(dossier=dossier, type="audience", survenu_le=date(2026, month, 10))
    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)

    with django_assert_max_num_queries(34):
        read_tab(client, dossier)
