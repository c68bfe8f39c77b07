"""The sign-in form."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError

from seuil.web.components.forms import Formulaire
from seuil.web.journal import note_refusal


class ConnexionForm(Formulaire, AuthenticationForm):
    """Address and password; the refusal never tells which of the two is wrong."""

    error_messages = {
        "invalid_login": "Adresse électronique ou mot de passe incorrect. Vérifiez la saisie, "
        "ou demandez à l’administrateur de votre département un nouveau mot de passe.",
        "inactive": "Ce compte n’est plus habilité. Adressez-vous à l’administrateur.",
    }
    username = forms.EmailField(
        label="Adresse électronique",
        help_text="Format attendu : nom@domaine.fr",
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
        error_messages={"invalid": "Saisissez une adresse complète, comme nom@domaine.fr."},
    )
    password = forms.CharField(
        label="Mot de passe",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except ValidationError:
            assert self.request is not None
            note_refusal(self.request, "refus.connexion", secret=self.cleaned_data["username"])
            raise
