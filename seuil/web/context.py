"""What every page knows of the site and of the agent."""

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import resolve, reverse

from seuil.acteurs.matrice import load_matrice
from seuil.acteurs.models import Agent
from seuil.acteurs.rules import is_fin_proche, why_not
from seuil.kernel import clock
from seuil.web.access import INVITER

# The order is that of the day's work.
_ENTREES = (
    ("Tableau", "tableau"),
    ("Aujourd’hui", "a_faire"),
    ("Agenda", "agenda"),
    ("Dossiers", "dossiers"),
    ("Listes reçues", "listes"),
    ("Choix du mois", "choix"),
    ("Équipe mobile", "mandats"),
    ("Activité du mois", "activite"),
    ("Annuaire", "annuaire"),
    ("Droit", "droit"),
    ("Accès exceptionnel", "acces_exceptionnel"),
    ("Accès exceptionnels", "acces_exceptionnels"),
    ("Droits des personnes", "droits"),
    ("Matrice des accès", "matrice"),
    ("Département", "departement"),
    ("Comptes", "comptes"),
    ("Domaines d’adresses", "comptes_domaines"),
)


@dataclass(frozen=True, slots=True)
class Entree:
    """One entry of the navigation."""

    libelle: str
    url: str


@cache
def list_entrees(code: str, *, invite: bool = False) -> tuple[Entree, ...]:
    """Return the navigation of a profile: the pages whose declared verb it holds.

    `invite`: the agent also invites those of its organisation, whatever its role.
    """
    profil = load_matrice().profils.get(code)
    verbes = (profil.verbes if profil else frozenset()) | ({INVITER} if invite else frozenset())
    entrees = []
    for libelle, name in _ENTREES:
        url = reverse(name)
        if verbes & resolve(url).func.verbes:  # type: ignore[attr-defined]
            entrees.append(Entree(libelle, url))
    return tuple(entrees)


def site(request: HttpRequest) -> dict[str, object]:
    """Return the brand, the demonstration switch and the navigation of the agent's profile."""
    user = getattr(request, "user", None)
    agent = user if isinstance(user, Agent) else None
    return {
        "state_brand": settings.SEUIL_STATE_BRAND,
        "demo": settings.SEUIL_DEMO,
        "agent": agent,
        # Who reads files finds them from any page.
        "cherche": agent is not None and why_not(agent.profil, "dossier.lire") is None,
        # At the foot of each printed page.
        "imprime_le": clock.now(),
        "navigation": list_entrees(agent.profil, invite=agent.administre_organisation)
        if agent
        else (),
        "fin_proche": agent is not None
        and is_fin_proche(fin=agent.habilite_jusqu_au, on=clock.today(agent.departement_id)),
    }
