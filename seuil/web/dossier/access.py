"""Find the dossier that a page is about, or answer as if it did not exist."""

from django.http import Http404, HttpRequest

from seuil.dossiers.models import Dossier
from seuil.dossiers.queries import get_dossier, get_ouverture
from seuil.web.access import get_agent, request_day
from seuil.web.journal import saw


def find_dossier(request: HttpRequest, numero: str) -> Dossier:
    """Return the dossier of that number if the agent may see it. Raises Http404."""
    try:
        found = get_dossier(agent=get_agent(request), on=request_day(request), numero=numero)
    except Dossier.DoesNotExist:
        raise Http404 from None
    saw(dossiers=[found.pk])
    return found


def require_ecriture(request: HttpRequest, numero: str, categorie: str) -> None:
    """Raise Http404 unless the agent may add to a category of that dossier."""
    dossier = find_dossier(request, numero)
    ouverture = get_ouverture(agent=get_agent(request), on=request_day(request), dossier=dossier)
    if not ouverture.allows(categorie, "ecrire"):
        raise Http404
