"""The list of dossiers: who sees what, filters, export, constant queries."""

from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.dossiers.models import Acces, Logement
from seuil.echeances.models import Situation, SituationSuivi
from seuil.engines.tabular import read_table
from seuil.recherche.operations import refresh_mentions
from tests.factories.base import LIBOURNE, make_acces, make_acte, make_dossier
from tests.harness.client import StrictClient
from tests.harness.htmx import assert_fragment_equals_reload

ClientDe = Callable[[object], StrictClient]


def dossier_of(nom: str, **fields: object) -> object:
    """Return a dossier whose search name is written as the projection writes it."""
    dossier = make_dossier(nom=nom, **fields)  # type: ignore[arg-type]
    Situation.objects.filter(dossier=dossier).update(nom_recherche=f"{nom} CLAUDE".upper())
    return dossier


def names(page: str) -> set[str]:
    return {nom for nom in ("ALPHA", "BRAVO", "CHARLIE") if nom in page}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"ALPHA", "BRAVO", "CHARLIE"}),
        ("texte=bravo", {"BRAVO"}),
        ("texte=Bravó", {"BRAVO"}),
        ("texte=raVO", set()),
        ("texte=33-2026-900001", {"ALPHA"}),
        ("texte=900002", {"BRAVO"}),
        ("texte=12+rue+des+Lilas", {"CHARLIE"}),
        ("texte=rue+des+lilas", {"CHARLIE"}),
        ("stade=assignation", {"BRAVO"}),
        ("parc=social", {"CHARLIE"}),
        ("commune=33243", {"BRAVO"}),
        ("dette=3+000,50", {"CHARLIE"}),
        ("audience=15", {"BRAVO"}),
        ("suivi=inconnu", {"ALPHA"}),
        ("mandat=on", {"ALPHA"}),
        ("ouvert=7", {"CHARLIE"}),
        ("stade=assignation&parc=social", set()),
    ],
)
def test_each_filter_keeps_what_it_says(
    query: str,
    expected: set[str],
    secretaire: Agent,
    operateur: object,
    on: date,
    client_de: ClientDe,
) -> None:
    alpha = dossier_of("ALPHA", numero="33-2026-900001")
    SituationSuivi.objects.create(dossier=alpha, departement="33", suivi="inconnu")
    make_acces(dossier=alpha, relation=Acces.Relation.MANDAT, organisation=operateur, debut_le=on)
    bravo = dossier_of("BRAVO", numero="33-2026-900002", stade="assignation", commune=LIBOURNE)
    Situation.objects.filter(dossier=bravo).update(audience_le=on + timedelta(days=10))
    charlie = dossier_of(
        "CHARLIE",
        numero="33-2026-900003",
        parc="social",
        dette=5000,
        ouvert_le=on - timedelta(days=2),
    )
    Logement.objects.filter(dossier=charlie).update(adresse="12 rue des Lilas")
    refresh_mentions(dossier_ids=[charlie.pk])

    page = client_de(secretaire).get(reverse("dossiers") + f"?{query}").content.decode()

    assert names(page) == expected
    assert f"{len(expected)}\u00a0dossier" in page


def test_a_filter_in_use_is_shown_and_can_be_removed(
    secretaire: Agent, client_de: ClientDe
) -> None:
    page = client_de(secretaire).get(reverse("dossiers") + "?stade=cql&parc=prive").content.decode()

    assert "Retirer le filtre Stade : Commandement de quitter les lieux" in page
    assert "Aucun dossier ne répond" in page


def test_a_wrong_amount_is_said_and_filters_nothing(secretaire: Agent, client_de: ClientDe) -> None:
    dossier_of("ALPHA")

    page = client_de(secretaire).get(reverse("dossiers") + "?dette=beaucoup").content.decode()

    assert "Ce montant n’est pas lisible" in page
    assert "ALPHA" in page


def test_a_worker_sees_only_the_dossiers_assigned_to_it(
    travailleur_social: Agent, juriste: Agent, on: date, client_de: ClientDe
) -> None:
    mine, other = dossier_of("ALPHA"), dossier_of("BRAVO")
    dossier_of("CHARLIE")
    make_acces(dossier=mine, relation="affectation", agent=travailleur_social, debut_le=on)
    make_acces(dossier=other, relation="affectation", agent=juriste, debut_le=on)

    page = client_de(travailleur_social).get(reverse("dossiers")).content.decode()

    assert names(page) == {"ALPHA"}


def test_the_number_of_queries_does_not_depend_on_the_number_of_dossiers(
    secretaire: Agent, client_de: ClientDe
) -> None:
    client = client_de(secretaire)
    dossier_of("ALPHA")
    client.get(reverse("dossiers"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("dossiers"))
    for index in range(12):
        dossier_of(f"NOM{index}")

    with CaptureQueriesContext(connection) as many:
        client.get(reverse("dossiers"))

    assert len(many) == len(few)


def test_the_fragment_of_the_list_equals_a_reload(secretaire: Agent, client_de: ClientDe) -> None:
    dossier_of("ALPHA")
    dossier_of("BRAVO", stade="assignation")
    address = reverse("dossiers") + "?stade=assignation"

    assert_fragment_equals_reload(client_de(secretaire), address, address, "#liste")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_export_holds_what_the_list_shows(
    kind: str, secretaire: Agent, client_de: ClientDe, tmp_path: Path
) -> None:
    dossier_of("ALPHA", dette=1234)
    dossier_of("BRAVO", stade="assignation")

    response = client_de(secretaire).post(
        reverse("dossiers_export") + "?stade=commandement", {"format": kind}
    )
    path = tmp_path / f"export.{kind}"
    path.write_bytes(response.content)
    table = read_table(path, name=path.name)

    column = table.headers.index("Nom")
    assert [row.cells[column] for row in table.rows] == ["ALPHA Claude"]
    event = Event.objects.get(kind="export.dossiers")
    assert event.details == {"format": kind, "lignes": 1}
    assert event.by_id == str(secretaire.pk)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_export_tells_the_hour_of_the_hearing(
    kind: str, secretaire: Agent, on: date, client_de: ClientDe, tmp_path: Path
) -> None:
    """Of the hearing that counts: an act withdrawn or told of another day says nothing."""
    told, silent = dossier_of("ALPHA", stade="assignation"), dossier_of("BRAVO")
    le = on + timedelta(days=20)
    Situation.objects.filter(dossier=told).update(audience_le=le)
    make_acte(dossier=told, type="audience", survenu_le=le, audience_heure=time(9, 30))
    make_acte(
        dossier=told, type="assignation", survenu_le=on,
        audience_le=le - timedelta(days=2), audience_heure=time(14),
    )  # fmt: skip

    response = client_de(secretaire).post(reverse("dossiers_export"), {"format": kind})
    path = tmp_path / f"export.{kind}"
    path.write_bytes(response.content)
    table = read_table(path, name=path.name)

    day, hour = table.headers.index("Audience"), table.headers.index("Heure de l’audience")
    shown = {row.cells[0]: (row.cells[day], row.cells[hour]) for row in table.rows}
    as_text = (f"{le:%d/%m/%Y}", "09:30")
    assert shown[told.numero] == (as_text if kind == "csv" else (le, time(9, 30)))
    assert not any(shown[silent.numero])


def test_an_export_is_never_made_by_a_link(secretaire: Agent, client_de: ClientDe) -> None:
    assert client_de(secretaire).get(reverse("dossiers_export")).status_code == 405


def test_a_role_without_dossier_finds_no_list(charge_mission: Agent, client_de: ClientDe) -> None:
    assert client_de(charge_mission).get(reverse("dossiers")).status_code == 404
