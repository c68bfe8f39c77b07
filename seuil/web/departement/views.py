"""How the département is configured: formations, local delays, thresholds, rules of the choice."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from seuil.acteurs.queries import list_formations_dites
from seuil.acteurs.rules import load_departement
from seuil.web.access import AgentRequest, get_agent, may, requires


@requires("annuaire.lire")
@require_safe
def departement(request: AgentRequest) -> HttpResponse:
    """Show the settings of the agent’s département."""
    configuration = load_departement(get_agent(request).departement_id)
    reglages = (
        [
            ("Délais locaux", configuration.delais),
            ("Volumes et seuils", configuration.seuils),
            ("Choix des dossiers de l’équipe mobile", configuration.regles_de_choix),
        ]
        if configuration
        else []
    )
    context = {
        "configuration": configuration,
        "reglages": reglages,
        "formations": list_formations_dites(agent=get_agent(request)),
        "tient": may(request, "annuaire.tenir"),
    }
    return render(request, "departement/departement.html", context)
