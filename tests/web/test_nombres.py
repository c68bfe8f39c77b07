"""What an address or a form says in figures is read, or left; it never stops a page."""

from collections.abc import Callable
from datetime import date

import pytest
from django import forms
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.web.components.forms import DateField
from seuil.web.nombres import read_nombre, read_page
from tests.harness.client import StrictClient

ClientDe = Callable[[object], StrictClient]
ODD = ["", "-1", "0", "²", "٣" * 9, "1e3", "9" * 8, "9" * 5000, "1\x00", " 1"]


@pytest.mark.parametrize("text", ODD)
def test_an_odd_number_is_the_first_page(text: str) -> None:
    assert read_page(text) == 1
    assert read_nombre("12") == 12


@pytest.mark.parametrize("text", ["9" * 5000, "-3", "²"])
@pytest.mark.parametrize("name", ["a_faire", "dossiers", "mandats", "listes"])
def test_a_list_asked_for_an_odd_page_answers(
    name: str, text: str, secretaire: Agent, chef_equipe: Agent, client_de: ClientDe
) -> None:
    agent = chef_equipe if name == "mandats" else secretaire

    assert client_de(agent).get(reverse(name), {"page": text}).status_code == 200


@pytest.mark.parametrize("text", ["0001-01-01", "31/12/1899", "9999-12-31", "2101-01-01"])
def test_a_date_that_no_fact_bears_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(forms.ValidationError, match="vérifiez la date"):
        DateField().clean(text)

    assert DateField().clean("01/01/1900") == date(1900, 1, 1)
