"""Forms filled in on the doorstep: what is asked first fits under a thumb."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from seuil.acteurs.models import Agent
from seuil.contacts.models import Contact
from seuil.contacts.rules import ContactSaisi
from seuil.diagnostics.models import Dsf
from seuil.diagnostics.rules import FinDsfSaisie
from seuil.kernel.models import new_id
from seuil.visites.rules import VisiteSaisie
from seuil.web.components.forms import DateField, Formulaire, HeureField, NombreField

_UTILE = "Ne notez ici que ce qui sert à reprendre contact."
_LIEUX = [(c.value, c.label) for c in (Contact.Canal.DOMICILE, Contact.Canal.LIEU_NEUTRE)]
_FINS = [(fin.value, fin.label) for fin in Dsf.Fin if fin.value]


def _identifiant() -> forms.UUIDField:
    """Return the hidden field by which two sendings of one form are one contact."""
    return forms.UUIDField(
        label="Ce formulaire",
        required=False,
        widget=forms.HiddenInput,
        initial=new_id,
        error_messages={"invalid": "il s’est abîmé en route. Rouvrez-le, puis recommencez."},
    )


# What is said in one tap: how, and what came of it.
RAPIDES = (
    ("domicile absent", "Passage, personne"),
    ("telephone absent", "Appel sans réponse"),
    ("telephone echange", "Appel, échange"),
)


def _read_rapide(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what was typed, what one tap says in its place; the form checks it as typed."""
    canal, _, resultat = data.get("rapide", "").partition(" ")
    return {**dict(data.items()), "canal": canal, "resultat": resultat} if canal else data


class ContactForm(Formulaire):
    """An attempt or an exchange: with whom, how, what came of it; the rest is folded."""

    plies = ("survenu_le", "heure", "lieu", "prochain_le", "note")

    contact_id = _identifiant()
    avec = forms.ChoiceField(
        label="Avec qui ?",
        widget=forms.RadioSelect,
        choices=Contact.Avec.choices,
        initial=Contact.Avec.MENAGE,
    )
    canal = forms.ChoiceField(
        label="Comment ?", widget=forms.RadioSelect, choices=Contact.Canal.choices
    )
    resultat = forms.ChoiceField(
        label="Résultat", widget=forms.RadioSelect, choices=Contact.Resultat.choices
    )
    survenu_le = DateField(label="Date")
    heure = HeureField(
        label="Heure", required=False, help_text="Montre le travail en horaires décalés."
    )
    lieu = forms.CharField(label="Lieu", max_length=150, required=False)
    prochain_le = DateField(label="Prochain contact le", required=False)
    note = forms.CharField(
        label="Précision",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
        required=False,
        help_text=_UTILE,
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(_read_rapide(data) if data else None, **kwargs)

    def read(self) -> dict[str, Any]:
        return {"saisie": ContactSaisi(**self.cleaned_data)}


class VisiteForm(Formulaire):
    """A visit: its result, its hour, its place; the rest is folded."""

    plies = (
        "survenu_le", "canal", "binome", "duree_minutes", "presents", "compte_rendu",
        "prochain_le",
    )  # fmt: skip

    contact_id = _identifiant()
    resultat = forms.ChoiceField(
        label="Résultat",
        widget=forms.RadioSelect,
        choices=[
            (r.value, r.label)
            for r in Contact.Resultat
            if r not in {Contact.Resultat.ENVOYE, Contact.Resultat.MESSAGE}
        ],
    )
    heure = HeureField(label="Heure d’arrivée")
    lieu = forms.CharField(label="Lieu", max_length=150)
    survenu_le = DateField(label="Date")
    canal = forms.ChoiceField(
        label="Où ?",
        widget=forms.RadioSelect,
        choices=_LIEUX,
        initial=Contact.Canal.DOMICILE,
    )
    binome = forms.ChoiceField(label="En binôme avec", required=False)
    duree_minutes = NombreField(
        label="Durée en minutes", min_value=1, max_value=480, required=False
    )
    presents = forms.CharField(
        label="Personnes présentes",
        max_length=150,
        required=False,
        help_text="Par leur place dans le ménage : « la locataire et son fils ».",
    )
    compte_rendu = forms.CharField(
        label="Compte rendu",
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=4000,
        required=False,
        help_text="Les faits utiles au maintien ou au relogement ; rien sur la santé ni la vie "
        "privée.",
    )
    prochain_le = DateField(label="Prochain contact le", required=False)

    def __init__(self, *args: Any, binomes: Iterable[Agent], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.binomes = {str(a.pk): a for a in binomes}
        binome = self.fields["binome"]
        assert isinstance(binome, forms.ChoiceField)
        binome.choices = [
            ("", "Seul ou seule"),
            *((pk, str(a)) for pk, a in self.binomes.items()),
        ]

    def read(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        binome = self.binomes.get(data.pop("binome"))
        visite = VisiteSaisie(
            duree_minutes=data.pop("duree_minutes"),
            presents=data.pop("presents"),
            compte_rendu=data.pop("compte_rendu"),
        )
        contact = ContactSaisi(avec=Contact.Avec.MENAGE, **data)
        return {"contact": contact, "visite": visite, "binome": binome}


class DsfDemandeForm(Formulaire):
    """A DSF asked of a body."""

    organisme = forms.CharField(
        label="Organisme chargé du diagnostic",
        max_length=150,
        widget=forms.TextInput(attrs={"list": "organismes", "autocomplete": "off"}),
    )
    demande_le = DateField(label="Demandé le")


class DsfFinForm(Formulaire):
    """How and when the DSF ended, and to whom it went."""

    plies = ("transmis_juge_le", "transmis_ccapex_le")

    fin = forms.ChoiceField(
        label="Comment s’est-il terminé ?", widget=forms.RadioSelect, choices=_FINS
    )
    termine_le = DateField(label="Terminé le")
    transmis_juge_le = DateField(label="Transmis au juge le", required=False)
    transmis_ccapex_le = DateField(label="Transmis à la CCAPEX le", required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for name in self.plies:
            if _before(data.get(name), data.get("termine_le")):
                self.add_error(
                    name, ValidationError("La transmission ne peut pas précéder la fin.")
                )
        return data

    def read(self) -> dict[str, Any]:
        return {"saisie": FinDsfSaisie(**self.cleaned_data)}


def _before(first: date | None, second: date | None) -> bool:
    return bool(first and second and first < second)
