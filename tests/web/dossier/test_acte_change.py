"""Correct and withdraw an act on the screen: who may, what is asked, what is read then."""

from collections.abc import Callable
from datetime import date, time

import pytest
from django.urls import reverse

from seuil.actes.models import Acte
from seuil.acteurs.models import Agent
from seuil.dossiers.models import Dossier
from seuil.dossiers.operations.ouverture import open_instruction
from seuil.echeances.models import Situation
from seuil.kernel.clock import now
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.conftest import ON
from tests.factories.base import make_acte, make_dossier
from tests.harness.client import StrictClient, read
from tests.harness.html import Element, select, select_all

pytestmark = pytest.mark.django_db

ClientDe = Callable[[Agent], StrictClient]
AUDIENCE = date(2027, 1, 14)


@pytest.fixture
def dossier(gironde: str) -> Dossier:
    found = make_dossier()
    make_acte(dossier=found, type="commandement", survenu_le=date(2026, 8, 3), montant=900)
    make_acte(
        dossier=found, type="assignation", survenu_le=date(2026, 10, 12), audience_le=AUDIENCE,
        audience_heure=time(9),
    )  # fmt: skip
    refresh_dossiers(dossier_ids=[found.pk], on=ON)
    return found


def address(dossier: Dossier, page: str, type_: str = "assignation") -> str:
    acte = Acte.objects.en_vigueur().get(dossier=dossier, type=type_)
    return reverse(page, args=[dossier.numero, acte.pk])


def timeline(client: StrictClient, dossier: Dossier) -> Element:
    page = read(client.get(reverse("dossier_onglet", args=[dossier.numero, "chronologie"])))
    return select(page, "#onglet")


def gestes(client: StrictClient, dossier: Dossier) -> list[str]:
    return [
        e.attrs["href"]
        for e in select_all(timeline(client, dossier), "a")
        if "/actes/" in e.attrs.get("href", "")
    ]


def filled(client: StrictClient, url: str) -> dict[str, str]:
    """Return what the form holds, as a browser would send it."""
    form = select(read(client.get(url)), ".seuil-form")
    said = {}
    for field in form.walk():
        name, kind = field.attrs.get("name", ""), field.attrs.get("type", "")
        if field.tag == "input" and name and kind not in {"radio", "checkbox"}:
            said[name] = field.attrs.get("value") or ""
    said.pop("csrfmiddlewaretoken")
    return said


def test_an_hour_typed_by_mistake_is_corrected_on_the_screen(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    client = client_de(secretaire)
    assert address(dossier, "acte_corriger") in gestes(client, dossier)
    url = address(dossier, "acte_corriger")
    said = filled(client, url)
    assert (said["audience_le"], said["audience_heure"]) == ("2027-01-14", "09:00")

    changed = said | {"audience_heure": "14:00", "motif": "saisie", "precision": "lu trop vite"}
    answers = [client.post(url, changed).status_code for _ in range(2)]

    assert answers == [302, 302]
    text = timeline(client, dossier).text
    assert "14\u00a0h" in text
    (struck,) = select_all(timeline(client, dossier), "del")
    assert "9\u00a0h" in struck.text
    assert f"Corrigé le 21/11/2026 par {secretaire.author_label}\u00a0: erreur de saisie," in text
    assert "lu trop vite" in text


def test_without_its_reason_nothing_is_corrected(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    client = client_de(secretaire)
    url = address(dossier, "acte_corriger")

    response = client.post(url, filled(client, url) | {"audience_heure": "14:00"})

    assert response.status_code == 422
    assert Acte.objects.filter(dossier=dossier).count() == 2


def test_an_act_of_another_household_is_withdrawn_on_the_screen(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    client = client_de(secretaire)
    url = address(dossier, "acte_retirer")
    said = filled(client, url) | {"motif": "autre_dossier"}

    first, second = client.post(url, said), client.post(url, said)
    page = client.get(url, follow=True)

    assert (first.status_code, second.status_code) == (302, 422)
    assert "a déjà été retiré le 21/11/2026 par" in second.content.decode()
    assert "a déjà été retiré" in page.content.decode()
    assert Situation.objects.get(dossier=dossier).audience_le is None
    assert "Retiré le 21/11/2026 par" in timeline(client, dossier).text


def test_withdrawing_what_claims_a_debt_says_that_the_debt_stays(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    page = read(client_de(secretaire).get(address(dossier, "acte_retirer", "commandement")))

    assert "La dette de 900,00\u00a0€ qu’il réclame reste notée" in page.text
    assert select(select(page, ".seuil-form"), "button").text == "Retirer l’acte"


def test_another_hour_of_a_known_hearing_asks_whether_to_correct(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    client = client_de(secretaire)
    url = reverse("acte_enregistrer", args=[dossier.numero])
    said = {"type_acte": "audience", "survenu_le": "2027-02-04", "audience_heure": "09:00"}
    assert client.post(url, said).status_code == 302

    asked = client.post(url, said | {"audience_heure": "14:00"})
    page = read(asked)
    done = client.post(url, said | {"audience_heure": "14:00", "correction": "source"})

    assert asked.status_code == 422
    assert "enregistré «\u00a09\u00a0h\u00a0», saisi «\u00a014\u00a0h\u00a0»" in page.text
    assert select(page, "[name=correction]").tag == "select"
    assert done.status_code == 302
    (kept,) = Acte.objects.en_vigueur().filter(type="audience")
    assert kept.audience_heure == time(14)


def test_who_may_not_write_acts_is_offered_nothing(
    dossier: Dossier, charge_mission: Agent, juriste: Agent, client_de: ClientDe
) -> None:
    for agent in (charge_mission, juriste):
        client = client_de(agent)
        for page in ("acte_corriger", "acte_retirer"):
            assert client.get(address(dossier, page)).status_code in {403, 404}


def test_the_prefecture_that_withdraws_its_only_act_is_led_back_to_its_work(
    dossier: Dossier, gestionnaire: Agent, client_de: ClientDe
) -> None:
    make_acte(dossier=dossier, type="rfp", survenu_le=ON)
    open_instruction(dossier_ids=[dossier.pk], on=ON)
    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)
    client = client_de(gestionnaire)

    url = address(dossier, "acte_retirer", "rfp")
    response = client.post(url, filled(client, url) | {"motif": "autre_dossier"})

    assert response.headers["Location"] == reverse("a_faire")


def test_an_act_of_another_file_is_not_found(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    other = make_dossier()
    acte = make_acte(dossier=other, survenu_le=ON)

    for page in ("acte_corriger", "acte_retirer"):
        url = reverse(page, args=[dossier.numero, acte.pk])
        assert client_de(secretaire).get(url).status_code == 404


def test_the_versions_of_an_act_follow_it_the_latest_first(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    client = client_de(secretaire)
    url = address(dossier, "acte_corriger")
    # Another act of the same day stands apart from them, whenever it was recorded.
    make_acte(dossier=dossier, type="jugement", sens="rejet", survenu_le=date(2026, 10, 12))
    for hour in ("10:00", "11:00", "14:00"):
        client.post(url, filled(client, url) | {"audience_heure": hour, "motif": "saisie"})

    struck = [e.text for e in select_all(timeline(client, dossier), "del")]
    hours = [next(h for h in ("9", "10", "11", "14") if f" {h}\u00a0h" in t) for t in struck]

    assert hours == ["11", "10", "9"]
    lines = [e.text for e in select_all(timeline(client, dossier), "li") if "Assignation" in e.text]
    assert [("Corrigé" in t) for t in lines] == [False, True, True, True]


@pytest.mark.parametrize("page", ["acte_corriger", "acte_retirer"])
def test_a_head_of_a_withdrawn_act_answers_as_its_get(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe, page: str
) -> None:
    client = client_de(secretaire)
    url = address(dossier, page)
    Acte.objects.filter(dossier=dossier, type="assignation").update(
        retire_le=ON, retire_at=now(), retire_motif="saisie", retire_par="essai"
    )

    assert [client.head(url).status_code, client.get(url).status_code] == [302, 302]
