"""The day's work, taken away as a file: one line per task."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from seuil.engines.tabular import Column
from seuil.travail.queries import get_aujourdhui
from seuil.web.access import (
    AgentRequest,
    get_agent,
    request_day,
    requires,
    requires_recent_sign_in,
)
from seuil.web.aujourdhui.forms import JourForm
from seuil.web.export import send_table
from seuil.web.journal import saw

# All the households of a department at once: a file has no pages.
_TOUS = 100_000
_COLONNES = (
    Column("Dossier", 18), Column("Ménage", 32), Column("Commune", 26), Column("À faire", 60),
    Column("Pour le", 12, "date"), Column("En retard", 10), Column("Qui", 30),
    Column("Pourquoi", 60),
)  # fmt: skip


@requires("a_faire.lire")
@requires_recent_sign_in
@require_POST
def aujourdhui_export(request: AgentRequest) -> HttpResponse:
    """Give every task of the list that its address shows as a file."""
    agent, on = get_agent(request), request_day(request)
    filtres = JourForm(request.GET, agent=agent).read_filtres()
    work = get_aujourdhui(agent=agent, on=on, filtres=filtres, par_page=_TOUS)
    saw(dossiers=[vue.ligne.dossier_id for vue in work.lignes])
    return send_table(
        request,
        nom="aujourdhui",
        titre="Aujourd’hui",
        columns=_COLONNES,
        rows=[
            (
                t.numero, t.menage, t.commune, t.libelle, t.due_le,
                "oui" if t.en_retard else "non", t.agent or t.organisme, t.pourquoi,
            )
            for vue in work.lignes
            for t in vue.taches
        ],
    )  # fmt: skip
