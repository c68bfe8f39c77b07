"""The household asks who saw its file."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.audit.queries import Consultation
from seuil.dossiers.models import Dossier
from seuil.kernel import clock
from seuil.web.dossier.consultations import group_consultations
from tests.factories.accompagnements import make_mandat
from tests.factories.base import make_dossier
from tests.harness.client import StrictClient, read
from tests.harness.html import select_all

ClientDe = Callable[[object], StrictClient]


@pytest.fixture
def dossier(gironde: str, secretaire: Agent, chef_equipe: Agent) -> Dossier:
    found = make_dossier(nom="ALPHA")
    make_mandat(operateur=chef_equipe.organisation, dossier=found, repondu_le=date(2026, 9, 3))
    return found


def test_the_list_names_the_organisation_the_function_and_what_was_shown(
    dossier: Dossier, secretaire: Agent, chef_equipe: Agent, client_de: ClientDe
) -> None:
    client_de(chef_equipe).get(reverse("dossier", args=[dossier.numero]))
    client_de(chef_equipe).get(reverse("dossier_onglet", args=[dossier.numero, "menage"]))
    client = client_de(secretaire)
    client.get(reverse("dossiers"))

    page = read(client.get(reverse("consultations", args=[dossier.numero])))

    rows = [row.text for row in select_all(select_all(page, "tbody")[0], "tr")]
    assert len(rows) == 2
    chef = next(row for row in rows if "Association Le Palier" in row)
    assert "Chef d’équipe" in chef
    assert "(2\u00a0pages)" in chef
    assert "identité" in chef
    assert "adresse et coordonnées" in chef
    # On paper, by function and organisation: the column of the names stays on the screen.
    names = [c for c in select_all(page, ".seuil-imprime-non") if c.tag == "td"]
    assert {c.text for c in names} == {str(chef_equipe), str(secretaire)}
    assert select_all(page, "[data-imprimer]")[0].text == "Imprimer pour le ménage"


def test_asking_who_saw_is_told_in_its_turn(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    client = client_de(secretaire)
    address = reverse("consultations", args=[dossier.numero])

    client.get(address)
    page = read(client.get(address))

    line = Event.objects.filter(kind="journal.lire").order_by("created_at", "id").first()
    assert line is not None
    assert (line.dossiers, line.by_id) == ([dossier.pk], str(secretaire.pk))
    assert "journal" in line.categories
    assert "réponse à une demande de savoir qui a consulté" in page.text


def test_the_copy_bears_the_names_when_the_departement_says_so(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe, settings: object
) -> None:
    settings.SEUIL_JOURNAL_NOMS = True  # type: ignore[attr-defined]
    client = client_de(secretaire)
    client.get(reverse("dossiers"))

    page = read(client.get(reverse("consultations", args=[dossier.numero])))

    assert [c for c in select_all(page, ".seuil-imprime-non") if c.tag == "td"] == []
    assert str(secretaire) in page.text


@pytest.mark.parametrize("role", ["chef_equipe", "gestionnaire", "charge_mission", "partenaire"])
def test_the_others_do_not_find_the_list(
    dossier: Dossier, role: str, request: pytest.FixtureRequest, client_de: ClientDe
) -> None:
    client = client_de(request.getfixturevalue(role))

    assert client.get(reverse("consultations", args=[dossier.numero])).status_code == 404


def test_another_dossier_s_readers_are_not_shown(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    other = make_dossier(nom="BETA")
    client = client_de(secretaire)
    client.get(reverse("dossier", args=[other.numero]))

    page = read(client.get(reverse("consultations", args=[dossier.numero])))

    assert "Personne n’a consulté ce dossier pendant cette période." in page.text


def test_pages_opened_in_one_go_are_one_visit() -> None:
    start = clock.now()

    def line(minutes: int, who: str) -> Consultation:
        return Consultation(
            start + timedelta(minutes=minutes), "dossier.lire", who, f"{who} (Rôle)", "DDETS",
            "secretariat", "web", "", frozenset({"identite"}),
        )  # fmt: skip

    visites = group_consultations(
        consultations=[line(0, "A"), line(10, "B"), line(20, "A"), line(49, "A"), line(90, "A")],
        zone=clock.zone("33"),
        verbes={"dossier.lire": "consulter un dossier"},
    )

    assert [(v.qui, v.pages) for v in visites] == [("A", 1), ("B", 1), ("A", 3)]
    assert visites[0].motifs == ["consulter un dossier"]
