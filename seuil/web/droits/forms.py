"""Forms of the rights of the people."""

from typing import Any

from django import forms

from seuil.conservation.models import DemandeDroit
from seuil.web.components.forms import ChoixField, DateField, Formulaire


class DemandeForm(Formulaire):
    """Add a request to the register."""

    numero = forms.CharField(
        label="Numéro du dossier", max_length=20, help_text="Par exemple : 33-2026-000123"
    )
    droit = ChoixField(label="Droit exercé", choices=DemandeDroit.Droit.choices)
    demandeur = forms.CharField(
        label="Qui demande", max_length=150, help_text="La personne, ou qui la représente."
    )
    objet = forms.CharField(
        label="Ce qui est demandé",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    recue_le = DateField(label="Reçue le")


class DecisionForm(Formulaire):
    """Decide of a request, and say when it was answered."""

    decision = forms.ChoiceField(
        label="Décision",
        choices=[c for c in DemandeDroit.Decision.choices if c[0]],
        widget=forms.RadioSelect,
    )
    motif = forms.CharField(
        label="Motif",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Obligatoire si la demande est refusée, même en partie.",
    )
    repondue_le = DateField(label="Répondue le")


class DonneesForm(Formulaire):
    """Choose whose data are given, and what is masked besides."""

    personne = ChoixField(label="Personne")
    masquer = forms.CharField(
        label="Autres noms à masquer",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Un par ligne. Les autres adultes du ménage et les agents le sont déjà.",
    )

    def __init__(self, personnes: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["personne"]
        field.choices = personnes


class GelForm(Formulaire):
    """Hold a file, and say why."""

    motif = forms.CharField(
        label="Pourquoi",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Un recours annoncé, une indemnisation demandée… Sans donnée de santé.",
    )
