"""The monthly housing aid, as a source states it."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from seuil.dossiers.operations.bail import record_aide
from seuil.dossiers.rules import AideSaisie
from seuil.web.access import AgentRequest, find_dossier, request_day, requires
from seuil.web.addresses import tab_address
from seuil.web.components.forms import DateField, Formulaire, MontantField
from seuil.web.saisie import Page, answer


class AideForm(Formulaire):
    """The monthly housing aid, as a source states it."""

    constatee_le = DateField(label="Aide constatée le", help_text="Date de l’attestation.")
    montant = MontantField(
        label="Montant mensuel (euros)", help_text="0 si le ménage ne perçoit aucune aide."
    )
    tiers_payant = forms.ChoiceField(
        label="L’aide est versée",
        required=False,
        choices=[("oui", "au bailleur (tiers payant)"), ("non", "au ménage")],
        widget=forms.RadioSelect,
        help_text="Sans objet si le montant est 0.",
    )
    source = forms.CharField(
        label="Source", max_length=100, help_text="Qui l’a dit\N{NO-BREAK SPACE}: CAF, MSA, ménage…"
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("montant") and not data.get("tiers_payant") and "tiers_payant" in data:
            self.add_error("tiers_payant", "Dites à qui l’aide est versée.")
        return data

    def read(self) -> dict[str, Any]:
        data = self.cleaned_data
        paid = bool(data["montant"]) and data["tiers_payant"] == "oui"
        return {"saisie": AideSaisie(**data | {"tiers_payant": paid})}


@requires("dossier.completer")
@require_http_methods(["GET", "HEAD", "POST"])
def aide_ajouter(request: AgentRequest, numero: str) -> HttpResponse:
    """Add what a source says of the housing aid."""
    dossier = find_dossier(request, numero, ecrit="ressources")
    form = AideForm(request.POST or None, initial={"constatee_le": request_day(request)})
    page = Page(
        dossier=dossier, titre="Ajouter une aide au logement", retour=tab_address(numero, "dette")
    )
    return answer(request, form, partial(record_aide, dossier=dossier), page)
