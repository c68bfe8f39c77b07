"""What a reader may not read is said to be so: never shown as missing, never told by a filter."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.engines.tabular import read_table
from tests.factories.base import make_acces, make_dossier
from tests.harness.client import StrictClient, read

ClientDe = Callable[[object], StrictClient]
REFUS = "votre fonction ne lit pas cette information"


@pytest.fixture
def confie(gironde: str, operateur: object, on: date) -> Dossier:
    """A file entrusted, and another one that is not."""
    make_dossier(nom="BRAVO")
    dossier = make_dossier(nom="ALPHA", dette=2400)
    make_acces(dossier=dossier, relation="mandat", organisation=operateur, debut_le=on)
    return dossier


@pytest.mark.parametrize("query", ["mandat=on", "dette=1000", "suivi=inconnu"])
def test_a_filter_on_what_the_officer_may_not_read_tells_nothing(
    confie: Dossier, dpo: Agent, client_de: ClientDe, query: str
) -> None:
    page = read(client_de(dpo).get(f"/dossiers/?{query}")).text

    assert "ALPHA" in page
    assert "BRAVO" in page
    assert REFUS in page


def test_an_order_by_what_the_officer_may_not_read_is_told(
    confie: Dossier, dpo: Agent, client_de: ClientDe
) -> None:
    page = read(client_de(dpo).get("/dossiers/?tri=dette")).text

    assert "ne peut pas être appliqué" in page


@pytest.mark.parametrize(
    ("role", "offered"), [("secretaire", True), ("gestionnaire", False), ("dpo", False)]
)
def test_only_who_may_read_is_offered_the_filter_of_entrusted_files(
    confie: Dossier, client_de: ClientDe, request: pytest.FixtureRequest, role: str, offered: bool
) -> None:
    """Of whatever role: the prefecture does not read what is entrusted."""
    client = client_de(request.getfixturevalue(role))

    assert ("Confiés à l’équipe mobile" in read(client.get("/dossiers/")).text) is offered
    assert (REFUS in read(client.get("/dossiers/?mandat=on")).text) is not offered


def test_a_filter_keeps_the_files_of_which_it_may_be_read(
    confie: Dossier, travailleur_social: Agent, on: date, client_de: ClientDe
) -> None:
    make_acces(dossier=confie, relation="affectation", agent=travailleur_social, debut_le=on)

    page = read(client_de(travailleur_social).get("/dossiers/?mandat=on")).text

    assert "ALPHA" in page
    assert REFUS not in page


def test_the_list_and_its_export_do_not_say_that_nothing_is_known(
    confie: Dossier, dpo: Agent, client_de: ClientDe, tmp_path: Path
) -> None:
    client = client_de(dpo)

    page = read(client.get("/dossiers/")).text
    export = client.post(reverse("dossiers_export"), {"format": "xlsx"})

    assert "Réservé" in page
    assert "Non renseigné" not in page
    path = tmp_path / "export.xlsx"
    path.write_bytes(export.content)
    table = read_table(path, name=path.name)
    column = table.headers.index("Suivi social")
    assert {row.cells[column] for row in table.rows} == {"Réservé"}


def test_a_timeline_says_what_the_reader_may_not_read(
    confie: Dossier, dpo: Agent, client_de: ClientDe
) -> None:
    page = read(client_de(dpo).get(reverse("dossier", args=[confie.numero]))).text

    assert "Aucun fait n’est encore enregistré" not in page
    assert "aucune date n’est à venir" not in page
    assert "Aucun fait de ceux que vous pouvez lire" in page
    assert "aucune de celles que vous pouvez lire" in page
    assert "bail, bailleur, loyer, dette et décompte" in page


def test_the_tab_of_dates_says_it_too(confie: Dossier, dpo: Agent, client_de: ClientDe) -> None:
    address = reverse("dossier_onglet", args=[confie.numero, "echeances"])

    page = read(client_de(dpo).get(address)).text

    assert "Aucune date de celles que vous pouvez lire n’est à venir" in page
    assert "Votre fonction ne vous permet pas de lire ici" in page
