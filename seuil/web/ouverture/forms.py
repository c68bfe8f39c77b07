"""What is known of a household when its file is opened: its name and place first."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms

from seuil.dossiers.models import Bailleur, Ouverture
from seuil.dossiers.rules import OuvertureSaisie
from seuil.web.components.forms import (
    Choix,
    ChoixField,
    DateField,
    Formulaire,
    MontantField,
    NombreField,
    SiretField,
    TelephoneField,
)

# What the reader of lists reads by words.
_PARCS = [("", "Non connu"), ("privé", "Parc privé"), ("social", "Parc social")]
_NATURES = [("", "Non connue"), *((label, label) for _, label in Bailleur.Nature.choices[:4])]
AUTRE = "autre"


class OuvertureForm(Formulaire):
    """A household, what came, and what is known of the rest."""

    plies = (
        "nom2", "prenom2", "ne_le", "courriel", "adultes", "enfants", "parc", "bailleur",
        "bailleur_nature", "bailleur_telephone", "bailleur_siret", "mandataire", "loyer",
        "complement",
    )  # fmt: skip
    genre = forms.ChoiceField(
        label="Ce qui arrive",
        choices=Ouverture.Genre.choices,
        initial=Ouverture.Genre.APPEL,
        widget=forms.RadioSelect,
    )
    nom = forms.CharField(label="Nom", max_length=100)
    prenom = forms.CharField(label="Prénom", max_length=100, required=False)
    adresse = forms.CharField(label="Adresse", max_length=200, help_text="Numéro et rue.")
    code_commune = ChoixField(label="Commune")
    telephone = TelephoneField(label="Téléphone", required=False)
    acte_le = DateField(
        label="Date du signalement, de la saisine ou du commandement", required=False,
        help_text="Rien à dire si le ménage appelle.",
    )  # fmt: skip
    recu_le = DateField(label="Reçu le", required=False)
    montant = MontantField(label="Dette annoncée (euros)", required=False)
    complement = forms.CharField(label="Complément d’adresse", max_length=150, required=False)
    courriel = forms.EmailField(label="Courriel", required=False)
    ne_le = DateField(label="Né(e) le", required=False)
    nom2 = forms.CharField(label="Nom du cotitulaire", max_length=100, required=False)
    prenom2 = forms.CharField(label="Prénom du cotitulaire", max_length=100, required=False)
    adultes = NombreField(label="Adultes", required=False, min_value=0, max_value=30)
    enfants = NombreField(label="Enfants", required=False, min_value=0, max_value=30)
    parc = forms.ChoiceField(label="Parc", choices=_PARCS, required=False)
    bailleur = forms.CharField(label="Bailleur", max_length=150, required=False)
    bailleur_nature = forms.ChoiceField(
        label="Nature du bailleur", choices=_NATURES, required=False
    )
    bailleur_telephone = TelephoneField(label="Téléphone du bailleur", required=False)
    bailleur_siret = SiretField(label="SIRET du bailleur", required=False)
    mandataire = forms.CharField(label="Agence ou mandataire", max_length=150, required=False)
    loyer = MontantField(label="Loyer mensuel hors charges (euros)", required=False)
    # Asked once files near are found.
    choix = forms.CharField(
        label="Est-ce l’un de ces ménages\N{NO-BREAK SPACE}?",
        required=False,
        widget=forms.HiddenInput,
    )
    autre_que = forms.CharField(
        label="Pourquoi c’est un autre ménage",
        max_length=200,
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, communes: Choix, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The files near, once found.
        self.proches: Sequence[UUID] = ()
        self.fields["code_commune"].choices = communes  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("genre") != Ouverture.Genre.APPEL and not data.get("acte_le"):
            self.add_error("acte_le", "Indiquez la date de ce qui arrive.")
        if data.get("choix") == AUTRE and not data.get("autre_que", "").strip():
            self.add_error("autre_que", "Dites en un mot ce qui distingue les deux ménages.")
        return data

    def ask(self, proches: Sequence[tuple[str, str]]) -> None:
        """Show the question: one of these files, or another household, and why."""
        choices = [*proches, (AUTRE, "Non, c’est un autre ménage")]
        self.fields["choix"].widget = forms.RadioSelect(choices=choices)
        # From now on it wants an answer, and its label says so.
        self.fields["choix"].required = True
        self.fields["autre_que"].widget = forms.TextInput(attrs={"class": "fr-input"})
        # Put back as it was sent: a file that is near no more is no answer.
        self.order_fields(["choix", "autre_que", *self.fields])

    def list_sections(self) -> dict[str, list[forms.BoundField]]:
        """Return the fields: the question, what is asked first, what is folded, what is hidden."""
        asked = ("choix", "autre_que")
        first = [f for f in self.fields if f not in {*self.plies, *asked}]
        return {
            "question": [self[f] for f in asked],
            "premiers": [self[f] for f in first],
            "plies": [self[f] for f in self.plies],
        }

    def read(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        choix, autre = data.pop("choix"), data.pop("autre_que")
        saisie = OuvertureSaisie(
            genre=data.pop("genre"),
            champs={c: _write(v) for c, v in data.items()},
            joindre=read_id(choix),
            autre_que=autre if choix == AUTRE else "",
        )
        return {"saisie": saisie}


def _write(value: Any) -> Any:
    """Return a value as a cell of a list holds it."""
    return (
        value if value is None or isinstance(value, str) or hasattr(value, "year") else str(value)
    )


def read_id(text: str) -> UUID | None:
    """Return the file that was chosen, None when none was."""
    try:
        return UUID(text)
    except ValueError:
        return None
