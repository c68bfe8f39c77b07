"""Forms of the directory."""

from typing import Any

from django import forms

from seuil.acteurs.models import Interlocuteur, Organisation, TypeOrganisation
from seuil.acteurs.queries import Territoire
from seuil.acteurs.rules import InterlocuteurSaisi, Noms
from seuil.engines.tabular import CellRefused, parse_telephone
from seuil.web.components.forms import ChoixField, FichierField, Formulaire, make_choix


class AnnuaireForm(Formulaire):
    """Which organisations to show."""

    filtre = True

    type = ChoixField(
        label="Type d’organisme", required=False, choices=[("", "Tous"), *TypeOrganisation.choices]
    )
    commune = ChoixField(label="Qui intervient à", required=False, help_text="Commune du ménage.")
    texte = forms.CharField(
        label="Nom", required=False, max_length=100, help_text="Tout ou partie du nom."
    )
    fermes = ChoixField(
        label="Montrer", required=False, choices=[("", "Les ouverts"), ("oui", "Les fermés")]
    )

    def __init__(self, *args: Any, communes: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["commune"].choices = make_choix(  # type: ignore[attr-defined]
            "Tout le département", communes
        )


class TelephoneField(forms.CharField):
    """A telephone, written as one wishes; kept in figures."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "Téléphone")
        kwargs.setdefault("required", False)
        kwargs.setdefault("max_length", 30)
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "tel"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return parse_telephone(text) or ""
        except CellRefused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class CoordonneesForm(Formulaire):
    """What an organisation writes of itself."""

    adresse = forms.CharField(label="Adresse postale", required=False, max_length=250)
    telephone = TelephoneField()
    courriel = forms.EmailField(
        label="Courriel du service",
        required=False,
        error_messages={"invalid": "Saisissez une adresse complète, comme nom@domaine.fr."},
    )
    horaires = forms.CharField(
        label="Horaires",
        required=False,
        max_length=300,
        help_text="Quand on peut venir ou appeler.",
    )

    def read(self) -> dict[str, Any]:
        return {"champs": self.cleaned_data}


class OrganismeForm(CoordonneesForm):
    """The whole sheet of an organisation, less its perimeter."""

    type = ChoixField(
        label="Type d’organisme", choices=[("", "Choisissez"), *TypeOrganisation.choices]
    )
    nom = forms.CharField(label="Nom", max_length=150)
    siret = forms.CharField(
        label="SIRET",
        required=False,
        max_length=20,
        help_text="14 chiffres. Sert au fournisseur d’identité (ProConnect).",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    field_order = ("type", "nom", "siret", "adresse", "telephone", "courriel", "horaires")

    def clean_nom(self) -> str:
        return " ".join(self.cleaned_data["nom"].split())

    def clean_siret(self) -> str:
        return "".join(self.cleaned_data["siret"].split())


class CommunesField(forms.CharField):
    """Communes by name or INSEE code, one by line or between commas."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=40_000, widget=forms.Textarea, **kwargs)
        self.noms = Noms({})

    def clean(self, value: Any) -> tuple[str, ...]:
        codes, refus = self.noms.read(super().clean(value))
        if refus:
            raise forms.ValidationError([f"« {part} » : {remede}" for part, remede in refus[:20]])
        return tuple(codes)


def write_communes(codes: Any, noms: Noms) -> str:
    """Write communes as the field reads them."""
    return "\n".join(f"{code} {noms.communes[code]}" for code in codes)


class PerimetreForm(Formulaire):
    """The communes that an organisation serves: typed, searched, or those of a secteur."""

    communes = CommunesField(
        label="Communes desservies",
        help_text="Une par ligne : nom ou code INSEE. Effacez une ligne pour la retirer. Vide :"
        " tout le département.",
    )
    commune = ChoixField(label="Ajouter une commune", required=False)
    secteur = ChoixField(
        label="Ajouter toutes celles d’un secteur",
        required=False,
        help_text="Arrondissement, intercommunalité ou découpage du département.",
    )

    def __init__(
        self, *args: Any, territoire: Territoire, organisation: Organisation, **kwargs: Any
    ) -> None:
        noms = Noms({code: nom for code, (nom, _) in territoire.communes.items()})
        held = sorted(organisation.secteur, key=lambda c: noms.communes.get(c, ""))
        super().__init__(*args, initial={"communes": write_communes(held, noms)}, **kwargs)
        self.fields["communes"].noms = noms  # type: ignore[attr-defined]
        self.fields["communes"].widget.attrs["rows"] = 10
        self.fields["commune"].choices = make_choix(  # type: ignore[attr-defined]
            "Aucune", tuple(noms.communes.items())
        )
        self.secteurs = {
            f"{d.cle}:{nom}": (f"{d.nom} : {nom}", codes)
            for d in territoire.divisions
            for nom, codes in d.list_communes().items()
        }
        self.fields["secteur"].choices = make_choix(  # type: ignore[attr-defined]
            "Aucun", tuple((cle, label) for cle, (label, _) in self.secteurs.items())
        )

    def read(self) -> dict[str, Any]:
        data = self.cleaned_data
        codes = {*data["communes"], *({data["commune"]} - {""})}
        if data["secteur"]:
            codes.update(self.secteurs[data["secteur"]][1])
        return {"champs": {"communes": tuple(sorted(codes))}}


class InterlocuteurForm(Formulaire):
    """Who answers for what, and where."""

    nom = forms.CharField(label="Nom de la personne ou du service", max_length=100)
    fonction = forms.CharField(label="Fonction", required=False, max_length=100)
    sujet = forms.CharField(
        label="Répond de",
        max_length=150,
        help_text="Par exemple : diagnostics sociaux, impayés, permanence d’audience.",
    )
    telephone = TelephoneField()
    courriel = forms.EmailField(
        label="Courriel",
        required=False,
        error_messages={"invalid": "Saisissez une adresse complète, comme nom@domaine.fr."},
    )
    communes = CommunesField(
        label="Pour quelles communes",
        help_text="Une par ligne : nom ou code INSEE. Vide : partout où l’organisme intervient.",
    )

    def __init__(
        self,
        *args: Any,
        communes: tuple[tuple[str, str], ...],
        interlocuteur: Interlocuteur | None = None,
        **kwargs: Any,
    ) -> None:
        noms = Noms(dict(communes))
        initial = {}
        if interlocuteur:
            columns = ("nom", "fonction", "sujet", "telephone", "courriel")
            initial = {c: getattr(interlocuteur, c) for c in columns}
            codes = interlocuteur.communes.order_by("code").values_list("code", flat=True)
            initial["communes"] = write_communes(codes, noms)
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["communes"].noms = noms  # type: ignore[attr-defined]
        self.fields["communes"].widget.attrs["rows"] = 4

    def read(self) -> dict[str, Any]:
        return {"saisie": InterlocuteurSaisi(**self.cleaned_data)}


class TableauForm(Formulaire):
    """A table, pasted or in a file."""

    geste = ("de lire le tableau", "enregistré")

    texte = forms.CharField(
        label="Le tableau copié",
        required=False,
        max_length=2_000_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Depuis un tableur, ligne de titres comprise.",
        strip=False,
    )
    fichier = FichierField(
        label="Ou un fichier",
        required=False,
        max_megabytes=2,
        help_text="CSV, XLSX ou ODS, 2 Mo au plus.",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("texte", "").strip() and not data.get("fichier"):
            self.add_error("texte", "Collez un tableau, ou choisissez un fichier.")
        return data
