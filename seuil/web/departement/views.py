"""How the département is configured: formations, local delays, thresholds, rules of the choice."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from seuil.acteurs.models import NatureSource
from seuil.acteurs.queries import list_formations_dites, list_parcs_prives, list_sources
from seuil.acteurs.rules import load_departement
from seuil.web.access import AgentRequest, get_agent, may, requires


@requires("annuaire.lire")
@require_safe
def departement(request: AgentRequest) -> HttpResponse:
    """Show the settings of the agent’s département."""
    agent = get_agent(request)
    configuration = load_departement(agent.departement_id)
    reglages = (
        [
            ("Délais locaux", configuration.delais),
            ("Volumes et seuils", configuration.seuils),
            ("Choix des dossiers de l’équipe mobile", configuration.regles_de_choix),
        ]
        if configuration
        else []
    )
    annee, parcs = list_parcs_prives(agent=agent)
    context = {
        "annee": annee,
        "parcs": parcs,
        "sources": list_sources(agent=agent, natures=[NatureSource.LOGEMENT]),
        "configuration": configuration,
        "reglages": reglages,
        "formations": list_formations_dites(agent=agent),
        "tient": may(request, "annuaire.tenir"),
    }
    return render(request, "departement/departement.html", context)
