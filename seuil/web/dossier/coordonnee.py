"""A phone number or an e-mail address."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from seuil.dossiers.models import Coordonnee
from seuil.usecases.record_coordonnee import record_coordonnee
from seuil.web.access import AgentRequest, find_dossier, requires
from seuil.web.addresses import tab_address
from seuil.web.components.forms import Formulaire, clean_coordonnee
from seuil.web.saisie import Page, answer


class CoordonneeForm(Formulaire):
    """A phone number or an e-mail address."""

    type = forms.ChoiceField(
        label="Nature", choices=Coordonnee.Type.choices, widget=forms.RadioSelect
    )
    valeur = forms.CharField(label="Numéro ou adresse", max_length=150)
    source = forms.CharField(label="Source", max_length=100, help_text="Qui l’a donnée.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("type") and data.get("valeur"):
            data["valeur"] = clean_coordonnee(self, data["type"], data["valeur"])
        return data


@requires("dossier.completer")
@require_http_methods(["GET", "HEAD", "POST"])
def coordonnee_ajouter(request: AgentRequest, numero: str) -> HttpResponse:
    """Add a phone number or an e-mail address."""
    dossier = find_dossier(request, numero, ecrit="contact")
    form = CoordonneeForm(request.POST or None)
    page = Page(
        dossier=dossier,
        titre="Ajouter un téléphone ou un courriel",
        retour=tab_address(numero, "menage"),
    )
    return answer(request, form, partial(record_coordonnee, dossier=dossier), page)
