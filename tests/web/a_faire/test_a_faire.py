"""À faire: late first, filters, red only for legal dates, cards, empty state."""

from collections.abc import Callable
from datetime import date, timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.kernel.models import new_id
from seuil.travail.models import Tache
from tests.factories.base import make_dossier
from tests.harness.client import StrictClient, read
from tests.harness.html import select_all

ClientDe = Callable[[object], StrictClient]


def make_tache(
    *, due_le: date, genre: str = "dsf_a_obtenir", role: str = "secretariat", legale: bool = True
) -> Tache:
    return Tache.objects.create(
        dossier=make_dossier(nom=f"NOM{due_le:%d%m}"),
        departement="33",
        genre=genre,
        source_id=new_id(),
        role=role,
        visible_le=date(2026, 1, 1),
        due_le=due_le,
        legale=legale,
    )


def test_late_tasks_come_first_and_each_leads_to_its_page(
    secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    make_tache(due_le=on + timedelta(days=30))
    make_tache(due_le=on)
    late = make_tache(due_le=on - timedelta(days=2))

    page = read(client_de(secretaire).get(reverse("a_faire")))

    titles = [e.text for e in select_all(page, "h2")]
    assert titles == ["En retard (1)", "Aujourd’hui (1)", "Plus tard (1)"]
    buttons = [e.attrs["href"] for e in select_all(page, ".fr-btn--secondary")]
    assert buttons[0] == reverse("dsf_demander", args=[late.dossier.numero])
    assert "en retard de 2\u00a0jours" in page.text


def test_red_is_for_legal_dates_lost_or_near(
    secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    make_tache(due_le=on - timedelta(days=1))
    make_tache(due_le=on + timedelta(days=3))
    make_tache(due_le=on + timedelta(days=20))
    make_tache(due_le=on - timedelta(days=5), genre="avis_prolongation", legale=False)

    page = read(client_de(secretaire).get(reverse("a_faire")))

    assert len(select_all(page, ".seuil-date")) == 4
    assert len(select_all(page, ".seuil-date--perdue")) == 1
    assert len(select_all(page, ".seuil-date--proche")) == 1


def test_kinds_and_periods_filter_the_queue(
    secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    make_tache(due_le=on)
    make_tache(due_le=on - timedelta(days=1), genre="avis_prolongation", legale=False)
    client = client_de(secretaire)

    by_kind = client.get(reverse("a_faire") + "?genre=avis_prolongation").content.decode()
    by_period = client.get(reverse("a_faire") + "?periode=aujourdhui").content.decode()

    assert "1\u00a0tâche" in by_kind
    assert "Recueillir l’avis" in by_kind
    assert "1\u00a0tâche" in by_period
    assert 'aria-current="true">Aujourd’hui (1)' in by_period


def test_the_secretariat_sees_what_waits_beside_its_tasks(
    secretaire: Agent, gestionnaire: Agent, on: date, client_de: ClientDe
) -> None:
    make_dossier(nom="ARRIVE", ouvert_le=on)

    page = read(client_de(secretaire).get(reverse("a_faire")))
    other = read(client_de(gestionnaire).get(reverse("a_faire")))

    cards = [e.text for e in select_all(page, ".seuil-carte")]
    assert cards[-1] == "1 dossier ouvert depuis hier"
    assert select_all(other, ".seuil-carte") == []


def test_an_empty_queue_says_so(gestionnaire: Agent, client_de: ClientDe) -> None:
    page = client_de(gestionnaire).get(reverse("a_faire")).content.decode()

    assert "Rien à faire aujourd’hui" in page


def test_pages_of_fifty_cost_a_constant_number_of_queries(
    secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    client = client_de(secretaire)
    make_tache(due_le=on)
    client.get(reverse("a_faire"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("a_faire"))
    for index in range(55):
        make_tache(due_le=on + timedelta(days=index))

    with CaptureQueriesContext(connection) as many:
        page = read(client.get(reverse("a_faire")))
    second = read(client.get(reverse("a_faire") + "?page=2"))

    assert len(many) == len(few)
    assert len(select_all(page, ".seuil-tache")) == 50
    assert len(select_all(second, ".seuil-tache")) == 6
