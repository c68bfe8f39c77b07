"""Note what was done for a household, at the door or on the phone."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from seuil.accompagnements.queries.mandats import get_dossier_mandat, list_referents
from seuil.acteurs.queries import list_organisations
from seuil.diagnostics.models import Dsf
from seuil.diagnostics.queries import list_dsf
from seuil.usecases.record_contact import record_contact
from seuil.usecases.record_dsf import record_dsf
from seuil.usecases.record_visite import record_visite
from seuil.usecases.request_dsf import request_dsf
from seuil.web.access import AgentRequest, find_dossier, get_agent, request_day, requires
from seuil.web.saisie import Page, answer
from seuil.web.terrain.forms import RAPIDES, ContactForm, DsfDemandeForm, DsfFinForm, VisiteForm

# Bodies that make the diagnostic social et financier.
DSF_ORGANISMES = ("conseil_departemental", "metropole", "ccas", "operateur", "caf", "msa")


@requires("contact.enregistrer")
@require_http_methods(["GET", "HEAD", "POST"])
def contact_noter(request: AgentRequest, numero: str) -> HttpResponse:
    """Note an attempt or an exchange with the household or the landlord."""
    dossier = find_dossier(request, numero, ecrit="echanges")
    form = ContactForm(request.POST or None, initial={"survenu_le": request_day(request)})
    page = Page(
        dossier=dossier,
        template="terrain/contact.html",
        fait="Le contact est enregistré.",
        context={"rapides": RAPIDES},
    )
    return answer(request, form, partial(record_contact, dossier=dossier), page)


@requires("visite.enregistrer")
@require_http_methods(["GET", "HEAD", "POST"])
def visite_noter(request: AgentRequest, numero: str) -> HttpResponse:
    """Note a visit; the address of the dwelling is proposed as its place."""
    agent, on = get_agent(request), request_day(request)
    dossier = find_dossier(request, numero, ecrit="echanges")
    mandat = get_dossier_mandat(agent=agent, on=on, dossier=dossier)
    equipe = list_referents(mandat=mandat) if mandat else []
    form = VisiteForm(
        request.POST or None,
        binomes=[a for a in equipe if a != agent],
        initial={"survenu_le": on, "lieu": str(dossier.logement)},
    )
    page = Page(dossier=dossier, template="terrain/visite.html", fait="La visite est enregistrée.")
    return answer(request, form, partial(record_visite, dossier=dossier), page)


@requires("dsf.demander")
@require_http_methods(["GET", "HEAD", "POST"])
def dsf_demander(request: AgentRequest, numero: str) -> HttpResponse:
    """Ask a body for the diagnostic social et financier."""
    agent, on = get_agent(request), request_day(request)
    dossier = find_dossier(request, numero, ecrit="dsf")
    form = DsfDemandeForm(request.POST or None, initial={"demande_le": on})
    organismes = [o["nom"] for o in list_organisations(agent=agent) if o["type"] in DSF_ORGANISMES]
    page = Page(
        dossier=dossier,
        template="terrain/dsf_demander.html",
        fait="La demande de diagnostic est enregistrée.",
        context={"organismes": organismes},
    )
    return answer(request, form, partial(request_dsf, dossier=dossier), page)


@requires("dsf.enregistrer")
@require_http_methods(["GET", "HEAD", "POST"])
def dsf_noter(request: AgentRequest, numero: str) -> HttpResponse:
    """Say how the diagnostic social et financier ended, and to whom it went."""
    on = request_day(request)
    dossier = find_dossier(request, numero, ecrit="dsf")
    dernier = list_dsf(agent=get_agent(request), on=on, dossier=dossier).first()
    form = DsfFinForm(request.POST or None, initial=_known(dernier) or {"termine_le": on})
    page = Page(
        dossier=dossier,
        template="terrain/dsf_noter.html",
        fait="La fin du diagnostic est enregistrée.",
    )
    return answer(request, form, partial(record_dsf, dossier=dossier), page)


def _known(dsf: Dsf | None) -> dict[str, Any]:
    """Return what is known of a diagnosis already ended, so that only its sending is added."""
    if dsf is None or not dsf.fin:
        return {}
    return {name: getattr(dsf, name) for name in ("fin", "termine_le", *DsfFinForm.plies)}
