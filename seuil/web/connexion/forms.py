"""Forms of sign-in: what is typed to prove who one is."""

from django import forms
from django.contrib.auth.password_validation import validate_password

from seuil.acteurs.models import Agent
from seuil.web.components.forms import Formulaire

REFUS = (
    "Adresse électronique ou mot de passe incorrect. Vérifiez la saisie, ou demandez à"
    " l’administrateur de votre département un nouveau mot de passe."
)
# Long passphrases are welcome; what no one types is refused before the hasher works on it.
_LONGUEUR_MAX = 256


def _mot_de_passe(label: str, usage: str, **options: object) -> forms.CharField:
    return forms.CharField(
        label=label,
        strip=False,
        max_length=_LONGUEUR_MAX,
        widget=forms.PasswordInput(attrs={"autocomplete": usage}),
        error_messages={"max_length": f"Au plus {_LONGUEUR_MAX} caractères."},
        **options,  # type: ignore[arg-type]
    )


class ConnexionForm(Formulaire):
    """Address and password; the refusal never tells which of the two is wrong."""

    geste = ("de vous connecter", "ouvert")

    username = forms.EmailField(
        label="Adresse électronique",
        help_text="Format attendu : nom@domaine.fr",
        widget=forms.EmailInput(attrs={"autocomplete": "username webauthn", "autofocus": True}),
        error_messages={"invalid": "Saisissez une adresse complète, comme nom@domaine.fr."},
    )
    password = _mot_de_passe("Mot de passe", "current-password")


class CodeForm(Formulaire):
    """The six digits of the application."""

    geste = ("de vous connecter", "ouvert")

    code = forms.CharField(
        label="Code à six chiffres",
        max_length=12,
        help_text="Celui que votre application affiche maintenant, par exemple 123 456.",
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}
        ),
    )


class SecoursForm(Formulaire):
    """A code of the paper."""

    geste = ("de vous connecter", "ouvert")

    secours = forms.CharField(
        label="Code de secours",
        max_length=30,
        help_text="L’un des codes notés le premier jour, comme ABCD-EFGH-JKLM. Il ne sert qu’une"
        " fois.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class NouveauMotDePasseForm(Formulaire):
    """A new password, held to the rules for the person it is for."""

    nouveau = _mot_de_passe(
        "Nouveau mot de passe",
        "new-password",
        help_text="12 caractères au moins. Quatre ou cinq mots sans rapport entre eux conviennent."
        " Vous pouvez coller celui d’un gestionnaire de mots de passe.",
    )
    encore = _mot_de_passe("Le même, une seconde fois", "new-password")

    def __init__(self, *args: object, agent: Agent, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.agent = agent

    def clean_nouveau(self) -> str:
        value: str = self.cleaned_data["nouveau"]
        validate_password(value, self.agent)
        return value

    def clean(self) -> dict[str, object]:
        found = super().clean() or {}
        if found.get("nouveau") and found.get("encore") and found["nouveau"] != found["encore"]:
            self.add_error("encore", "Les deux saisies diffèrent. Recommencez la seconde.")
        return found


class CleForm(Formulaire):
    """The name of a passkey, and what the browser answered."""

    nom = forms.CharField(
        label="Nom de la clé",
        max_length=60,
        help_text="Pour la reconnaître : « Téléphone de service », « Clé bleue ».",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reponse = forms.CharField(widget=forms.HiddenInput(), required=False, max_length=20_000)
