"""Note what was done for a household, at the door or on the phone."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from seuil.accompagnements.queries.mandats import get_dossier_mandat, list_referents
from seuil.acteurs.queries import list_organisations
from seuil.diagnostics.models import Dsf
from seuil.diagnostics.queries import list_dsf
from seuil.dossiers.models import Dossier
from seuil.usecases.record_contact import record_contact
from seuil.usecases.record_dsf import record_dsf
from seuil.usecases.record_visite import record_visite
from seuil.usecases.request_dsf import request_dsf
from seuil.web.access import get_agent, request_day, requires
from seuil.web.components.forms import Formulaire
from seuil.web.equipe.dossier import find_dossier
from seuil.web.equipe.saisie import go_to_dossier, record, show_form
from seuil.web.terrain.forms import ContactForm, DsfDemandeForm, DsfFinForm, VisiteForm

# Bodies that make the diagnostic social et financier.
_DSF = ("conseil_departemental", "metropole", "ccas", "operateur", "caf", "msa")


@require_http_methods(["GET", "POST"])
@requires("contact.enregistrer")
def contact_noter(request: HttpRequest, numero: str) -> HttpResponse:
    """Note an attempt or an exchange with the household or the landlord."""
    on = request_day(request)
    dossier = find_dossier(request, numero)
    form = ContactForm(request.POST or None, initial={"survenu_le": on})
    if record(
        request,
        form,
        lambda: record_contact(dossier=dossier, by=get_agent(request), on=on, **form.cleaned_data),
        done="Le contact est enregistré.",
    ):
        return go_to_dossier(request, numero)
    return _show(request, "terrain/contact.html", form, dossier, plies=ContactForm.PLIES)


@require_http_methods(["GET", "POST"])
@requires("visite.enregistrer")
def visite_noter(request: HttpRequest, numero: str) -> HttpResponse:
    """Note a visit; the address of the dwelling is proposed as its place."""
    agent, on = get_agent(request), request_day(request)
    dossier = find_dossier(request, numero)
    mandat = get_dossier_mandat(agent=agent, on=on, dossier=dossier)
    equipe = list_referents(mandat=mandat) if mandat else []
    binomes = {str(a.pk): a for a in equipe if a != agent}
    form = VisiteForm(
        request.POST or None,
        binomes=[(pk, str(a)) for pk, a in binomes.items()],
        initial={"survenu_le": on, "lieu": str(dossier.logement)},
    )
    if record(
        request,
        form,
        lambda: record_visite(
            dossier=dossier,
            by=agent,
            on=on,
            **form.cleaned_data | {"binome": binomes.get(form.cleaned_data["binome"])},
        ),
        done="La visite est enregistrée.",
    ):
        return go_to_dossier(request, numero)
    return _show(request, "terrain/visite.html", form, dossier, plies=VisiteForm.PLIES)


@require_http_methods(["GET", "POST"])
@requires("dsf.demander")
def dsf_demander(request: HttpRequest, numero: str) -> HttpResponse:
    """Ask a body for the diagnostic social et financier."""
    agent, on = get_agent(request), request_day(request)
    dossier = find_dossier(request, numero)
    form = DsfDemandeForm(request.POST or None, initial={"demande_le": on})
    if record(
        request,
        form,
        lambda: request_dsf(dossier=dossier, by=agent, on=on, **form.cleaned_data),
        done="La demande de diagnostic est enregistrée.",
    ):
        return go_to_dossier(request, numero)
    organismes = [o["nom"] for o in list_organisations(agent=agent, on=on) if o["type"] in _DSF]
    return _show(request, "terrain/dsf_demander.html", form, dossier, organismes=organismes)


@require_http_methods(["GET", "POST"])
@requires("dsf.enregistrer")
def dsf_noter(request: HttpRequest, numero: str) -> HttpResponse:
    """Say how the diagnostic social et financier ended, and to whom it went."""
    on = request_day(request)
    dossier = find_dossier(request, numero)
    dernier = list_dsf(agent=get_agent(request), on=on, dossier=dossier).first()
    form = DsfFinForm(request.POST or None, initial=_known(dernier) or {"termine_le": on})
    if record(
        request,
        form,
        lambda: record_dsf(dossier=dossier, by=get_agent(request), on=on, **form.cleaned_data),
        done="La fin du diagnostic est enregistrée.",
    ):
        return go_to_dossier(request, numero)
    return _show(request, "terrain/dsf_noter.html", form, dossier, plies=DsfFinForm.PLIES)


def _known(dsf: Dsf | None) -> dict[str, Any]:
    """Return what is known of a diagnosis already ended, so that only its sending is added."""
    if dsf is None or not dsf.fin:
        return {}
    return {name: getattr(dsf, name) for name in ("fin", "termine_le", *DsfFinForm.PLIES)}


def _show(
    request: HttpRequest,
    template: str,
    form: Formulaire,
    dossier: Dossier,
    *,
    plies: tuple[str, ...] = (),
    **context: Any,
) -> HttpResponse:
    # What is folded must be seen when it is refused, or when the whole is.
    pli_ouvert = any(name in form.errors for name in ("__all__", *plies))
    return show_form(request, template, form, dossier=dossier, pli_ouvert=pli_ouvert, **context)
