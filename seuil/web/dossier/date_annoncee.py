"""A date of the procedure, as it was told to someone: noted."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from seuil.dossiers.models import DateAnnoncee
from seuil.dossiers.operations.documents import record_date_annoncee
from seuil.dossiers.rules import AnnonceSaisie
from seuil.echeances.queries.echeances import EcheanceVue, list_echeances
from seuil.engines import droit
from seuil.web.access import AgentRequest, find_dossier, get_agent, request_day, requires
from seuil.web.addresses import tab_address
from seuil.web.components.forms import ChoixField, DateField, Formulaire
from seuil.web.dossier.annonces import write_code
from seuil.web.saisie import Page, answer


class DateAnnonceeForm(Formulaire):
    """A date of the procedure, as it was told to someone."""

    echeance = ChoixField(label="Échéance")
    annoncee_le = DateField(label="Date annoncée", help_text="Telle qu’elle a été dite ou écrite.")
    a_qui = forms.ChoiceField(
        label="Annoncée", choices=DateAnnoncee.Destinataire.choices, widget=forms.RadioSelect
    )
    dite_le = DateField(label="Dite ou envoyée le")
    moyen = forms.ChoiceField(
        label="Moyen", choices=DateAnnoncee.Moyen.choices, widget=forms.RadioSelect
    )
    source = forms.CharField(
        label="Source",
        max_length=100,
        help_text="Qui l’a dite, ou la référence du courrier.",
    )

    def __init__(self, echeances: Sequence[EcheanceVue], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.initial.get("a_qui"):
            # Told again because the date moved: the one to tell is the one of today.
            today = {write_code(e): e.le for e in echeances}
            self.initial["annoncee_le"] = today.get(self.initial.get("echeance", ""))
        choices = [("", "Choisissez"), *((write_code(e), _write_choix(e)) for e in echeances)]
        self.fields["echeance"].choices = choices  # type: ignore[attr-defined]

    def read(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        regle, _, fait = data.pop("echeance").partition(".")
        return {"saisie": AnnonceSaisie(regle=regle, fait_id=UUID(fait), **data)}


@requires("dossier.completer")
@require_http_methods(["GET", "HEAD", "POST"])
def date_annoncee_noter(request: AgentRequest, numero: str) -> HttpResponse:
    """Note a date that was told; the one to tell again is proposed."""
    agent, on = get_agent(request), request_day(request)
    dossier = find_dossier(request, numero, ecrit="annonces")
    initial = {
        "echeance": request.GET.get("echeance", ""),
        "a_qui": request.GET.get("a_qui", ""),
        "dite_le": on,
    }
    form = DateAnnonceeForm(
        list_echeances(agent=agent, on=on, dossier=dossier), request.POST or None, initial=initial
    )
    page = Page(
        dossier=dossier, titre="Noter une date annoncée", retour=tab_address(numero, "echeances")
    )
    return answer(request, form, partial(record_date_annoncee, dossier=dossier), page)


def _write_choix(echeance: EcheanceVue) -> str:
    le = droit.write_date(echeance.le) if echeance.le else "à déterminer"
    return f"{echeance.libelle}, {le}"
