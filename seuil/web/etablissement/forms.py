"""Forms of the setting up of a département."""

from typing import Any

from django import forms

from seuil.accompagnements.models import Objectif
from seuil.accompagnements.rules.choix import ObjectifSaisi
from seuil.acteurs.models import Arrondissement, FormationCcapex
from seuil.acteurs.rules import Formation
from seuil.web.components.forms import (
    ChoixField,
    DateField,
    Formulaire,
    NombreField,
    make_choix,
)

_ENTIERS = (
    "annee", "cible_annuelle", "volume_mensuel", "part_arrondissement", "part_cql_min",
    "part_cql_max",
)  # fmt: skip


class ObjectifForm(Formulaire):
    """What the convention asks of an operator for a year."""

    operateur = ChoixField(label="Opérateur")
    annee = NombreField(label="Année", min_value=2020, max_value=2100)
    cible_annuelle = NombreField(
        label="Ménages à accompagner dans l’année", min_value=1, max_value=20_000
    )
    volume_mensuel = NombreField(label="Ménages confiés chaque mois", min_value=1, max_value=5_000)
    arrondissement = ChoixField(
        label="Arrondissement qui a une part réservée",
        required=False,
        help_text="Si la convention en désigne un.",
    )
    part_arrondissement = NombreField(
        label="Part de cet arrondissement, pour cent", required=False, min_value=0, max_value=100
    )
    part_cql_min = NombreField(
        label="Part minimale de commandements de quitter les lieux, pour cent",
        required=False,
        min_value=0,
        max_value=100,
    )
    part_cql_max = NombreField(
        label="Part maximale, pour cent",
        required=False,
        min_value=0,
        max_value=100,
        help_text="Vide : pas de maximum.",
    )

    def __init__(
        self,
        *args: Any,
        operateurs: tuple[tuple[str, str], ...],
        arrondissements: tuple[tuple[str, str], ...],
        objectif: Objectif | None = None,
        annee: int = 0,
        **kwargs: Any,
    ) -> None:
        initial: dict[str, Any] = {"annee": annee}
        if objectif:
            initial = {name: getattr(objectif, name) for name in _ENTIERS}
            initial["arrondissement"] = objectif.arrondissement_id or ""
        elif len(operateurs) == 1:
            initial["operateur"] = operateurs[0][0]
        super().__init__(*args, initial=initial, **kwargs)
        if objectif:
            del self.fields["operateur"]
        else:
            self.fields["operateur"].choices = make_choix(  # type: ignore[attr-defined]
                "Choisissez", operateurs
            )
        self.fields["arrondissement"].choices = make_choix(  # type: ignore[attr-defined]
            "Aucun", arrondissements
        )

    def read(self) -> dict[str, Any]:
        data = self.cleaned_data
        numbers = {name: data[name] or 0 for name in _ENTIERS}
        if data["part_cql_max"] is None:
            numbers["part_cql_max"] = 100
        code = data["arrondissement"]
        return {
            "saisie": ObjectifSaisi(**numbers),
            "arrondissement": Arrondissement(pk=code) if code else None,
        }


class FinForm(Formulaire):
    """The day on which a convention stops."""

    fin_le = DateField(
        label="Premier jour sans convention",
        help_text="Aucun ménage n’est confié pour un mois qui commence à partir de ce jour.",
    )


class FormationForm(Formulaire):
    """A formation of the CCAPEX."""

    nom = forms.CharField(label="Nom", max_length=100)
    presidence = forms.CharField(label="Présidence", required=False, max_length=250)
    secretariat = forms.CharField(label="Secrétariat", required=False, max_length=250)
    perimetre = forms.CharField(
        label="Périmètre",
        required=False,
        max_length=150,
        help_text="« département », « arrondissement de … », une intercommunalité, un secteur ou"
        " une commune.",
    )
    frequence = forms.CharField(label="Fréquence des séances", required=False, max_length=250)
    capacite = forms.CharField(label="Situations par séance", required=False, max_length=250)
    menage_present = ChoixField(
        label="Le ménage est-il présent ?",
        required=False,
        choices=[("", "Non précisé"), ("oui", "Oui"), ("non", "Non")],
    )
    missions = forms.CharField(
        label="Missions", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    membres = forms.CharField(
        label="Membres",
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Un par ligne.",
    )

    def __init__(self, *args: Any, formation: FormationCcapex | None = None, **kwargs: Any) -> None:
        initial = {}
        if formation:
            initial = {name: getattr(formation, name) for name in self.base_fields}
            initial["membres"] = "\n".join(formation.membres)
            presence = formation.menage_present
            initial["menage_present"] = "" if presence is None else "oui" if presence else "non"
        super().__init__(*args, initial=initial, **kwargs)

    def clean_membres(self) -> tuple[str, ...]:
        lines = [" ".join(line.split()) for line in self.cleaned_data["membres"].splitlines()]
        if any(len(line) > 250 for line in lines):
            raise forms.ValidationError("Une ligne dépasse 250 caractères : raccourcissez-la.")
        return tuple(line for line in lines if line)

    def read(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        data["menage_present"] = {"oui": True, "non": False}.get(data["menage_present"])
        return {"saisie": Formation(**data)}


class ModeleForm(Formulaire):
    """A ready-made configuration to begin with."""

    modele = ChoixField(
        label="Partir de",
        help_text="Les formations de ce modèle sont recopiées, puis vous les corrigez.",
    )

    def __init__(self, *args: Any, modeles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["modele"].choices = make_choix(  # type: ignore[attr-defined]
            "Choisissez", tuple(modeles)
        )
