"""The division of the demonstration."""

from datetime import date

from seuil.acteurs.models import Agent
from seuil.acteurs.queries import get_territoire
from seuil.acteurs.rules import find_coupures
from seuil.jobs.demo.organisations import create_acteurs


def test_every_commune_has_an_agence_and_one_epci_is_shared(gironde: str) -> None:
    create_acteurs(on=date(2026, 11, 2))

    agent = Agent.objects.get(courriel="secretariat@demo.example")
    territoire = get_territoire(agent=agent)
    _, epci, agences = territoire.divisions

    assert set(agences.secteurs) == set(territoire.communes)
    assert [c.secteur for c in find_coupures(a=epci, b=agences)] == ["CA du Libournais"]
