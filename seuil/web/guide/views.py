"""The guide: its first page, and the page of a screen."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from seuil.web.access import AgentRequest, signed_in
from seuil.web.cadre.aide import ACCUEIL
from seuil.web.guide.pages import find_page


@signed_in
@require_safe
def guide(request: AgentRequest) -> HttpResponse:
    """Show the contents of the guide."""
    return _show(request, ACCUEIL)


@signed_in
@require_safe
def guide_page(request: AgentRequest, page: str) -> HttpResponse:
    """Show one page."""
    return _show(request, page)


def _show(request: AgentRequest, name: str) -> HttpResponse:
    found = find_page(name)
    if found is None:
        raise Http404
    title, text = found
    return render(request, "guide/page.html", {"titre": title, "texte": text, "page": name})
