"""Answer the checklist of an act; give the findings as plain text."""

from functools import partial
from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from seuil.diagnostics.queries import ActeControle, list_constats_pour_dsf, list_regularite
from seuil.dossiers.models import Dossier
from seuil.usecases.record_constats import record_constats
from seuil.web.access import AgentRequest, find_dossier, get_agent, request_day, requires
from seuil.web.addresses import tab_address
from seuil.web.regularite.forms import RegulariteForm
from seuil.web.regularite.presentation import CERTITUDES, REPONSES
from seuil.web.saisie import Page, answer


@requires("regularite.constater")
@require_http_methods(["GET", "HEAD", "POST"])
def regularite_constater(request: AgentRequest, numero: str, acte_id: UUID) -> HttpResponse:
    """Answer the questions of one act, all saved at once."""
    dossier = find_dossier(request, numero)
    controle = _find_controle(request, dossier, acte_id)
    form = RegulariteForm(request.POST or None, points=controle.points, vu_at=controle.vu_at)
    page = Page(
        dossier=dossier,
        template="regularite/acte.html",
        fait="Vos réponses sont enregistrées.",
        retour=tab_address(numero, "regularite"),
        context={"controle": controle, "reponses": REPONSES, "certitudes": CERTITUDES},
    )
    operation = partial(record_constats, dossier=dossier, acte=controle.acte)
    return answer(request, form, operation, page)


@requires("regularite.lire")
@require_safe
def regularite_texte(request: AgentRequest, numero: str) -> HttpResponse:
    """Give the decided findings as plain text, to paste in the diagnosis."""
    dossier = find_dossier(request, numero)
    phrases = list_constats_pour_dsf(
        agent=get_agent(request), on=request_day(request), dossier=dossier
    )
    lines = [f"Régularité des actes, dossier {dossier.numero}", ""]
    lines += [f"- {phrase}" for phrase in phrases] or ["Aucun constat arrêté."]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _find_controle(request: AgentRequest, dossier: Dossier, acte_id: UUID) -> ActeControle:
    """Return the act of that dossier with its checklist; "not found" for any other."""
    controles = list_regularite(agent=get_agent(request), on=request_day(request), dossier=dossier)
    found = next((c for c in controles if c.acte.pk == acte_id), None)
    if found is None:
        raise Http404
    return found
