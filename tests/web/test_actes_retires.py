"""Every act withdrawn is planted in a file: no page, date, task, figure nor calendar says it."""

from collections.abc import Callable
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import product

import pytest
from django.urls import reverse

from seuil.actes.models import Acte, TypeActe
from seuil.actes.queries import get_actes_connus
from seuil.actes.rules.types import SENS_PAR_TYPE
from seuil.acteurs.models import Agent
from seuil.acteurs.operations.abonnements import create_abonnement
from seuil.conservation.queries.dossiers import get_sort
from seuil.dossiers.models import Dossier
from seuil.travail.queries import list_etapes_atteintes
from seuil.usecases.refresh_dossiers import refresh_dossiers
from seuil.web.dossier.onglets import load_onglets
from tests.conftest import ON
from tests.factories.base import make_acte, make_acte_retire, make_dossier
from tests.harness.client import StrictClient, read
from tests.harness.html import select
from tests.usecases.test_refresh_dossiers import read_rows

pytestmark = pytest.mark.django_db

AUDIENCE = ON + timedelta(days=40)
# The one page that shows them.
MONTRE = "chronologie"


@pytest.fixture
def dossier(gironde: str) -> Dossier:
    found = make_dossier()
    make_acte(dossier=found, type="commandement", survenu_le=date(2026, 8, 3), montant=900)
    make_acte(
        dossier=found, type="assignation", survenu_le=date(2026, 10, 12), audience_le=AUDIENCE,
        audience_heure=time(9), juridiction="Tribunal judiciaire de Bordeaux",
    )  # fmt: skip
    refresh_dossiers(dossier_ids=[found.pk], on=ON)
    return found


def plant(dossier: Dossier) -> list[Acte]:
    """Withdraw an act of every kind and sense, on several days, the hearing's among them."""
    kinds = [(t.value, sens) for t in TypeActe for sens in ("", *SENS_PAR_TYPE.get(t, ()))]
    days = [date(2026, 8, 3), date(2026, 10, 12), ON - timedelta(days=3), AUDIENCE]
    return [
        make_acte_retire(
            dossier=dossier, type=kind, sens=sens, survenu_le=le, recu_le=le,
            audience_le=AUDIENCE if le < AUDIENCE else None, audience_heure=time(17, 45),
            juridiction="Tribunal retiré", montant=Decimal("8888.88"), reference="RETIRE-1",
            delai_jusqu_au=le + timedelta(days=60),
        )
        for (kind, sens), le in product(kinds, days)
    ]  # fmt: skip


def list_addresses(dossier: Dossier) -> list[str]:
    tabs = [t for t in load_onglets() if t != MONTRE]
    return [
        *(reverse("dossier_onglet", args=[dossier.numero, tab]) for tab in tabs),
        reverse("dossier", args=[dossier.numero]) + "?",
        reverse("et_si", args=[dossier.numero]),
        reverse("dossiers"),
        reverse("a_faire"),
        reverse("agenda_mois", args=[AUDIENCE.replace(day=1)]) + "?qui=service&quoi=tout",
        reverse("agenda_jour", args=[AUDIENCE]) + "?qui=service&quoi=tout",
    ]


def see(client: StrictClient, dossier: Dossier) -> dict[str, str]:
    return {
        address: select(read(client.get(address)), "main").text
        for address in list_addresses(dossier)
        if not address.endswith("?")
    }


def test_what_was_withdrawn_is_said_by_no_page_but_the_timeline(
    dossier: Dossier, secretaire: Agent, client_de: Callable[[Agent], StrictClient]
) -> None:
    client = client_de(secretaire)
    before = see(client, dossier)
    plant(dossier)
    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)

    assert see(client, dossier) == before
    page = read(client.get(reverse("dossier_onglet", args=[dossier.numero, MONTRE])))
    assert "Tribunal retiré" in page.text
    assert "par Camille Retrait (DDETS)" in page.text


def test_what_was_withdrawn_entails_neither_date_nor_task(dossier: Dossier) -> None:
    before = read_rows(dossier)
    plant(dossier)
    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)

    assert read_rows(dossier) == before


def test_no_calendar_tells_it(dossier: Dossier, secretaire: Agent, client: StrictClient) -> None:
    _, jeton = create_abonnement(by=secretaire, on=ON)
    address = reverse("agenda_ics", args=[jeton])
    before = client.get(address).content
    plant(dossier)
    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)

    after = client.get(address).content
    assert b"T174500" not in after
    assert after.count(b"BEGIN:VEVENT") == before.count(b"BEGIN:VEVENT") == 1


def test_neither_the_import_nor_the_stages_nor_the_retention_know_it(
    dossier: Dossier, secretaire: Agent
) -> None:
    def read_all() -> tuple[object, ...]:
        (connu,) = get_actes_connus(departement="33", cles=[dossier.cle]).values()
        etapes = list_etapes_atteintes(
            agent=secretaire, on=ON, dossier=dossier, dsf={}, operateurs={}
        )
        return connu.actes, connu.heures, etapes, get_sort(dossier=dossier)

    before = read_all()
    plant(dossier)

    assert read_all() == before
