"""What every field refuses, whatever the form: numbers that are no digits, characters unseen."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from django import forms

from seuil.web.components.forms import Formulaire, MontantField, NombreField
from tests.architecture.sources import SEUIL, python_files

STRANGE = (
    "1e-999999",
    "1E5",
    "1e999",
    "1_000",
    "nan",
    "inf",
    "Infinity",
    "١٢",
    "0x1F",
    "1e",
    "--1",
)
HIDDEN = {"U+202E": "Jean\u202eegnam", "U+2066": "a\u2066b", "U+0007": "\a", "U+001B": "\x1b[2J",
          "U+0085": "a\x85b", "U+007F": "\x7f"}  # fmt: skip
PLAIN = ("Éloïse d’Àz — « 12 € »", "deux\nlignes\tet une tabulation", "a\u00a0b\u202fc", "👩‍👧")


class Essai(Formulaire):
    montant = MontantField(required=False)
    nombre = NombreField(required=False)
    mot = forms.CharField(required=False)
    texte = forms.CharField(required=False, widget=forms.Textarea)
    courriel = forms.EmailField(required=False)


@pytest.mark.parametrize("field", ["montant", "nombre"])
@pytest.mark.parametrize("text", STRANGE)
def test_a_number_is_written_in_digits(field: str, text: str) -> None:
    form = Essai({field: text})

    assert not form.is_valid()
    assert list(form.errors) == [field]


@pytest.mark.parametrize(
    ("text", "read"), [("1 234,56", "1234.56"), ("12 €", "12.00"), (",5", "0.50"), ("0", "0.00")]
)
def test_an_amount_typed_as_in_france_is_read(text: str, read: str) -> None:
    form = Essai({"montant": text})

    assert form.is_valid(), form.errors
    assert str(form.cleaned_data["montant"]) == read


@pytest.mark.parametrize("text", ["99999999999999999999", "123456789"])
def test_an_amount_too_large_is_refused(text: str) -> None:
    assert "trop grand" in str(Essai({"montant": text}).errors["montant"])


@pytest.mark.parametrize("field", ["mot", "texte", "courriel"])
@pytest.mark.parametrize("code", HIDDEN)
def test_a_text_holds_no_character_that_nobody_sees(field: str, code: str) -> None:
    form = Essai({field: f"x{HIDDEN[code]}y"})

    assert not form.is_valid()
    assert code in str(form.errors[field])
    assert "retapez-le" in str(form.errors[field])


@pytest.mark.parametrize("text", PLAIN)
def test_what_people_type_is_kept(text: str) -> None:
    form = Essai({"texte": text})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["texte"] == text


def list_forms() -> Iterator[type[forms.BaseForm]]:
    for path in python_files(under=SEUIL / "web"):
        __import__(".".join(path.relative_to(SEUIL.parent).with_suffix("").parts))
    waiting: list[type] = [forms.BaseForm]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("seuil."):
            yield kind


def why_bad_form(kind: type[forms.BaseForm]) -> list[str]:
    """Return what of a form escapes what every form refuses."""
    apart = [] if issubclass(kind, Formulaire) else [f"{kind.__name__} : pas un Formulaire"]
    numbers = forms.IntegerField | forms.DecimalField | forms.FloatField
    return apart + [
        f"{kind.__name__}.{name} : un nombre se lit par NombreField ou MontantField"
        for name, field in kind.base_fields.items()
        if isinstance(field, numbers) and not isinstance(field, NombreField)
    ]


def test_every_form_refuses_them() -> None:
    found = list(list_forms())

    assert [why for kind in found for why in why_bad_form(kind)] == []
    assert len(found) > 30


def test_a_form_apart_is_seen() -> None:
    class Libre(forms.Form):
        taux = forms.DecimalField()

    assert len(why_bad_form(Libre)) == 2


def test_an_identifier_that_a_form_hides_is_read_as_it_was_shown() -> None:
    class Cache(Formulaire):
        cle = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    form = Cache({"cle": str(shown := uuid4())})

    assert form.is_valid(), form.errors
    assert form.cleaned_data["cle"] == shown


def test_an_address_longer_than_its_column_is_refused() -> None:
    long = ".".join("b" * 60 for _ in range(4))
    form = Essai({"courriel": f"{'a' * 60}@{long}.fr"})

    assert list(form.errors) == ["courriel"]
    assert Essai({"courriel": "prenom.nom@exemple.fr"}).is_valid()
