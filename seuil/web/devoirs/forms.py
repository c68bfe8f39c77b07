"""What an organisation says of a duty."""

from typing import Any

from django import forms

from seuil.web.components.forms import DateField, Formulaire

FAIT, SANS_OBJET = "fait", "sans_objet"


class DiligenceForm(Formulaire):
    """Done, on a day, with what shows it; or without object, and why."""

    etat = forms.ChoiceField(
        label="Où en est-ce ?",
        widget=forms.RadioSelect,
        choices=[(FAIT, "C’est fait"), (SANS_OBJET, "C’est sans objet pour ce ménage")],
        initial=FAIT,
    )
    faite_le = DateField(label="Date", help_text="Le jour où la chose a été faite ou constatée.")
    preuve = forms.CharField(
        label="Ce qui montre que c’est fait",
        max_length=300,
        required=False,
        help_text="Une référence suffit. Rien sur la santé ni la vie privée.",
    )
    motif = forms.CharField(
        label="Pourquoi c’est sans objet",
        max_length=300,
        required=False,
        help_text="À remplir seulement dans ce cas. Ceux qui lisent le dossier le verront.",
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("etat") == FAIT and not data.get("preuve"):
            self.add_error("preuve", "Dites ce qui montre que c’est fait.")
        if data.get("etat") == SANS_OBJET and not data.get("motif"):
            self.add_error("motif", "Dites pourquoi c’est sans objet.")
        return data
