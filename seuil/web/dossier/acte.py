"""An act or a decision, as the paper says it."""

from collections.abc import Collection, Sequence
from dataclasses import fields
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from seuil.actes.models import Acte, Sens, TypeActe
from seuil.actes.operations.actes import ActeDiffere
from seuil.actes.rules.saisie import ActeSaisi, RetraitSaisi
from seuil.actes.rules.types import (
    CATEGORIE_PAR_TYPE,
    CHAMPS_PAR_TYPE,
    SENS_OBLIGATOIRE,
    SENS_PAR_TYPE,
)
from seuil.dossiers.models import Dossier
from seuil.dossiers.queries import get_ouverture
from seuil.usecases._actes import SensManquant
from seuil.usecases.record_acte import record_acte
from seuil.web.access import AgentRequest, find_dossier, get_agent, request_day, requires
from seuil.web.addresses import tab_address
from seuil.web.components.forms import DateField, Formulaire, HeureField, MontantField
from seuil.web.saisie import Page, answer, next_address

# What the day of each kind of act is.
_JOURS = {
    "signalement": "Signalé le",
    "saisine_ccapex": "Saisine envoyée le",
    "commandement": "Signifié le",
    "assignation": "Signifiée le",
    "audience": "Date de l’audience",
    "jugement": "Jugement rendu le",
    "signification": "Signifiée le",
    "appel": "Appel formé le",
    "cql": "Signifié le",
    "delais_quitter": "Décision du",
    "rfp": "Date de la réquisition",
    "evaluation_police": "Évaluation du",
    "cfp": "Décision du",
    "expulsion": "Expulsion faite le",
    "depart": "Départ le",
    "reprise": "Lieux repris le",
    "surendettement": "Décision ou dépôt le",
    "plan_apurement": "Signé ou rompu le",
    "pcs": "Signé ou rompu le",
    "dalo": "Décision ou recours du",
}
# Who receives what the préfet does not.
_RECUS = {"signalement": "Reçu le", "saisine_ccapex": "Reçue par la CCAPEX le"}
_CHAMPS = [f.name for f in fields(ActeSaisi) if f.name not in {"type", "survenu_le"}]
_SENS = [("", ""), *Sens.choices]


class ActeForm(Formulaire):
    """An act or a decision, as the paper says it."""

    type_acte = forms.ChoiceField(
        label="Nature de l’acte", choices=TypeActe.choices, widget=forms.HiddenInput
    )
    survenu_le = DateField(label="Date de l’acte")
    recu_le = DateField(label="Reçu par le préfet le", required=False)
    sens = forms.ChoiceField(label="Sens de la décision", choices=_SENS)
    delai_annonce = forms.ChoiceField(
        label="Délai annoncé",
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

    def __init__(self, *args: Any, type_acte: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type_acte"].initial = type_acte
        self.keep_fields(CHAMPS_PAR_TYPE.get(type_acte, ()))
        self.fields["survenu_le"].label = _JOURS.get(type_acte, "Date de l’acte")
        if type_acte in _RECUS:
            self.fields["recu_le"].label = _RECUS[type_acte]
        if "sens" in self.fields:
            self.restrict_sens(type_acte)

    def keep_fields(self, wanted: Collection[str]) -> None:
        """Keep what the paper of this kind says, in its order; the rest is no question of it."""
        always = {"type_acte", "survenu_le", "correction"}
        for name in set(_CHAMPS) - set(wanted) - always:
            del self.fields[name]
        self.order_fields(["type_acte", "survenu_le", *wanted, "correction"])

    def restrict_sens(self, type_acte: str) -> None:
        """Keep the senses that this kind of act may bear; whether one is wanted, the field says."""
        field = self.fields["sens"]
        field.required = type_acte in SENS_OBLIGATOIRE
        vide = ("", "Choisissez" if field.required else "Non connu")
        known = [(s, Sens(s).label) for s in SENS_PAR_TYPE.get(type_acte, ())]
        field.choices = [vide, *known]  # type: ignore[attr-defined]
        if field.required:
            field.error_messages["required"] = str(SensManquant(type_acte))

    def ask_correction(self) -> None:
        """Show the question: correct the act that is recorded, and why."""
        field = self.fields["correction"]
        field.widget = forms.Select(attrs={"class": "fr-select"}, choices=field.choices)  # type: ignore[attr-defined]

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
    """Record an act or a decision: its kind is chosen first, then what its paper says."""
    dossier = find_dossier(request, numero)
    ouverture = get_ouverture(agent=get_agent(request), on=request_day(request), dossier=dossier)
    offerts = [
        (t, str(label))
        for t, label in TypeActe.choices
        if ouverture.allows(CATEGORIE_PAR_TYPE.get(t, "procedure"), "ecrire")
    ]
    type_acte = request.POST.get("type_acte") or request.GET.get("type", "")
    if type_acte not in dict(offerts):
        return _choose(request, dossier, offerts, inconnu=bool(type_acte))
    form = ActeForm(request.POST or None, type_acte=type_acte)
    page = Page(
        dossier=dossier,
        titre=f"Enregistrer : {TypeActe(type_acte).label.lower()}",
        retour=tab_address(numero, "chronologie"),
    )
    return answer(request, form, partial(_record, form, dossier=dossier), page)


def _choose(
    request: AgentRequest, dossier: Dossier, offerts: Sequence[tuple[str, str]], *, inconnu: bool
) -> HttpResponse:
    """Show the kinds of acts that the agent may record on this dossier."""
    suite = next_address(request, "")
    context = {
        "dossier": dossier,
        "inconnu": inconnu,
        "choix": [
            (f"?{urlencode({'type': t, **({'suite': suite} if suite else {})})}", label)
            for t, label in offerts
        ],
    }
    return render(request, "dossier/acte_choix.html", context, status=422 if inconnu else 200)


def _record(form: ActeForm, **said: Any) -> Acte:
    """Record what the form says; were it another reading of an act, have the form ask about it."""
    try:
        return record_acte(**said)
    except ActeDiffere:
        form.ask_correction()
        raise
