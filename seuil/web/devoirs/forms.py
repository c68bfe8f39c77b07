"""What an organisation says of a duty."""

from typing import Any

from django import forms

from seuil.travail.rules.diligences import ReponseSaisie
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
    preuve = forms.CharField(label="Ce qui montre que c’est fait", max_length=300)
    motif = forms.CharField(
        label="Pourquoi c’est sans objet",
        max_length=300,
        help_text="À remplir seulement dans ce cas. Ceux qui lisent le dossier le verront.",
    )

    def __init__(self, *args: Any, attendu: str, par_fait: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if par_fait:
            self._keep_sans_objet()
            return
        sans_objet = self.data.get("etat") == SANS_OBJET
        for name, required, message in (
            ("preuve", not sans_objet, "Dites ce qui montre que c’est fait."),
            ("motif", sans_objet, "Dites pourquoi c’est sans objet."),
        ):
            self.fields[name].required = required
            self.fields[name].error_messages["required"] = message
        self.fields[
            "preuve"
        ].help_text = f"Attendu : {attendu}. Rien sur la santé ni la vie privée."

    def _keep_sans_objet(self) -> None:
        """A fact alone says that it is done: only its absence of object may be said here."""
        del self.fields["etat"], self.fields["preuve"]
        motif = self.fields["motif"]
        motif.help_text = "Ceux qui lisent le dossier le verront."
        motif.error_messages["required"] = "Dites pourquoi c’est sans objet."

    def read(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        sans_objet = data.pop("etat", SANS_OBJET) == SANS_OBJET
        return {"saisie": ReponseSaisie(sans_objet=sans_objet, **data)}
