"""A list taken away as a file holds what its page shows, and the journal says who took it."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from python_calamine import load_workbook

from seuil.acteurs.models import Agent, Organisation
from seuil.audit.models import Event
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.factories.accompagnements import make_mandat
from tests.factories.base import make_acte, make_agent, make_dossier, make_organisation
from tests.harness.client import StrictClient

pytestmark = pytest.mark.django_db
SignIn = Callable[[object], StrictClient]


@pytest.fixture
def confie(operateur: Organisation, travailleur_social: Agent, on: date) -> Any:
    le = on - timedelta(days=200)
    dossier = make_dossier(nom="=CONFIE", ouvert_le=le)
    make_acte(dossier=dossier, survenu_le=le)
    mandat = make_mandat(
        operateur=operateur, dossier=dossier, transmis_le=le, repondu_le=le,
        referent_social=travailleur_social,
    )  # fmt: skip
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    return mandat


def text_of(content: bytes, kind: str) -> str:
    if kind == "csv":
        return content.decode("utf-8-sig")
    sheet = load_workbook(BytesIO(content)).get_sheet_by_index(0)
    return "\n".join(";".join(map(str, row)) for row in sheet.to_python())


@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv"])
@pytest.mark.parametrize(
    ("role", "name", "cible"),
    [
        ("secretaire", "mandats_export", "dossiers-confies"),
        ("travailleur_social", "mandats_export", "dossiers-confies"),
        ("secretaire", "suivis_longs_export", "suivis-au-dela-de-six-mois"),
        ("travailleur_social", "aujourdhui_export", "aujourdhui"),
    ],
)
def test_a_list_is_taken_away_with_its_reader_s_rights(
    kind: str, role: str, name: str, cible: str, confie: Any, client_de: SignIn,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    client = client_de(request.getfixturevalue(role))

    answer = client.post(reverse(name), {"format": kind})

    assert answer.status_code == 200
    assert answer["Content-Disposition"].endswith(f'.{kind}"')
    assert confie.dossier.numero in text_of(answer.content, kind)
    event = Event.objects.get(kind=f"export.{cible}")
    assert event.details["format"] == kind


def test_another_operator_takes_nothing_of_ours(confie: Any, client_de: SignIn) -> None:
    stranger = make_agent(
        role="chef_equipe", organisation=make_organisation(type="operateur", nom="Autre")
    )

    answer = client_de(stranger).post(reverse("mandats_export"), {"format": "csv"})

    assert confie.dossier.numero not in text_of(answer.content, "csv")


def test_a_state_alone_is_taken_away_as_its_page_shows_it(
    confie: Any, secretaire: Agent, client_de: SignIn
) -> None:
    answer = client_de(secretaire).post(reverse("mandats_export") + "?etat=clos", {"format": "csv"})

    assert confie.dossier.numero not in text_of(answer.content, "csv")


@pytest.mark.parametrize("kind", ["xlsx", "ods", "csv"])
def test_the_directory_is_taken_away(
    kind: str, operateur: Organisation, secretaire: Agent, client_de: SignIn
) -> None:
    answer = client_de(secretaire).post(reverse("annuaire_export"), {"format": kind})

    assert operateur.nom in text_of(answer.content, kind)
