"""The dossiers entrusted, accepted and assigned from Aujourd’hui: shown, recorded, taken back."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from seuil.accompagnements.models import Mandat
from seuil.acteurs.models import Agent, Organisation
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.factories.accompagnements import make_mandat
from tests.factories.base import make_acte, make_agent, make_dossier
from tests.harness.client import StrictClient, read
from tests.harness.html import select, select_all

ClientDe = Callable[[object], StrictClient]


@pytest.fixture
def chef(operateur: Organisation) -> Agent:
    return make_agent(role="chef_equipe", organisation=operateur)


@pytest.fixture
def equipe(operateur: Organisation) -> list[Agent]:
    return [
        make_agent(role="travailleur_social", organisation=operateur, nom=nom)
        for nom in ("ALPHA", "BETA")
    ]


@pytest.fixture
def mandats(operateur: Organisation, on: date) -> list[Mandat]:
    made = []
    for i in range(4):
        dossier = make_dossier(nom=f"DEMO{i}")
        make_acte(dossier=dossier, survenu_le=on - timedelta(days=30))
        made.append(make_mandat(operateur=operateur, dossier=dossier, transmis_le=on))
    refresh_dossiers(dossier_ids=[m.dossier_id for m in made], on=on)
    return made


def preview(client: StrictClient, mandats: list[Mandat], **more: str) -> dict[str, Any]:
    """Check these households, and return what the preview would send."""
    numeros = [m.dossier.numero for m in mandats]
    page = read(client.post(reverse("aujourdhui_mandats"), {"dossier": numeros, **more}))
    chosen = [
        o.attrs["value"]
        for s in select_all(page, "[name=referent]")
        for o in s.walk()
        if "selected" in o.attrs
    ]
    return {
        "mandat": [e.attrs["value"] for e in select_all(page, "[name=mandat]")],
        "referent": chosen,
    }


def test_the_preview_shares_by_load_and_writes_nothing(
    chef: Agent, equipe: list[Agent], mandats: list[Mandat], client_de: ClientDe, on: date
) -> None:
    make_mandat(
        operateur=chef.organisation, transmis_le=on, repondu_le=on, referent_social=equipe[0]
    )
    client = client_de(chef)

    first, second = preview(client, mandats), preview(client, mandats)

    assert first == second
    counts = [first["referent"].count(str(a.pk)) for a in equipe]
    assert counts in ([1, 3], [2, 2])
    assert Mandat.objects.filter(reponse="").count() == len(mandats)
    asked = preview(client, mandats, a_qui=str(equipe[0].pk))
    assert set(asked["referent"]) == {str(equipe[0].pk)}


def read_lot(client: StrictClient) -> str:
    [kept] = client.session["aujourdhui_annulations"]
    lot: str = kept["lot"]
    return lot


def test_sent_twice_each_is_assigned_once_and_all_are_taken_back(
    chef: Agent, equipe: list[Agent], mandats: list[Mandat], client_de: ClientDe
) -> None:
    client = client_de(chef)
    sent = preview(client, mandats)

    client.post(reverse("aujourdhui_affecter"), sent)
    once = list(Mandat.objects.order_by("pk").values())
    client.post(reverse("aujourdhui_affecter"), sent)

    assert list(Mandat.objects.order_by("pk").values()) == once
    assert all(m["affecte_le"] for m in once)
    # The second sending has not taken the place of what may be undone.
    assert "annuler" in {e.attrs.get("id") for e in read(client.get(reverse("a_faire"))).walk()}
    client.post(reverse("aujourdhui_annuler"), {"lot": read_lot(client)})
    assert Mandat.objects.filter(reponse="", affecte_le=None).count() == len(mandats)


def test_after_ten_minutes_nothing_is_taken_back(
    chef: Agent, equipe: list[Agent], mandats: list[Mandat], client_de: ClientDe
) -> None:
    client = client_de(chef)
    client.post(reverse("aujourdhui_affecter"), preview(client, mandats))
    session = client.session
    [kept] = session["aujourdhui_annulations"]
    session["aujourdhui_annulations"] = [{**kept, "at": "2026-01-01T00:00:00+00:00"}]
    session.save()

    client.post(reverse("aujourdhui_annuler"), {"lot": read_lot(client)})

    assert not Mandat.objects.filter(reponse="").exists()


def test_what_waits_for_nothing_is_told(
    chef: Agent, equipe: list[Agent], mandats: list[Mandat], client_de: ClientDe
) -> None:
    client = client_de(chef)
    answer = client.post(reverse("aujourdhui_mandats"), follow=True)
    assert "cochez ceux qui en attendent une" in select(read(answer), "main").text


def test_without_a_team_the_remedy_is_said(
    chef: Agent, mandats: list[Mandat], client_de: ClientDe
) -> None:
    data = {"dossier": mandats[0].dossier.numero}
    answer = client_de(chef).post(reverse("aujourdhui_mandats"), data, follow=True)
    assert "demandez un compte à l’administrateur" in select(read(answer), "main").text


@pytest.mark.parametrize("page", ["aujourdhui_mandats", "aujourdhui_affecter"])
def test_another_role_finds_nothing(page: str, equipe: list[Agent], client_de: ClientDe) -> None:
    assert client_de(equipe[0]).post(reverse(page)).status_code == 404


def test_the_load_of_each_is_for_who_assigns(
    chef: Agent, equipe: list[Agent], mandats: list[Mandat], client_de: ClientDe
) -> None:
    mine = read(client_de(chef).get(reverse("a_faire")))
    assert len(select_all(mine, "meter")) == len(equipe)
    theirs = read(client_de(equipe[0]).get(reverse("a_faire")))
    assert select_all(theirs, "meter") == []
