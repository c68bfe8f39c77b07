"""What is offered of a duty: the form of the fact that closes it, or to say that it is done."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.acteurs.rules import why_not
from seuil.travail.rules.devoirs import Fait
from seuil.web.addresses import address

DIRE_FAIT = "Dire que c’est fait"
DIRE_SANS_OBJET = "Sans objet pour ce ménage"


@dataclass(frozen=True, slots=True)
class Geste:
    """A link offered of a duty."""

    libelle: str
    url: str


def list_gestes(
    *, agent: Agent, numero: str, devoir: str, source_id: UUID, fait: Fait | None, suite: str = ""
) -> list[Geste]:
    """Return what the agent may do of a duty of its own; the fact first, when one closes it."""
    rendre = with_suite(reverse("devoir_rendre", args=[numero, devoir, source_id]), suite)
    if fait is None:
        return [Geste(DIRE_FAIT, rendre)]
    sans_objet = Geste(DIRE_SANS_OBJET, rendre)
    if why_not(agent.profil, fait.verbe):
        return [sans_objet]
    return [Geste(fait.bouton, with_suite(address(fait.page, numero), suite)), sans_objet]


def with_suite(url: str, suite: str) -> str:
    """Return an address that leads back to `suite` once its form is sent."""
    return f"{url}?{urlencode({'suite': suite})}" if suite else url
