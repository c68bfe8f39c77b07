"""The landlord of a dossier is another one: found among its namesakes, or new."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from seuil.dossiers.models import Bail, Bailleur, Correction
from seuil.dossiers.operations.bailleurs import BailleurAChoisir
from seuil.dossiers.operations.corrections import Pourquoi
from seuil.dossiers.rules import BailleurDit
from seuil.usecases.replace_bailleur import AUTRE, replace_bailleur
from seuil.web.access import AgentRequest, find_dossier, requires
from seuil.web.addresses import tab_address
from seuil.web.components.forms import Formulaire, SiretField, TelephoneField
from seuil.web.saisie import Page, answer


class BailleurForm(Formulaire):
    """A landlord, by what is known of it; which one, when several have its name."""

    nom = forms.CharField(label="Nom du bailleur", max_length=150)
    telephone = TelephoneField(label="Téléphone", required=False)
    nature = forms.ChoiceField(
        label="Nature",
        choices=Bailleur.Nature.choices,
        initial=Bailleur.Nature.INCONNUE,
    )
    siret = SiretField(
        label="SIRET", required=False, help_text="Il distingue deux bailleurs de même nom."
    )
    adresse = forms.CharField(label="Adresse", required=False, max_length=200)
    courriel = forms.EmailField(label="Courriel", required=False)
    mandataire = forms.CharField(label="Agence ou mandataire", required=False, max_length=150)
    motif = forms.ChoiceField(
        label="Pourquoi", choices=Correction.Motif.choices, initial=Correction.Motif.COMPLEMENT
    )
    precision = forms.CharField(label="Précision", required=False, max_length=200)
    # Asked once namesakes are found.
    choix = forms.CharField(
        label="Lequel est-ce\N{NO-BREAK SPACE}?", required=False, widget=forms.HiddenInput
    )

    def ask(self, homonymes: Sequence[Bailleur]) -> None:
        """Show the question: one of these, or another one."""
        choices = [(str(b.pk), b.ligne) for b in homonymes]
        choices.append((AUTRE, "Un autre bailleur de ce nom"))
        self.fields["choix"].widget = forms.RadioSelect(choices=choices)
        self.order_fields(["choix", *self.fields])

    def read(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        why = Pourquoi(data.pop("motif"), data.pop("precision"))
        choix = data.pop("choix")
        return {"dit": BailleurDit(**data), "choix": choix, "pourquoi": why}


@requires("dossier.completer")
@require_http_methods(["GET", "HEAD", "POST"])
def bailleur_changer(request: AgentRequest, numero: str) -> HttpResponse:
    """Say who the landlord is; when one of that name is known, ask which one is meant."""
    dossier = find_dossier(request, numero, ecrit="bail_dette")
    form = BailleurForm(request.POST or None)
    page = Page(
        dossier=dossier,
        titre="Dire qui est le bailleur",
        retour=tab_address(numero, "dette"),
        context={
            "intro": "Le bailleur de ce dossier seulement\N{NO-BREAK SPACE}: pour corriger son"
            " téléphone ou son nom, revenez en arrière et choisissez le crayon."
        },
    )
    return answer(request, form, partial(_replace, form, dossier=dossier), page)


def _replace(form: BailleurForm, **said: Any) -> Bail:
    try:
        return replace_bailleur(**said)
    except BailleurAChoisir as question:
        form.ask(question.homonymes)
        raise
