"""The directory, taken away as a file."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from seuil.acteurs.models import TypeOrganisation
from seuil.acteurs.queries import list_communes, list_organisations
from seuil.engines.tabular import Column
from seuil.web.access import AgentRequest, get_agent, requires
from seuil.web.annuaire.forms import AnnuaireForm
from seuil.web.export import send_table

_COLONNES = (
    Column("Type", 32), Column("Organisme", 44), Column("Téléphone", 18), Column("Courriel", 36),
    Column("Adresse", 60), Column("Communes servies", 12, "entier"),
)  # fmt: skip


@requires("annuaire.lire")
@require_POST
def annuaire_export(request: AgentRequest) -> HttpResponse:
    """Give the organisations that the page shows as a file; no commune is the whole département."""
    agent = get_agent(request)
    form = AnnuaireForm(request.GET, communes=list_communes(agent=agent))
    form.full_clean()
    labels = dict(TypeOrganisation.choices)
    found = list_organisations(
        agent=agent,
        type=form.cleaned_data.get("type", ""),
        commune=form.cleaned_data.get("commune", ""),
    )
    return send_table(
        request,
        nom="annuaire",
        titre="Annuaire",
        columns=_COLONNES,
        rows=[
            (
                labels[o["type"]], o["nom"], o["telephone"], o["courriel"], o["adresse"],
                o["servies"] or None,
            )
            for o in found
        ],
    )  # fmt: skip
