"""The dossier that the address of a page names."""

from django.http import Http404, HttpRequest

from seuil.dossiers.models import Dossier
from seuil.dossiers.queries import get_dossier
from seuil.web.access import get_agent, request_day
from seuil.web.journal import saw


def find_dossier(request: HttpRequest, numero: str) -> Dossier:
    """Return the dossier when the agent may see it; "not found" otherwise, without a word more."""
    if "\0" in numero:
        # A field of a form may hold what an address may not, and the database refuses it.
        raise Http404
    try:
        found = get_dossier(agent=get_agent(request), on=request_day(request), numero=numero)
    except Dossier.DoesNotExist:
        raise Http404 from None
    saw(dossiers=[found.pk])
    return found
