"""Forms of the divisions: what to compare, which commune, what to import, what to rename."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms

from seuil.acteurs.models import Decoupage, NatureDecoupage, Secteur
from seuil.acteurs.rules import LONGUEUR_NOM, Division, Noms
from seuil.web.annuaire.forms import CommunesField
from seuil.web.components.forms import ChoixField, FichierField, Formulaire, make_choix


class ComparerForm(Formulaire):
    """Two divisions to compare."""

    geste = ("de comparer", "comparé")
    filtre = True

    a = ChoixField(label="Les secteurs de")
    b = ChoixField(label="Coupés par ceux de")

    def __init__(self, *args: Any, divisions: Sequence[Division], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pairs = tuple((d.cle, d.nom) for d in divisions)
        for name in ("a", "b"):
            self.fields[name].choices = make_choix("Choisissez", pairs)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("a") and data.get("a") == data.get("b"):
            self.add_error("b", "Choisissez deux découpages différents.")
        return data


class CommuneForm(Formulaire):
    """A commune to place in every division."""

    filtre = True

    code = ChoixField(label="Commune")

    def __init__(self, *args: Any, communes: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = make_choix("Choisissez", communes)  # type: ignore[attr-defined]


class ImportForm(Formulaire):
    """A division to import."""

    nom = forms.CharField(
        label="Nom du découpage",
        max_length=LONGUEUR_NOM,
        help_text="Tel que les agents l’appellent : « Agences solidarités ».",
    )
    nature = ChoixField(label="Nature", choices=[("", "Choisissez"), *NatureDecoupage.choices])
    fichier = FichierField(
        label="Fichier",
        max_megabytes=2,
        help_text="CSV, XLSX ou ODS, une ligne par commune. Colonnes : secteur, commune (code"
        " INSEE), organisme (facultatif, nom de l’annuaire).",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.xlsx,.ods"}),
    )
    remplacer = forms.BooleanField(
        label="Remplacer le découpage de ce nom, s’il existe", required=False
    )


class SecteurForm(Formulaire):
    """A secteur to add to a division, with its communes."""

    nom = forms.CharField(label="Nom du secteur", max_length=LONGUEUR_NOM)
    organisme = ChoixField(label="Organisme qui y intervient", required=False)
    communes = CommunesField(
        label="Communes du secteur", help_text="Une par ligne : nom ou code INSEE."
    )

    def __init__(
        self,
        *args: Any,
        organismes: tuple[tuple[str, str], ...],
        communes: tuple[tuple[str, str], ...],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisme"].choices = make_choix(  # type: ignore[attr-defined]
            "Aucun", organismes
        )
        self.fields["communes"].noms = Noms(dict(communes))  # type: ignore[attr-defined]
        self.fields["communes"].widget.attrs["rows"] = 10


class ModifierForm(Formulaire):
    """The name of a division, the name and the organisation of each of its secteurs."""

    nom = forms.CharField(label="Nom du découpage", max_length=LONGUEUR_NOM)

    def __init__(
        self,
        *args: Any,
        decoupage: Decoupage,
        secteurs: Sequence[Secteur],
        organismes: tuple[tuple[str, str], ...],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, initial={"nom": decoupage.nom}, **kwargs)
        self.secteurs = secteurs
        for secteur in secteurs:
            nom = forms.CharField(
                label=f"Nom du secteur « {secteur.nom} »",
                max_length=LONGUEUR_NOM,
                initial=secteur.nom,
                widget=forms.TextInput(attrs={"class": "fr-input"}),
                error_messages={"required": "Remplissez ce champ."},
            )
            organisme = ChoixField(
                label=f"Organisme de « {secteur.nom} »",
                required=False,
                initial=str(secteur.organisation_id or ""),
            )
            organisme.choices = make_choix("Aucun", organismes)
            organisme.widget.attrs["class"] = "fr-select"
            self.fields[f"nom-{secteur.pk}"] = nom
            self.fields[f"organisme-{secteur.pk}"] = organisme

    def list_secteurs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Return the two fields of each secteur."""
        return [(self[f"nom-{s.pk}"], self[f"organisme-{s.pk}"]) for s in self.secteurs]

    def iter_changed(self) -> Iterator[tuple[Secteur, str, str]]:
        """Yield the secteurs that change, with their name and the id of their organisation."""
        for s in self.secteurs:
            nom, organisme = f"nom-{s.pk}", f"organisme-{s.pk}"
            if {nom, organisme} & set(self.changed_data):
                yield s, self.cleaned_data[nom], self.cleaned_data[organisme]
