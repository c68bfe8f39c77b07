"""« Et si… »: the dates that would move, and nothing written."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from seuil.actes.models import Acte
from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.echeances.models import Echeance
from seuil.engines import droit
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.factories.base import make_acte, make_dossier
from tests.harness.client import read
from tests.harness.html import select_all

ON = date(2026, 11, 21)


@pytest.fixture
def dossier(gironde: str) -> Dossier:
    found = make_dossier()
    make_acte(dossier=found, type="commandement", survenu_le=date(2026, 6, 1))
    make_acte(
        dossier=found,
        type="assignation",
        survenu_le=date(2026, 9, 1),
        audience_le=date(2027, 1, 11),
    )
    refresh_dossiers(dossier_ids=[found.pk], on=ON)
    return found


@pytest.fixture
def client(client_de: Callable[[Agent], Client], secretaire: Agent) -> Client:
    return client_de(secretaire)


def ask(client: Client, dossier: Dossier, **changes: str) -> list[list[str]]:
    """Post the form with the dossier's own values, some changed; return the lines of the table."""
    page = client.get(f"/dossiers/{dossier.numero}/et-si/")
    values = {
        field.attrs["name"]: field.attrs.get("value", "")
        for field in select_all(read(page), "input")
        if field.attrs.get("name", "csrfmiddlewaretoken") != "csrfmiddlewaretoken"
    }
    response = client.post(f"/dossiers/{dossier.numero}/et-si/", {**values, **changes})
    assert response.status_code == 200
    body = select_all(read(response), "tbody")
    rows = [row for part in body for row in select_all(part, "tr")]
    return [[c.text for c in row.walk() if c.tag in {"th", "td"}] for row in rows]


def read_code(line: list[str]) -> str:
    """Return the rule whose words a line of the table begins by: no code is shown."""
    return next((r.id for r in droit.regles().values() if line[0].startswith(r.libelle)), line[0])


def test_moving_the_hearing_moves_what_is_counted_from_it(client: Client, dossier: Dossier) -> None:
    lines = ask(client, dossier, **{"1-audience_le": "2027-01-25"})

    moved = {read_code(line): line[3] for line in lines if "plus tard" in line[3]}
    # The 1st of January is no working day: the diagnosis gains one day more.
    assert moved == {
        "C2": "14 jours plus tard", "C3": "14 jours plus tard", "C6": "15 jours plus tard",
    }  # fmt: skip


def test_nothing_is_saved(client: Client, dossier: Dossier) -> None:
    before = list(Echeance.objects.order_by("pk").values())
    ask(client, dossier, **{"0-survenu_le": "2026-07-01", "ajout": "cql", "ajout_le": "2027-03-01"})

    assert list(Echeance.objects.order_by("pk").values()) == before
    assert Acte.objects.filter(dossier=dossier).count() == 2


def test_the_same_facts_move_nothing(client: Client, dossier: Dossier) -> None:
    lines = ask(client, dossier)

    assert lines
    assert {line[3] for line in lines} == {"ne bouge pas"}


def test_a_fact_added_brings_its_dates(client: Client, dossier: Dossier) -> None:
    lines = ask(client, dossier, ajout="cql", ajout_le="2027-03-01", ajout_recu_le="2027-03-02")

    new = {read_code(line) for line in lines if line[3] == "nouvelle date"}
    assert {"F1", "F4", "G4", "EX"} <= new


def test_an_act_whose_day_is_emptied_is_taken_out(client: Client, dossier: Dossier) -> None:
    lines = ask(client, dossier, **{"1-survenu_le": "", "1-audience_le": ""})

    gone = {read_code(line) for line in lines if line[3] == "n’a plus d’objet"}
    assert gone == {"C2", "C3", "C6"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"0-survenu_le": "2026-02-30"}, "Cette date n’existe pas"),
        ({"1-audience_le": "2026-08-01"}, "L’audience précède l’acte"),
        ({"ajout": "cql"}, "Indiquez la date du fait ajouté"),
        ({"ajout_le": "2026-08-01"}, "Choisissez le fait"),
        ({"ajout": "mariage", "ajout_le": "2026-08-01"}, "Choisissez une réponse de la liste"),
    ],
)
def test_what_cannot_be_supposed_is_refused_with_its_remedy(
    client: Client, dossier: Dossier, changes: dict[str, str], message: str
) -> None:
    values = {
        "0-survenu_le": "2026-06-01", "1-survenu_le": "2026-09-01", "1-audience_le": "2027-01-11",
    }  # fmt: skip
    response = client.post(f"/dossiers/{dossier.numero}/et-si/", {**values, **changes})

    assert response.status_code == 422
    assert message in response.content.decode()


def test_who_does_not_see_the_dossier_has_no_panel(
    client_de: Callable[[Agent], Client], charge_mission: Agent, juriste: Agent, dossier: Dossier
) -> None:
    for agent in (charge_mission, juriste):
        assert client_de(agent).get(f"/dossiers/{dossier.numero}/et-si/").status_code == 404
