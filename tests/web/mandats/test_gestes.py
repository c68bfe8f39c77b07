"""What the tab of a dossier offers about a mandate is what its page does, and opens."""

from collections.abc import Callable

import pytest
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.web.mandats.gestes import list_gestes
from tests.factories.accompagnements import make_mandat
from tests.harness.client import StrictClient, read
from tests.harness.html import select_all


@pytest.mark.parametrize("role", ["chef_equipe", "secretaire"])
def test_every_gesture_of_the_tab_opens_its_page(
    role: str,
    request: pytest.FixtureRequest,
    operateur: object,
    client_de: Callable[[object], StrictClient],
) -> None:
    agent: Agent = request.getfixturevalue(role)
    mandat = make_mandat(operateur=operateur)
    client = client_de(agent)

    page = read(
        client.get(reverse("dossier_onglet", args=[mandat.dossier.numero, "accompagnement"]))
    )
    links = {a.attrs.get("href") for a in select_all(page, "a")}

    found = list(list_gestes(mandat, lambda verbe: verbe in agent_verbes(agent)))
    assert bool(found) == (role == "chef_equipe")
    for _, url in found:
        assert url in links
        assert client.get(url).status_code == 200


def agent_verbes(agent: Agent) -> frozenset[str]:
    from seuil.acteurs.matrice import load_matrice

    return load_matrice().profils[agent.profil].verbes
