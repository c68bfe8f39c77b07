"""A tab is a file: what it shows, to whom, and what it adds to the timeline."""

import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from seuil.acteurs.matrice import load_matrice
from seuil.acteurs.models import Agent
from seuil.dossiers.models import Coordonnee, Dossier
from seuil.web.dossier import onglets
from seuil.web.dossier.onglet import Onglet
from seuil.web.dossier.onglets import list_fils, load_onglets
from tests.factories.base import make_acces, make_dossier
from tests.harness.client import StrictClient, read
from tests.harness.html import select
from tests.harness.htmx import assert_fragment_equals_reload

ClientDe = Callable[[object], StrictClient]
every_tab = pytest.mark.parametrize("code", load_onglets())

ESSAI = '''
"""The phone numbers, for a test."""

from datetime import date

from seuil.dossiers.models import Coordonnee
from seuil.web.dossier.onglet import Evenement, Fil, Onglet


def _list(*, agent, on, dossier):
    return list(Coordonnee.objects.filter(dossier=dossier).order_by("pk"))


def _write(found):
    for c in found:
        yield Evenement(c.valide_du, "Numéro noté", c.valeur, "Essai")


ONGLET = Onglet(
    libelle="Téléphones",
    rang=45,
    template="essai/telephones.html",
    read=lambda lecture: {"numeros": _list(**lecture.key)},
    categories=("echanges",),
    fils=(Fil("telephone", "Téléphones notés", 45, "echanges", Coordonnee, _list, _write),),
)
'''


@pytest.fixture
def dossier(gironde: str) -> Dossier:
    return make_dossier(nom="ALPHA", dette=2400)


@pytest.fixture
def essai(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> Iterator[dict[str, Onglet]]:
    """A tab more, in a file of its own: nothing else is told of it."""
    (tmp_path / "essai.py").write_text(ESSAI, encoding="utf-8")
    monkeypatch.setattr(onglets, "__path__", [*onglets.__path__, str(tmp_path)])
    templates = deepcopy(settings.TEMPLATES)
    shown = {"essai/telephones.html": "{% for n in numeros %}<p>{{ n.valeur }}</p>{% endfor %}"}
    templates[0]["OPTIONS"]["loaders"] += [("django.template.loaders.locmem.Loader", shown)]
    settings.TEMPLATES = templates
    _forget()
    yield load_onglets()
    sys.modules.pop("seuil.web.dossier.onglets.essai", None)
    _forget()


def _forget() -> None:
    load_onglets.cache_clear()
    list_fils.cache_clear()


def add_telephone(dossier: Dossier) -> None:
    Coordonnee.objects.create(
        dossier=dossier, type="telephone", valeur="0555000001", valide_du="2026-10-01",
        source="Essai",
    )  # fmt: skip


def test_each_file_of_the_folder_is_one_tab() -> None:
    folder = Path(onglets.__file__).parent
    files = {p.stem for p in folder.glob("*.py")} - {"__init__"}
    tabs = load_onglets()

    assert set(tabs) == files
    assert all(isinstance(onglet, Onglet) for onglet in tabs.values())
    assert len({onglet.rang for onglet in tabs.values()}) == len(tabs)
    assert len({onglet.libelle for onglet in tabs.values()}) == len(tabs)


def test_each_kind_of_the_timeline_has_its_place() -> None:
    fils = list_fils()

    assert len({fil.genre for fil in fils}) == len(fils)
    assert len({fil.rang for fil in fils}) == len(fils)
    assert {fil.categorie for fil in fils} <= set(load_matrice().categories)


@every_tab
def test_each_tab_is_open_to_some_role(code: str) -> None:
    categories = load_onglets()[code].categories
    readers = [
        profil.code
        for profil in load_matrice().profils.values()
        if "dossier.lire" in profil.verbes
        and (not categories or any(r.allows(c, "lire") for r in profil.regles for c in categories))
    ]

    assert set(categories) <= set(load_matrice().categories)
    assert readers


@every_tab
def test_the_fragment_of_each_tab_equals_a_reload(
    code: str, dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    # The route "dossier" shows the same fragment as "dossier_onglet".
    address = reverse("dossier_onglet", args=[dossier.numero, code])

    assert_fragment_equals_reload(client_de(secretaire), address, address, "#onglet")


def test_a_new_file_is_a_tab_and_fills_the_timeline(
    essai: dict[str, Onglet], dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    add_telephone(dossier)
    client = client_de(secretaire)

    timeline = client.get(reverse("dossier", args=[dossier.numero]), {"genre": "telephone"})
    tab = client.get(reverse("dossier_onglet", args=[dossier.numero, "essai"]))

    codes = list(essai)
    assert codes.index("menage") < codes.index("essai") < codes.index("dette")
    assert "Téléphones notés" in select(read(timeline), ".seuil-filtres").text
    assert "Numéro noté 0555000001" in select(read(timeline), ".seuil-fil").text
    assert "0555000001" in select(read(tab), "#onglet").text
    assert "Téléphones" in select(read(tab), ".seuil-onglets").text


def test_a_tab_that_the_reader_may_not_read_is_neither_shown_nor_told(
    essai: dict[str, Onglet], dossier: Dossier, gestionnaire: Agent, on: date, client_de: ClientDe
) -> None:
    make_acces(dossier=dossier, relation="instruction", role="gestionnaire", debut_le=on)
    add_telephone(dossier)
    client = client_de(gestionnaire)

    page = client.get(reverse("dossier", args=[dossier.numero]))
    tab = client.get(reverse("dossier_onglet", args=[dossier.numero, "essai"]))

    assert page.status_code == 200
    assert "Téléphones" not in select(read(page), "main").text
    assert "Numéro noté" not in select(read(page), "main").text
    assert tab.status_code == 404
