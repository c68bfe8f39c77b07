"""T33: whoever takes more than the work of a day explains is told of within a minute, once."""

from datetime import datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from django.core import mail

from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.audit.operations import Lecteur, Page, record_lecture, record_refus
from seuil.audit.queries import list_volumes
from seuil.audit.rules import SURVEILLANCES, Surveillance, Volume, list_exces
from seuil.connexions.operations.courriels import deposit_courriels
from seuil.kernel.clock import now
from seuil.kernel.contexte import acting_as_machine
from seuil.usecases.open_acces import Avis
from seuil.usecases.record_alertes import record_alertes
from tests.conftest import ON
from tests.harness.tailles import get_graine, get_taille

HEURE, JOUR = SURVEILLANCES
# What somebody would do to take the files away: each seen, whoever does it, fast or slowly.
GESTES = {
    "ouvrir un par un": ("fiches", 1), "faire défiler": ("listes", 25),
    "télécharger": ("exports", 1), "essayer des adresses": ("refus", 1),
}  # fmt: skip
SCENARIOS = [
    (geste, rythme, fois)
    for geste in GESTES
    for rythme in ("en une minute", "en dix minutes", "en une heure", "en une nuit", "en un jour")
    for fois in (1, 4)
]

CLE = "clé d’essai"
PAGE = "https://seuil.exemple.fr/acces/alertes/"


def replay(events: list[tuple[datetime, str, int]], at: datetime) -> list[str]:
    """Return the alerts at an instant, from (instant, kind of gesture, how many files)."""
    found = []
    for surveillance in SURVEILLANCES:
        recent = [e for e in events if at - surveillance.duree < e[0] <= at]
        counts = {g: sum(n for _, kind, n in recent if kind == g) for g, _ in GESTES.values()}
        volume = Volume("x", "33", **counts)
        found += list_exces(volume=volume, surveillance=surveillance)
    return found


@pytest.mark.parametrize(("geste", "rythme", "fois"), SCENARIOS)
def test_each_abusive_scenario_alerts_at_the_minute_of_its_excess(
    geste: str, rythme: str, fois: int
) -> None:
    kind, step = GESTES[geste]
    lasts = {"en une minute": 1, "en dix minutes": 10, "en une heure": 59, "en une nuit": 600,
             "en un jour": 1430}[rythme]  # fmt: skip
    surveillance = HEURE if lasts < 60 else JOUR
    wanted = getattr(surveillance, kind) * fois
    start = datetime(2026, 11, 21, 8)
    count = -(-wanted // step)
    events = [
        (start + timedelta(minutes=lasts) * n / max(1, count), kind, step) for n in range(count)
    ]
    reached = events[-(-getattr(surveillance, kind) // step) - 1][0]

    assert f"alerte.{kind}" in replay(events, reached + timedelta(seconds=60))


def test_there_are_forty_scenarios() -> None:
    assert len(SCENARIOS) == 40


def test_ordinary_work_alerts_less_than_once_in_ten_thousand_gestures() -> None:
    """Secretaries and social workers, a busy day each: drawn at random, every minute looked at."""
    chance, wanted, done, alerts = Random(get_graine()), get_taille("T33"), 0, 0
    while done < wanted:
        start = datetime(2026, 11, 21, 8)
        # Between a quiet day and one where forty files an hour are opened.
        pace = chance.choice((6, 12, 25, 40))
        events = []
        for minute in range(480):
            at = start + timedelta(minutes=minute)
            if chance.random() < pace / 60:
                events.append((at, "fiches", 1))
            if chance.random() < 6 / 60:
                events.append((at, "listes", 50))
            if chance.random() < 0.4 / 60:
                events.append((at, "exports", 1))
            if chance.random() < 1 / 60:
                events.append((at, "refus", 1))
        done += len(events)
        alerts += any(replay(events, start + timedelta(minutes=m)) for m in range(0, 480, 10))

    assert alerts <= done / 10_000, (alerts, done)


@pytest.mark.django_db
def test_what_the_journal_holds_alerts_once_and_tells_the_officer(
    secretaire: Agent, chef_equipe: Agent, dpo: Agent
) -> None:
    for agent, files in ((secretaire, HEURE.fiches), (chef_equipe, HEURE.fiches - 1)):
        by = Lecteur(id=str(agent.pk), role=agent.role, departement="33")
        for _ in range(files):
            record_lecture(by=by, page=Page("dossier.lire", "dossier"), dossiers=[uuid4()],
                           categories=["identite"])  # fmt: skip
    for _ in range(HEURE.refus):
        by = Lecteur(id=str(chef_equipe.pk), role=chef_equipe.role, departement="33")
        record_refus(by=by, page=Page("refus.introuvable", "dossier"), on=ON)

    at = now() + timedelta(seconds=1)
    counts = [record_alertes(at=at, on=ON, avis=Avis(PAGE, CLE)) for _ in range(2)]

    assert counts == [2, 0]
    told = Event.objects.filter(kind__startswith="alerte.").values_list("kind", "target_id")
    assert set(told) == {
        ("alerte.fiches", str(secretaire.pk)), ("alerte.refus", str(chef_equipe.pk)),
    }  # fmt: skip
    with acting_as_machine("courriels", on=ON):
        deposit_courriels(cle=CLE, at=at)
    assert [m.to for m in mail.outbox] == [[dpo.courriel]] * 2
    assert str(secretaire) not in mail.outbox[0].body
    assert PAGE in mail.outbox[0].body
    # Yesterday's are over.
    assert list_volumes(depuis=at + timedelta(minutes=1)) == []


def test_a_watch_that_looks_at_nothing_is_seen() -> None:
    """A planted fault: thresholds that nothing reaches."""
    blind = Surveillance(timedelta(hours=1), *[10**9] * 4)

    assert list_exces(volume=Volume("x", "33", fiches=500), surveillance=blind) == []
    assert list_exces(volume=Volume("x", "33", fiches=500), surveillance=HEURE) == ["alerte.fiches"]
