"""Forms of the pages: dictionaries checked and named in French; nothing here writes."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from html import escape
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import EmailValidator, MaxLengthValidator
from django.forms.utils import flatatt
from django.utils.choices import BaseChoiceIterator
from django.utils.functional import cached_property
from django.utils.safestring import SafeString, mark_safe

from seuil.kernel.accord import NBSP
from seuil.kernel.texte import find_invisible, name_caractere
from seuil.web.brouillons import give_back

_WIDGET_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.RadioSelect, ""),
    (forms.CheckboxSelectMultiple, ""),
    (forms.CheckboxInput, ""),
    (forms.HiddenInput, ""),
    (forms.Select, "fr-select"),
    (forms.FileInput, "fr-upload"),
    (forms.Widget, "fr-input"),
)


_COURRIEL = 254
_PERDUS: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.PasswordInput, "le mot de passe"),
    (forms.FileInput, "le fichier"),
)


class Formulaire(forms.Form):
    """Base of every form: DSFR classes, plain labels, messages that say what to type."""

    use_required_attribute = False
    # What a refused form did not do, as its title says it and as its last sentence does.
    geste = ("d’enregistrer", "enregistré")
    # True for a form that only chooses what a list shows.
    filtre = False
    # The fields that a page folds until they are wanted.
    plies: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            css = next(css for kind, css in _WIDGET_CLASSES if isinstance(field.widget, kind))
            if css:
                field.widget.attrs.setdefault("class", css)
            field.error_messages["required"] = _required_message(field)
            # An identifier is typed by nobody, and is no text once read.
            if isinstance(field, forms.CharField) and not isinstance(field, forms.UUIDField):
                field.validators.append(refuse_invisible)
            if isinstance(field, forms.EmailField):
                # As long as an address that travels (RFC 5321), and as the column that keeps it.
                field.validators.append(MaxLengthValidator(_COURRIEL))
                field.widget.attrs["maxlength"] = _COURRIEL
            if isinstance(field, forms.ChoiceField):
                field.error_messages["invalid_choice"] = "Choisissez une réponse de la liste."
        if not self.filtre:
            give_back(self)

    @property
    def rien(self) -> str:
        """Say that nothing was done, and what must be typed again: no page keeps it."""
        perdus = [
            name
            for kind, name in _PERDUS
            if any(isinstance(f.widget, kind) for f in self.fields.values())
        ]
        sauf = f", sauf {' et '.join(perdus)}" if perdus else ""
        return (
            f"Rien n’a été {self.geste[1]}{NBSP}; ce que vous avez saisi est conservé"
            f" ci-dessous{sauf}."
        )

    def read(self) -> dict[str, Any]:
        """Return what the operation takes of a valid form: by default, each field by its name."""
        return self.cleaned_data


def refuse_invisible(text: str) -> None:
    """Refuse a text that holds what nobody sees; the null character, Django refuses itself."""
    hidden = find_invisible(text)
    if hidden and hidden != "\0":
        raise forms.ValidationError(
            f"Ce texte contient un caractère invisible ({name_caractere(hidden)}) :"
            " retapez-le au lieu de le coller.",
            "invisible",
        )


class Choix(BaseChoiceIterator):
    """Choices whose options are written once: Django copies and normalises a plain list for each
    form, and a département has hundreds of communes.
    """

    def __init__(self, pairs: Iterable[tuple[Any, Any]]) -> None:
        self.pairs = tuple((str(code), str(label)) for code, label in pairs)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.pairs)

    def __len__(self) -> int:
        return len(self.pairs)

    def __deepcopy__(self, memo: dict[int, Any]) -> "Choix":
        # Never changed: every form shares it.
        return self

    @cached_property
    def options(self) -> str:
        """The options of the drop-down, none chosen."""
        return "".join(
            f'<option value="{escape(code)}">{escape(label)}</option>' for code, label in self.pairs
        )

    def write_options(self, chosen: str) -> str:
        """Return the options with the one that is chosen."""
        value = f'value="{escape(chosen)}"'
        return self.options.replace(f"{value}>", f"{value} selected>", 1)


@lru_cache(maxsize=64)
def make_choix(vide: str, pairs: tuple[tuple[str, str], ...]) -> Choix:
    """Return the choices that a database holds, after the one that asks nothing."""
    return Choix((("", vide), *pairs))


class ListeDeroulante(forms.Select):
    """A drop-down written in one go: Django renders one template per option."""

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: Any = None,  # noqa: ARG002 - Django's signature
    ) -> SafeString:
        chosen = "" if value is None else str(value)
        choices = self.choices if isinstance(self.choices, Choix) else Choix(self.choices)
        options = choices.write_options(chosen)
        shown = flatatt({"name": name, **self.attrs, **(attrs or {})})
        # Every part was escaped above; format_html on each option costs ten times more.
        return mark_safe(f"<select{shown}>{options}</select>")  # noqa: S308 - see above


class ChoixField(forms.ChoiceField):
    """One choice in a flat list, shown as a drop-down."""

    widget = ListeDeroulante

    def __init__(self, *, choices: Iterable[tuple[Any, Any]] = (), **kwargs: Any) -> None:
        super().__init__(choices=Choix(choices), **kwargs)


class DateField(forms.DateField):
    """A civil date: the browser's own picker, or typed as 07/05/2026.

    `bornee`: of a fact, which no absurd year may date; the law engine says its own limits.
    """

    def __init__(self, *, bornee: bool = True, **kwargs: Any) -> None:
        self.bornee = bornee
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        kwargs.setdefault("input_formats", ["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y", "%d-%m-%Y"])
        kwargs.setdefault(
            "error_messages",
            {"invalid": "Cette date n’existe pas. Saisissez-la sous la forme 07/05/2026."},
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> date | None:
        found = super().to_python(value)
        if found and self.bornee and not _PREMIER_JOUR <= found <= _DERNIER_JOUR:
            raise forms.ValidationError("Cette année est sûrement fausse : vérifiez la date.")
        return found


# No fact of a file is older than a person, nor later than a plan of debts.
_PREMIER_JOUR, _DERNIER_JOUR = date(1900, 1, 1), date(2100, 12, 31)


class HeureField(forms.TimeField):
    """An hour of the day: the browser's own picker, or typed as 9 h 30."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
        kwargs.setdefault(
            "error_messages", {"invalid": "Cette heure n’existe pas. Exemple : 9 h 30."}
        )
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = re.sub(r"\s*h\s*", ":", value.strip(), flags=re.IGNORECASE)
            value = f"{value}00" if value.endswith(":") else value
        return super().to_python(value)


class MontantField(forms.Field):
    """An amount in euros, typed « 1 234,56 » with or without the sign."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    default_error_messages = {
        "invalid": "Ce montant n’est pas lisible. Exemple : 1 234,56.",
        "negative": "Un montant ne peut pas être négatif.",
        "too_large": "Ce montant est trop grand : vérifiez la virgule.",
    }

    def to_python(self, value: Any) -> Decimal | None:
        text = re.sub(r"[\s€]", "", str(value or ""))
        if not text:
            return None
        # Digits alone: Python also reads « 1e-9 », « 1_000 », « infinity ».
        if not _MONTANT.fullmatch(text):
            raise forms.ValidationError(self.error_messages["invalid"], "invalid")
        amount = Decimal(text.replace(",", ".")).quantize(Decimal("0.01"))
        if amount < 0:
            raise forms.ValidationError(self.error_messages["negative"], "negative")
        if amount >= 10**8:
            raise forms.ValidationError(self.error_messages["too_large"], "too_large")
        return amount


# No amount has more digits; ten of them are refused as too large.
_MONTANT = re.compile(r"[+-]?([0-9]{1,20}([.,][0-9]{0,6})?|[.,][0-9]{1,6})")


class TelephoneField(forms.CharField):
    """A phone number, kept as its digits alone."""

    widget = forms.TextInput(attrs={"type": "tel", "autocomplete": "off"})

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 20)
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return read_telephone(text) if text else ""


class SiretField(forms.CharField):
    """The fourteen digits of a SIRET, typed with spaces or not."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: Any) -> str:
        text = re.sub(r"\s", "", super().to_python(value) or "")
        if text and not re.fullmatch(r"[0-9]{14}", text):
            raise forms.ValidationError("Un SIRET a quatorze chiffres : recopiez-le en entier.")
        return text


def read_telephone(text: str) -> str:
    """Return the digits of a phone number. Raises ValidationError on one that is not whole."""
    digits = re.sub(r"[\s.\-()]", "", text)
    if re.fullmatch(r"(\+|00)33\d{9}", digits):
        digits = "0" + digits[-9:]
    if not re.fullmatch(r"0\d{9}|\+\d{8,15}", digits):
        raise forms.ValidationError("Ce numéro n’est pas complet. Exemple : 05 56 00 00 00.")
    return digits


def clean_coordonnee(form: forms.Form, genre: str, valeur: str) -> str:
    """Return a phone number or an address as it is kept; refused, it is said at its field."""
    try:
        if genre == "telephone":
            return read_telephone(valeur)
        EmailValidator("Cette adresse n’est pas complète : nom@domaine.fr.")(valeur)
    except forms.ValidationError as error:
        form.add_error("valeur", error)
    return valeur.lower()


class NombreField(forms.IntegerField):
    """A whole number, typed in digits."""

    default_error_messages = {
        "invalid": "Écrivez ce nombre en chiffres, sans virgule.",
        "min_value": "Ce nombre est trop petit : %(limit_value)s au moins.",
        "max_value": "Ce nombre est trop grand : %(limit_value)s au plus.",
    }

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").strip()
        if text and not _ENTIER.fullmatch(text):
            raise forms.ValidationError(self.error_messages["invalid"], "invalid")
        return super().to_python(text)


_ENTIER = re.compile(r"[+-]?[0-9]{1,9}")


class FichierField(forms.FileField):
    """A file of bounded size."""

    def __init__(self, *, max_megabytes: int, **kwargs: Any) -> None:
        self.max_megabytes = max_megabytes
        kwargs.setdefault(
            "error_messages", {"empty": "Ce fichier est vide. Choisissez-en un autre."}
        )
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        file = super().clean(data, initial)
        if isinstance(file, UploadedFile) and (file.size or 0) > self.max_megabytes * 1024 * 1024:
            raise forms.ValidationError(
                f"Ce fichier dépasse {self.max_megabytes} Mo. Réduisez-le ou coupez-le en deux."
            )
        return file


def _required_message(field: forms.Field) -> str:
    if isinstance(field, forms.FileField):
        return "Choisissez un fichier."
    if isinstance(field, forms.ChoiceField):
        return "Choisissez une réponse."
    if isinstance(field, forms.DateField):
        return "Indiquez la date."
    if isinstance(field, forms.BooleanField):
        return "Cochez cette case pour continuer."
    return "Remplissez ce champ."
