"""Find a file by whatever one knows of it: as one types, or on a page."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from seuil.echeances.models import Stade
from seuil.echeances.queries.dossiers import Repere, list_reperes
from seuil.recherche.queries import PAR_PAGE, Trouvaille, list_trouvailles
from seuil.web.access import AgentRequest, get_agent, request_day, requires
from seuil.web.addresses import address
from seuil.web.journal import saw

# What hangs under the field while one types; the page shows all of them.
_PROPOSES = 8
_LONGUEUR = 100
_STADES = dict(Stade.choices)


@requires("dossier.lire")
@require_safe
def recherche(request: AgentRequest) -> HttpResponse:
    """Show what a text finds: exactly, then nearly. Under the field, the first ones only."""
    agent, on = get_agent(request), request_day(request)
    texte = request.GET.get("q", "").replace("\0", "").strip()[:_LONGUEUR]
    found = list_trouvailles(agent=agent, on=on, texte=texte)
    most = _PROPOSES if request.htmx else PAR_PAGE
    exactes = found.exactes[:most]
    proches = found.ressemblantes[: most - len(exactes)] if request.htmx else found.ressemblantes
    ids = [t.dossier_id for t in (*exactes, *proches)]
    reperes = list_reperes(agent=agent, on=on, ids=ids)
    saw(dossiers=ids)
    context = {
        "question": texte,
        "exactes": _write(exactes, reperes),
        "ressemblantes": _write(proches, reperes),
        "separes": [mot.capitalize() for mot in found.separes],
        "nombre": len(ids),
        "de_plus": found.de_plus or len(ids) < len(found.exactes) + len(found.ressemblantes),
    }
    template = "recherche/_resultats.html" if request.htmx else "recherche/recherche.html"
    return render(request, template, context)


def _write(
    trouvailles: Sequence[Trouvaille], reperes: Mapping[UUID, Repere]
) -> list[dict[str, object]]:
    """Return the words of each line, of the files that may be told."""
    return [
        {
            "url": address("dossier", repere.numero),
            "numero": repere.numero,
            "nom": repere.nom,
            "commune": repere.commune,
            "stade": _STADES.get(repere.stade, ""),
            "classe_le": repere.classe_le,
            "par": trouvaille.par,
        }
        for trouvaille in trouvailles
        if (repere := reperes.get(trouvaille.dossier_id))
    ]
