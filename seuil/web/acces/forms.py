"""Forms of the accesses."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from seuil.acteurs.models import Organisation
from seuil.web.components.forms import Formulaire

_MOTIF_MIN = 15


class OuvrirForm(Formulaire, forms.Form):
    """Designate an organisation for a dossier."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label="Organisme", empty_label="Choisir un organisme"
    )
    relation = forms.ChoiceField(
        label="À quel titre",
        choices=[
            ("destinataire", "Il doit connaître ce dossier"),
            ("bailleur", "Il est le bailleur du logement"),
        ],
    )
    motif = forms.CharField(
        label="Pourquoi",
        max_length=300,
        help_text="Lu par le délégué à la protection des données. Sans donnée de santé.",
    )

    def __init__(self, organisations: QuerySet[Organisation], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["organisation"]
        field.queryset = organisations


class ExceptionnelForm(Formulaire, forms.Form):
    """Ask for 24 hours on a dossier that is not one's own."""

    numero = forms.CharField(
        label="Numéro du dossier", max_length=20, help_text="Par exemple : 33-2026-000123"
    )
    motif = forms.CharField(
        label="Motif",
        min_length=_MOTIF_MIN,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Le risque, et pourquoi il ne peut pas attendre. Il est lu par le délégué à la"
        " protection des données.",
        error_messages={
            "min_length": "Dites en une phrase quel risque ne peut pas attendre"
            f" ({_MOTIF_MIN} caractères au moins)."
        },
    )


class TraitementForm(Formulaire, forms.Form):
    """What the officer verified of an alert."""

    note = forms.CharField(
        label="Ce que vous avez vérifié",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Par exemple : vu avec l’agent, relances du mois. Sans le nom d’un ménage :"
        " la note reste au journal, qui ne s’efface pas.",
    )
