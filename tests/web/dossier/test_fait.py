"""The pen beside each value: a short form, the former value kept and shown."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.http import HttpResponse
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.dossiers.models import (
    AideLogement,
    Bailleur,
    Composition,
    Coordonnee,
    Correction,
    Dossier,
    Garant,
    LigneDecompte,
    MesureProtection,
    MotifProcedure,
    Ressources,
)
from seuil.dossiers.models.groupes import GROUPES
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.factories.base import make_acces, make_acte, make_agent, make_dossier, make_organisation
from tests.harness.client import StrictClient
from tests.harness.html import parse_html, select_all
from tests.web.test_deux_envois import read_etat

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)
DAY = timedelta(days=1)
ClientDe = Callable[[object], StrictClient]


@pytest.fixture
def dossier(gironde: str) -> Dossier:
    found = make_dossier(nom="ROSSIGNOL", bailleur="SCI du Moulin")
    key = {"dossier": found, "source": "Essai"}
    make_acte(dossier=found, type="commandement", survenu_le=date(2026, 9, 1))
    Composition.objects.create(**key, adultes=2, enfants=1, constatee_le=ON)
    Coordonnee.objects.create(**key, type="telephone", valeur="0639981531", valide_du=ON - 9 * DAY)
    AideLogement.objects.create(**key, constatee_le=ON, montant=200, tiers_payant=True)
    Ressources.objects.create(**key, constatee_le=ON, montant=900, emploi="salarie")
    Garant.objects.create(**key, nature="visale")
    MesureProtection.objects.create(**key, nature="curatelle", debut_le=ON)
    MotifProcedure.objects.create(**key, nature="impaye", connu_le=ON)
    dette = found.dettes.get()
    LigneDecompte.objects.create(dossier=found, dette=dette, mois_le=date(2026, 9, 1), du=650)
    refresh_dossiers(dossier_ids=[found.pk], on=ON)
    return found


@pytest.fixture
def client(client_de: ClientDe, secretaire: Agent) -> StrictClient:
    return client_de(secretaire)


def read(response: HttpResponse) -> str:
    return response.content.decode()


def list_pens(page: HttpResponse) -> list[str]:
    return [a.attrs["href"] for a in select_all(parse_html(read(page)), ".seuil-crayon")]


def pens(client: StrictClient, dossier: Dossier, onglet: str) -> list[str]:
    page = client.get(reverse("dossier_onglet", args=[dossier.numero, onglet]))
    return list_pens(page)


def fill_again(client: StrictClient, address: str) -> dict[str, str]:
    """Return what the form of an address shows, as a browser sends it back."""
    form = client.get(address).context["form"]
    sent = {}
    for field in form:
        value = field.value()
        if value not in {None, False}:
            sent[field.name] = "on" if value is True else str(value)
    return sent


def test_each_value_has_its_pen_and_the_form_sent_back_as_it_is_changes_nothing(
    client: StrictClient, dossier: Dossier
) -> None:
    found = [p for tab in ("menage", "dette", "echeances") for p in pens(client, dossier, tab)]
    account = reverse("decompte", args=[dossier.numero, dossier.dettes.get().pk])
    found += list_pens(client.get(account))

    # What protects a person is written by those who carry it.
    assert {p.split("/")[4] for p in found} == set(GROUPES) - {"protection"}
    for address in found:
        answer = client.post(address, fill_again(client, address))
        assert answer.status_code == 302, (address, read(answer)[:2000])
    assert not Correction.objects.exists()


def test_the_phone_of_the_landlord_is_corrected_in_four_gestures(
    client: StrictClient, dossier: Dossier
) -> None:
    # The tab, the pen, the number, « Enregistrer ».
    (pen,) = [p for p in pens(client, dossier, "dette") if "/bailleur/" in p]
    sent = fill_again(client, pen) | {"telephone": "05 56 01 02 03"}

    page = client.post(pen, sent, follow=True)

    assert Bailleur.objects.get().telephone == "0556010203"
    text = read(page)
    assert "05\N{NO-BREAK SPACE}56\N{NO-BREAK SPACE}01" in text
    assert "Historique" in text
    assert "non connu" in text
    line = read(client.get(reverse("dossier", args=[dossier.numero])))
    assert "Bailleur et agence, téléphone" in line


def test_a_wrong_number_is_struck_out_with_why(client: StrictClient, dossier: Dossier) -> None:
    (pen,) = [p for p in pens(client, dossier, "menage") if "/coordonnee/" in p]

    page = read(
        client.post(
            pen, fill_again(client, pen) | {"valide_au": "2026-11-21", "fin": "faux"}, follow=True
        )
    )

    assert "<del>06\N{NO-BREAK SPACE}39" in page
    assert "faux numéro ou fausse adresse" in page
    assert 'href="tel:0639981531"' not in page


def test_a_value_that_cannot_be_is_said_at_its_field(
    client: StrictClient, dossier: Dossier
) -> None:
    (pen,) = [p for p in pens(client, dossier, "dette") if "/bailleur/" in p]
    for field, value, said in (
        ("telephone", "12", "Ce numéro n’est pas complet"),
        ("siret", "123", "quatorze chiffres"),
        ("nom", "", "Remplissez ce champ"),
    ):
        answer = client.post(pen, fill_again(client, pen) | {field: value})
        assert answer.status_code == 422
        assert said in read(answer)
    assert not Correction.objects.exists()


def test_what_may_be_added_is_added_and_seen(client: StrictClient, dossier: Dossier) -> None:
    sent = {
        "personne": {"qualite": "enfant", "nom": "ROSSIGNOL", "prenom": "Zoé"},
        "composition": {"adultes": "1", "enfants": "3", "constatee_le": "2026-11-20",
                        "source": "le ménage"},
        "garant": {"nature": "personne", "nom": "MARTIN Paule", "source": "le bail"},
        "ressources": {"constatee_le": "2026-11-20", "montant": "1 204,50", "emploi": "retraite",
                       "source": "la CAF"},
        "motif": {"nature": "assurance", "connu_le": "2026-11-20", "source": "l’assignation"},
    }  # fmt: skip
    assert set(sent) == {g.code for g in GROUPES.values() if g.ajout} - {"protection"}
    shown = ""
    for groupe, values in sent.items():
        address = reverse("fait_ajouter", args=[dossier.numero, groupe])
        shown += read(client.post(address, values, follow=True))

    for word in ("Zoé", "3\N{NO-BREAK SPACE}enfants", "MARTIN Paule", "retraité", "assurance"):
        assert word in shown, word


def test_a_line_of_account_is_added_at_the_first_of_its_month(
    client: StrictClient, dossier: Dossier
) -> None:
    address = reverse("decompte", args=[dossier.numero, dossier.dettes.get().pk])
    sent = fill_again(client, address) | {"mois_le": "2026-10-17", "du": "650", "paye": "150"}

    page = read(client.post(address, sent, follow=True))

    line = LigneDecompte.objects.get(mois_le=date(2026, 10, 1))
    assert line.reste == 500
    assert "1\N{NARROW NO-BREAK SPACE}150,00" in page or "1\N{NO-BREAK SPACE}150,00" in page
    assert "ne fait pas le même total" in page


def test_a_reader_has_no_pen_and_opens_no_form(
    client_de: ClientDe, dossier: Dossier, on: date
) -> None:
    gestionnaire = make_agent(
        role="gestionnaire", organisation=make_organisation(type="prefecture", nom="Préfecture")
    )
    make_acces(
        dossier=dossier, relation="instruction", role="gestionnaire", debut_le=date(2026, 9, 1)
    )
    reader = client_de(gestionnaire)

    assert pens(reader, dossier, "menage") == []
    person = dossier.personnes.get()
    for address in (
        reverse("fait_corriger", args=[dossier.numero, "personne", person.pk]),
        reverse("fait_ajouter", args=[dossier.numero, "personne"]),
    ):
        assert reader.get(address).status_code == 404


def test_a_measure_of_protection_is_added_by_who_carries_the_household(
    client_de: ClientDe, dossier: Dossier
) -> None:
    service = make_agent(
        role="partenaire",
        organisation=make_organisation(type="conseil_departemental", nom="Département"),
    )
    client = client_de(service)
    address = reverse("fait_ajouter", args=[dossier.numero, "protection"])

    page = read(
        client.post(
            address,
            {"nature": "tutelle", "debut_le": "2026-01-05", "source": "le jugement",
             "telephone": "05 56 01 02 03"},
            follow=True,
        )
    )  # fmt: skip

    assert "Tutelle" in page
    assert MesureProtection.objects.filter(nature="tutelle").count() == 1


def test_an_unknown_group_or_row_is_not_found(client: StrictClient, dossier: Dossier) -> None:
    for args in (
        [dossier.numero, "inconnu", dossier.pk],
        [dossier.numero, "personne", dossier.pk],
        [dossier.numero, "bailleur", make_dossier(bailleur="Autre SCI").bail.bailleur_id],
    ):
        assert client.get(reverse("fait_corriger", args=args)).status_code == 404
    for groupe in ("inconnu", "logement"):
        address = reverse("fait_ajouter", args=[dossier.numero, groupe])
        assert client.get(address).status_code == 404


def test_each_form_sent_twice_writes_once(client: StrictClient, dossier: Dossier) -> None:
    account = reverse("decompte", args=[dossier.numero, dossier.dettes.get().pk])
    line = fill_again(client, account) | {"mois_le": "2026-10-17", "du": "650"}
    landlord = {"nom": "SCI du Moulin", "nature": "morale", "motif": "source", "choix": "autre"}
    household = {
        "genre": "appel", "nom": "DUPUIS", "adresse": "4 rue Haute", "code_commune": "33063",
    }  # fmt: skip
    social = {"situation": "inconnu", "constate_le": "2026-11-20", "source": "la MDS"}
    person = {"qualite": "enfant", "nom": "ROSSIGNOL", "prenom": "Zoé"}
    for address, sent in (
        (account, line),
        (reverse("bailleur_changer", args=[dossier.numero]), landlord),
        (reverse("dossier_ouvrir"), household),
        (reverse("fait_ajouter", args=[dossier.numero, "personne"]), person),
        (reverse("suivi_ajouter", args=[dossier.numero]), social),
    ):
        assert client.post(address, sent).status_code == 302, address
        before = read_etat()
        client.post(address, sent)
        assert read_etat() == before, address
