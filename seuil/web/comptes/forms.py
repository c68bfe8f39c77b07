"""The form of an invitation."""

from collections.abc import Sequence
from typing import Any

from django import forms

from seuil.acteurs.models import Organisation, Role
from seuil.acteurs.rules import AgentSaisi
from seuil.web.components.forms import ChoixField, Formulaire


class InvitationForm(Formulaire):
    """Whom to invite, where, with which role."""

    courriel = forms.EmailField(
        label="Adresse électronique professionnelle",
        help_text="Individuelle : jamais celle d’un service. Format attendu : nom@domaine.fr",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": "Saisissez une adresse complète, comme nom@domaine.fr."},
    )
    prenom = forms.CharField(label="Prénom", max_length=80)
    nom = forms.CharField(label="Nom", max_length=80)
    organisation = ChoixField(label="Organisme")
    role = ChoixField(label="Rôle")

    def __init__(
        self, *args: Any, organisation: Organisation, roles: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = organisation
        self.fields["organisation"].choices = [  # type: ignore[attr-defined]
            (str(organisation.pk), organisation.nom)
        ]
        labels = dict(Role.choices)
        choices = [(role, str(labels[role])) for role in roles]
        vide = [] if len(choices) == 1 else [("", "Choisissez")]
        self.fields["role"].choices = [*vide, *choices]  # type: ignore[attr-defined]

    def read(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        del data["organisation"]
        return {"saisie": AgentSaisi(**data), "organisation": self.chosen}


class DomainesForm(Formulaire):
    """The domains of an organisation's addresses."""

    domaines = forms.CharField(
        label="Domaines d’adresses",
        max_length=1000,
        required=False,
        help_text="Ce qui suit @ dans les adresses de ses agents, séparés par des virgules, comme"
        " gironde.fr. Vide : personne ne peut y être invité.",
    )
