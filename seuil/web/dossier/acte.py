"""An act or a decision, as the paper says it."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from seuil.actes.models import Acte, Sens, TypeActe
from seuil.actes.operations.actes import ActeDiffere
from seuil.actes.rules.saisie import ActeSaisi, RetraitSaisi
from seuil.actes.rules.types import SENS_PAR_TYPE
from seuil.usecases.record_acte import record_acte
from seuil.web.access import AgentRequest, find_dossier, requires
from seuil.web.addresses import tab_address
from seuil.web.components.forms import DateField, Formulaire, HeureField, MontantField
from seuil.web.saisie import Page, answer


class ActeForm(Formulaire):
    """An act or a decision, as the paper says it."""

    type_acte = forms.ChoiceField(
        label="Nature de l’acte", choices=[("", "Choisissez"), *TypeActe.choices]
    )
    survenu_le = DateField(
        label="Date de l’acte",
        help_text="Jour de la signification, de l’audience ou de la décision.",
    )
    recu_le = DateField(
        label="Reçu par le préfet le", required=False,
        help_text="Pour une réquisition ou un commandement de quitter les lieux.",
    )  # fmt: skip
    sens = forms.ChoiceField(
        label="Sens de la décision",
        required=False,
        choices=[
            ("", "Sans objet"),
            *(
                (TypeActe(t).label, [(f"{t}.{s}", Sens(s).label) for s in sens])
                for t, sens in SENS_PAR_TYPE.items()
            ),
        ],
    )
    delai_annonce = forms.ChoiceField(
        label="Délai annoncé par le commandement de payer",
        required=False,
        choices=[("", "Non précisé"), ("2 mois", "2 mois"), ("6 semaines", "6 semaines")],
    )
    delai_jusqu_au = DateField(label="Délai ou report accordé jusqu’au", required=False)
    audience_le = DateField(label="Audience le", required=False)
    audience_heure = HeureField(label="Heure de l’audience", required=False)
    juridiction = forms.CharField(label="Juridiction", required=False, max_length=150)
    montant = MontantField(label="Montant réclamé (euros)", required=False)
    reference = forms.CharField(label="Référence de l’acte", required=False, max_length=60)
    # Asked only when the same act is recorded with other values.
    correction = forms.ChoiceField(
        label="Corriger l’acte déjà enregistré, parce que",
        required=False,
        choices=[("", "Ne pas le corriger"), *Acte.MotifRetrait.choices],
        widget=forms.HiddenInput,
    )

    def ask_correction(self) -> None:
        """Show the question: correct the act that is recorded, and why."""
        field = self.fields["correction"]
        field.widget = forms.Select(attrs={"class": "fr-select"}, choices=field.choices)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        type_acte, sens = data.get("type_acte"), data.get("sens")
        if sens:
            # Two kinds may bear the same sense: its choice says which kind it is of.
            kind, data["sens"] = sens.split(".", 1)
            if type_acte and kind != type_acte:
                self.add_error(
                    "sens",
                    "Ce sens ne correspond pas à la nature de l’acte : corrigez l’un des deux.",
                )
        return data

    def read(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        motif = data.pop("correction")
        return {
            "saisie": ActeSaisi(type=data.pop("type_acte"), **data),
            "correction": RetraitSaisi(motif) if motif else None,
        }


@requires("acte.enregistrer")
@require_http_methods(["GET", "HEAD", "POST"])
def acte_enregistrer(request: AgentRequest, numero: str) -> HttpResponse:
    """Record an act or a decision."""
    dossier = find_dossier(request, numero)
    form = ActeForm(request.POST or None, initial={"type_acte": request.GET.get("type", "")})
    page = Page(
        dossier=dossier,
        titre="Enregistrer un acte ou une décision",
        retour=tab_address(numero, "chronologie"),
    )
    return answer(request, form, partial(_record, form, dossier=dossier), page)


def _record(form: ActeForm, **said: Any) -> Acte:
    """Record what the form says; were it another reading of an act, have the form ask about it."""
    try:
        return record_acte(**said)
    except ActeDiffere:
        form.ask_correction()
        raise
