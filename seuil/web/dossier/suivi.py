"""What a social service says of the household; nothing of its content."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from seuil.dossiers.models import SuiviSocial
from seuil.dossiers.rules import SuiviSaisi
from seuil.usecases.record_suivi import record_suivi
from seuil.web.access import AgentRequest, find_dossier, request_day, requires
from seuil.web.addresses import tab_address
from seuil.web.components.forms import DateField, Formulaire
from seuil.web.saisie import Page, answer


class SuiviForm(Formulaire):
    """What a social service says of the household; nothing of its content."""

    situation = forms.ChoiceField(
        label="Le ménage est", choices=SuiviSocial.Situation.choices, widget=forms.RadioSelect
    )
    service = forms.CharField(label="Service", required=False, max_length=120)
    mesure = forms.CharField(
        label="Mesure en cours", required=False, max_length=120,
        help_text="Son nom seulement (ASLL, MASP…), jamais son contenu.",
    )  # fmt: skip
    constate_le = DateField(label="Constaté le")
    source = forms.CharField(label="Source", max_length=100, help_text="Qui l’a dit.")

    def read(self) -> dict[str, Any]:
        return {"saisie": SuiviSaisi(**self.cleaned_data)}


@requires("dossier.completer")
@require_http_methods(["GET", "HEAD", "POST"])
def suivi_ajouter(request: AgentRequest, numero: str) -> HttpResponse:
    """Add what a social service says."""
    dossier = find_dossier(request, numero, ecrit="suivi")
    form = SuiviForm(request.POST or None, initial={"constate_le": request_day(request)})
    page = Page(
        dossier=dossier, titre="Ajouter un suivi social", retour=tab_address(numero, "menage")
    )
    return answer(request, form, partial(record_suivi, dossier=dossier), page)
