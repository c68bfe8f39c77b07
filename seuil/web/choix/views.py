"""Choose the month's dossiers: read the proposal, adjust it, sign it, print it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from seuil.acteurs.models import Organisation
from seuil.accompagnements.queries import get_choix, get_objectif, get_proposition
from seuil.kernel.refusal import Refusal
from seuil.usecases.adjust_choix import adjust_choix
from seuil.usecases.prepare_choix import prepare_choix
from seuil.usecases.record_prescription import record_prescription
from seuil.usecases.sign_choix import sign_choix
from seuil.web.access import get_agent, request_day, requires
from seuil.web.choix.forms import PrescriptionForm
from seuil.web.equipe.dossier import find_dossier
from seuil.web.equipe.mois import Mois, find_operateur, get_mois, list_operateurs
from seuil.web.equipe.saisie import go_to_dossier, record, show_form

# Next candidates shown under the proposal.
SUIVANTS = 15


@require_GET
@requires("choix.preparer")
def choix(request: HttpRequest) -> HttpResponse:
    """The month's choice: target, shares, proposed dossiers and why, next candidates."""
    operateur = find_operateur(request, request.GET)
    mois = get_mois(request.GET, on=request_day(request))
    if operateur is None:
        return render(request, "choix/sans_operateur.html")
    return render(request, "choix/choix.html", _context(request, operateur, mois))
