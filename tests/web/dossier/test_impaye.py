"""The tab of the debt: aid, lease, the day of the impayé and why, the signalement."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.dossiers.models import AideLogement, Bail, Bailleur, Dette, Dossier
from seuil.echeances.models import Echeance
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.factories.base import make_acte, make_dossier
from tests.harness.client import StrictClient, read
from tests.harness.html import select
from tests.harness.htmx import assert_fragment_equals_reload

ClientDe = Callable[[object], StrictClient]


@pytest.fixture
def dossier(gironde: str) -> Dossier:
    """A lease of 550 €, no charge nor aid known, a debt of 900 € in May, a commandement."""
    found = make_dossier(nom="ALPHA", dette=None)
    Bail.objects.filter(dossier=found).update(signe_le=None, loyer=550)
    Dette.objects.create(
        dossier=found, constatee_le=date(2026, 5, 10), montant=900, source="Bailleur"
    )
    make_acte(dossier=found, type="commandement", survenu_le=date(2026, 9, 1), montant=1100)
    return found


def onglet(dossier: Dossier) -> str:
    return reverse("dossier_onglet", args=[dossier.numero, "dette"])


def add_aide(client: StrictClient, dossier: Dossier, **changes: str) -> object:
    typed = {
        "constatee_le": "2026-06-01", "montant": "210", "tiers_payant": "oui", "source": "CAF",
    }  # fmt: skip
    return client.post(reverse("aide_ajouter", args=[dossier.numero]), typed | changes, follow=True)


def complete_bail(client: StrictClient, dossier: Dossier, **changes: str) -> object:
    bail = Bail.objects.get(dossier=dossier)
    typed = {"loyer": "550,00", "charges": "40,00", "empreinte": bail.empreinte}
    return client.post(
        reverse("bail_completer", args=[dossier.numero]), typed | changes, follow=True
    )


def test_what_is_missing_leads_to_the_form_that_fills_it(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    page = client_de(secretaire).get(onglet(dossier)).content.decode()

    assert "Réponse à vérifier" in page
    for name in ("aide_ajouter", "bail_completer", "dette_ajouter"):
        assert f'<li><a href="{reverse(name, args=[dossier.numero])}">' in page


def test_the_aid_and_the_charges_make_the_answer_sure_and_explained(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    client = client_de(secretaire)

    added = add_aide(client, dossier).content.decode()
    page = complete_bail(client, dossier).content.decode()

    assert "210,00\xa0€ par mois, versée au bailleur" in added
    assert "Impayé constitué au plus tard le 10 mai 2026." in page
    assert (
        "2 × (550,00\xa0€ de loyer + 40,00\xa0€ de charges − 210,00\xa0€ d’aide versée au"
        " bailleur) = 760,00\xa0€" in page
    )
    assert "article R824-1" in page
    assert "vendredi 10 juillet 2026" in page
    assert "Pourquoi" in page


def test_the_tab_says_whether_the_commandement_was_to_be_signalled(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    Bailleur.objects.update(nature="physique")

    page = client_de(secretaire).get(onglet(dossier)).content.decode()

    assert "Commandement du 1er septembre 2026\xa0: seuil de signalement atteint." in page
    assert "2 × 550,00\xa0€ de loyer hors charges = 1\u202f100,00\xa0€" in page


def test_a_household_without_aid_has_no_impaye_for_the_caf(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    page = add_aide(client_de(secretaire), dossier, montant="0", tiers_payant="").content.decode()

    assert "Aucune aide" in page
    assert "Sans objet\xa0: le ménage ne perçoit pas d’aide au logement." in page


def test_an_aid_says_to_whom_it_is_paid_and_is_not_told_twice(
    dossier: Dossier, secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    client = client_de(secretaire)

    nobody = add_aide(client, dossier, tiers_payant="")
    future = add_aide(client, dossier, constatee_le=(on + timedelta(days=1)).isoformat())
    add_aide(client, dossier)
    twice = add_aide(client, dossier, montant="300")

    assert nobody.status_code == future.status_code == twice.status_code == 422
    assert "Dites à qui l’aide est versée" in nobody.content.decode()
    assert "Cette date est à venir" in future.content.decode()
    assert "déjà enregistré" in twice.content.decode()
    aide = AideLogement.objects.get(dossier=dossier)
    assert (aide.montant, aide.tiers_payant) == (Decimal("210.00"), True)


def test_the_date_of_the_lease_moves_the_deadline_at_once(
    dossier: Dossier, secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    refresh_dossiers(dossier_ids=[dossier.pk], on=on)
    before = Echeance.objects.get(dossier=dossier, regle="A1").le

    complete_bail(client_de(secretaire), dossier, signe_le="2024-02-01")

    after = Echeance.objects.get(dossier=dossier, regle="A1").le
    assert before == date(2026, 11, 1)
    assert after == date(2026, 10, 13)


def test_the_journal_names_the_fields_of_the_lease_and_no_value(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    client = client_de(secretaire)

    complete_bail(client, dossier, terme="echu", loyer="612,34", charges="")
    complete_bail(client, dossier, terme="", loyer="612,34", charges="")
    complete_bail(client, dossier, terme="", loyer="612,34", charges="")

    events = Event.objects.filter(kind="bail.modifie").order_by("created_at")
    assert [event.details for event in events] == [
        {"remplis": ["terme"], "corriges": ["loyer"]},
        {"effaces": ["terme"]},
    ]
    assert events[0].by_label == secretaire.author_label


def test_the_form_of_the_lease_shows_what_is_known(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    Bail.objects.filter(dossier=dossier).update(signe_le=date(2024, 2, 1), terme="avance")

    page = client_de(secretaire).get(reverse("bail_completer", args=[dossier.numero]))

    html = page.content.decode()
    assert 'value="2024-02-01"' in html
    assert 'value="550,00"' in html
    assert '<option value="avance" selected>' in html


def test_a_lease_corrected_meanwhile_is_not_written_over(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    seen = Bail.objects.get(dossier=dossier).empreinte
    client = client_de(secretaire)
    complete_bail(client, dossier, loyer="600,00")

    late = complete_bail(client, dossier, loyer="700,00", empreinte=seen)

    assert late.status_code == 422
    assert "Le bail a été modifié depuis" in late.content.decode()
    assert Bail.objects.get(dossier=dossier).loyer == Decimal("600.00")


def test_a_lease_that_makes_no_sense_is_refused(
    dossier: Dossier, secretaire: Agent, on: date, client_de: ClientDe
) -> None:
    client = client_de(secretaire)

    future = complete_bail(client, dossier, signe_le=(on + timedelta(days=1)).isoformat())
    backward = complete_bail(client, dossier, signe_le="2024-02-01", reconduit_le="2023-02-01")

    assert "Cette date est à venir" in future.content.decode()
    assert "avant d’avoir été signé" in backward.content.decode()
    assert Bail.objects.get(dossier=dossier).signe_le is None


def test_a_dossier_without_lease_gets_one(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    Bail.objects.filter(dossier=dossier).delete()
    client = client_de(secretaire)

    assert "Bail non connu" in client.get(onglet(dossier)).content.decode()
    client.post(reverse("bail_completer", args=[dossier.numero]), {"loyer": "480"})

    assert Bail.objects.get(dossier=dossier).loyer == Decimal("480.00")


@pytest.mark.parametrize("page", ["aide_ajouter", "bail_completer"])
@pytest.mark.parametrize("role", ["partenaire", "charge_mission", "gestionnaire", "administrateur"])
def test_who_may_not_complete_a_dossier_finds_no_form(
    page: str,
    role: str,
    dossier: Dossier,
    request: pytest.FixtureRequest,
    client_de: ClientDe,
) -> None:
    client = client_de(request.getfixturevalue(role))
    address = reverse(page, args=[dossier.numero])

    assert client.get(address).status_code == 404
    assert client.post(address, {"loyer": "1"}).status_code == 404
    assert Bail.objects.get(dossier=dossier).loyer == Decimal("550.00")


def test_the_fragment_equals_a_reload_with_every_block(
    dossier: Dossier, secretaire: Agent, client_de: ClientDe
) -> None:
    client = client_de(secretaire)
    add_aide(client, dossier)

    assert_fragment_equals_reload(client, onglet(dossier), onglet(dossier), "#onglet")
    assert "Aide au logement" in select(read(client.get(onglet(dossier))), "#onglet").text
