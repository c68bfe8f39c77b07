"""Forms of the lists: the deposit, and what each column means."""

from collections.abc import Sequence
from typing import Any

from django import forms

from seuil.actes.models import TypeActe
from seuil.actes.queries import ColonneVue
from seuil.actes.rules.champs import load_titres
from seuil.actes.rules.types import LABELS_TYPE
from seuil.web.components.forms import ChoixField, FichierField, Formulaire, ListeDeroulante


class DepotForm(Formulaire):
    """A list to deposit."""

    type_acte = ChoixField(
        label="Ce que contient la liste",
        choices=[("", "Choisissez"), *((t, TypeActe(t).label) for t in LABELS_TYPE)],
    )
    source = forms.CharField(
        label="Source",
        max_length=100,
        help_text="Qui l’envoie, toujours écrit de la même façon : les colonnes reconnues à la main"
        " seront retenues pour cette source.",
    )
    fichier = FichierField(
        label="Fichier",
        max_megabytes=10,
        help_text="CSV, XLSX ou ODS, 10 Mo et 50 000 lignes au plus.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.ods"}),
    )


class ColonnesForm(Formulaire):
    """What each column means; empty: not taken."""

    def __init__(self, *args: Any, colonnes: Sequence[ColonneVue], **kwargs: Any) -> None:
        choices = [("", "Ne pas reprendre")] + [
            (c.code, f"{c.libelle} (obligatoire)" if c.obligatoire else c.libelle)
            for c in load_titres().champs.values()
        ]
        super().__init__(*args, **kwargs)
        self.colonnes = colonnes
        for c in colonnes:
            self.fields[f"colonne-{c.index}"] = ChoixField(
                label=f"Sens de la colonne « {c.entete or c.index + 1} »",
                choices=choices,
                required=False,
                initial=c.champ,
                widget=ListeDeroulante(attrs={"class": "fr-select"}),
            )

    def get_correspondance(self) -> dict[int, str]:
        """Return column index → field."""
        return {c.index: self.cleaned_data[f"colonne-{c.index}"] for c in self.colonnes}

    def list_lignes(self) -> list[tuple[ColonneVue, forms.BoundField]]:
        """Return each column beside its field."""
        return [(c, self[f"colonne-{c.index}"]) for c in self.colonnes]
