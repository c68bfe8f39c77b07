"""What the journal showed of one person's activity that its work does not explain."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from seuil.acteurs.models import Agent
from seuil.acteurs.queries import list_agents_nommes
from seuil.audit.queries import Alerte, count_alertes, list_alertes
from seuil.audit.rules import ALERTES_LUES
from seuil.kernel import clock
from seuil.usecases.record_alertes import DITS, record_traitement
from seuil.web.acces.forms import TraitementForm
from seuil.web.access import AgentRequest, get_agent, requires
from seuil.web.saisie import record

PAR_PAGE = 50


@dataclass(frozen=True, slots=True)
class AlerteVue:
    """One alert in words; `agent` is missing once its account is no longer there."""

    alerte: Alerte
    agent: Agent | None

    @property
    def dit(self) -> str:
        """What the agent did."""
        return DITS.get(self.alerte.kind, self.alerte.kind)

    @property
    def acces(self) -> bool:
        """Whether another page, that of the exceptional accesses, says more."""
        return self.alerte.kind == "alerte.acces_repetes"


@requires("acces.controler")
@require_safe
def alertes(request: AgentRequest) -> HttpResponse:
    """List the alerts of a year, those that nobody handled first."""
    found = sorted(_list(), key=lambda a: a.note is not None)
    page = Paginator(found, PAR_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lignes": _name(request, page.object_list),
        "a_traiter": count_alertes(depuis=clock.now() - ALERTES_LUES),
    }
    return render(request, "acces/alertes.html", context)


@requires("acces.controler")
@require_http_methods(["GET", "HEAD", "POST"])
def alerte_traiter(request: AgentRequest, alerte_id: UUID) -> HttpResponse:
    """Show one alert, and note what was verified of it."""
    found = [a for a in _list() if a.id == alerte_id]
    if not found:
        raise Http404
    form = TraitementForm(request.POST or None)

    def handle(**said: Any) -> None:
        record_traitement(alerte=alerte_id, at=clock.now(), **said)

    if record(request, form, handle, fait="Alerte traitée : votre note est au journal."):
        return redirect("alertes")
    (vue,) = _name(request, found)
    status = 422 if form.errors else 200
    return render(request, "acces/alerte.html", {"vue": vue, "form": form}, status=status)


def _list() -> list[Alerte]:
    return [*list_alertes(depuis=clock.now() - ALERTES_LUES)]


def _name(request: AgentRequest, found: Iterable[Alerte]) -> list[AlerteVue]:
    rows = list(found)
    known = {
        str(a.pk): a
        for a in list_agents_nommes(agent=get_agent(request), pks=[a.agent for a in rows])
    }
    return [AlerteVue(a, known.get(a.agent)) for a in rows]
