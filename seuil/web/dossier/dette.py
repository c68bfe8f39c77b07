"""A dated amount of debt."""

from functools import partial

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from seuil.usecases.record_dette import record_dette
from seuil.web.access import AgentRequest, find_dossier, request_day, requires
from seuil.web.addresses import tab_address
from seuil.web.components.forms import DateField, Formulaire, MontantField
from seuil.web.saisie import Page, answer


class DetteForm(Formulaire):
    """A dated amount of debt."""

    constatee_le = DateField(label="Dette constatée le", help_text="Date du décompte.")
    montant = MontantField(label="Montant (euros)", help_text="Exemple : 1 234,56")
    source = forms.CharField(
        label="Source", max_length=100, help_text="Qui l’a constatée : bailleur, CAF, ménage…"
    )


@requires("dossier.completer")
@require_http_methods(["GET", "HEAD", "POST"])
def dette_ajouter(request: AgentRequest, numero: str) -> HttpResponse:
    """Add a dated amount of debt."""
    dossier = find_dossier(request, numero, ecrit="bail_dette")
    form = DetteForm(request.POST or None, initial={"constatee_le": request_day(request)})
    page = Page(dossier=dossier, titre="Ajouter une dette", retour=tab_address(numero, "dette"))
    return answer(request, form, partial(record_dette, dossier=dossier), page)
