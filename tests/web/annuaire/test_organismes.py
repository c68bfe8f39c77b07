"""The sheets of the directory: created, corrected, closed, by whoever may."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from seuil.acteurs.models import Agent, Interlocuteur, Organisation
from seuil.acteurs.operations.interlocuteurs import add_interlocuteur
from seuil.acteurs.operations.organisations import (
    FicheReservee,
    OrganisationDejaConnue,
    SiretFaux,
    adjust_organisation,
    create_organisation,
)
from seuil.acteurs.rules import InterlocuteurSaisi
from seuil.audit.models import Event
from tests.factories.accompagnements import make_mandat
from tests.factories.base import BORDEAUX, LIBOURNE, make_agent, make_organisation
from tests.harness.client import StrictClient

ClientDe = Callable[[object], StrictClient]
SIRET, AUTRE_SIRET = "13002526500013", "35600000000048"


def send(client: StrictClient, name: str, *args: object, **fields: object) -> object:
    return client.post(reverse(name, args=args), fields)


@pytest.mark.parametrize("role", ["secretariat", "administrateur"])
def test_an_organisation_is_created_then_its_perimeter_is_said(
    ddets: Organisation, client_de: ClientDe, role: str
) -> None:
    client = client_de(make_agent(role=role, organisation=ddets))

    done = send(
        client, "organisme_ajouter", type="france_travail", nom="France Travail  Bordeaux",
        siret="130 025 265 00013", telephone="05 56 00 00 01", horaires="9 h à 12 h",
    )  # fmt: skip
    created = Organisation.objects.get(type="france_travail")
    send(
        client, "organisme_perimetre", created.pk,
        communes="Bordeaux\n33243 Libourne", commune="33039", secteur="",
    )  # fmt: skip

    assert done.url == reverse("organisme_perimetre", args=[created.pk])
    assert (created.nom, created.siret) == ("France Travail Bordeaux", SIRET)
    assert set(created.communes.values_list("code", flat=True)) == {BORDEAUX, LIBOURNE, "33039"}
    page = client.get(reverse("organisme", args=[created.pk])).content.decode()
    assert "9 h à 12 h" in page
    assert "Libourne" in page


def test_a_whole_division_is_served_in_one_gesture(
    secretaire: Agent, client_de: ClientDe, operateur: Organisation
) -> None:
    send(
        client_de(secretaire), "organisme_perimetre", operateur.pk,
        communes="", secteur="arrondissements:Libourne",
    )  # fmt: skip

    served = operateur.communes.values_list("arrondissement__nom", flat=True)
    assert set(served) == {"Libourne"}
    assert len(served) > 100


def test_what_is_no_commune_is_refused_with_what_to_write(
    secretaire: Agent, client_de: ClientDe, operateur: Organisation
) -> None:
    answer = send(
        client_de(secretaire), "organisme_perimetre", operateur.pk, communes="Dijon\nBordeaux"
    )

    assert answer.status_code == 422
    assert "Dijon" in answer.content.decode()
    assert not operateur.communes.exists()


def test_the_same_siret_or_name_is_refused_and_shown(
    secretaire: Agent, client_de: ClientDe
) -> None:
    held = make_organisation(type="ccas", nom="CCAS de Bègles", siret=SIRET)
    client = client_de(secretaire)

    for fields in ({"nom": "ccas de begles"}, {"nom": "Autre", "siret": SIRET}):
        answer = send(client, "organisme_ajouter", type="ccas", **fields)
        assert answer.status_code == 422
        assert reverse("organisme", args=[held.pk]) in answer.content.decode()

    assert Organisation.objects.filter(type="ccas").count() == 1


@pytest.mark.parametrize(
    ("siret", "juste"), [(SIRET, True), ("13002526500014", False), (AUTRE_SIRET, True)]
)
def test_the_key_of_a_siret_is_checked(
    secretaire: Agent, on: date, siret: str, juste: bool
) -> None:
    def create() -> Organisation:
        return create_organisation(
            departement="33", type="caf", nom="X", siret=siret, by=secretaire, on=on
        )

    if juste:
        assert create().siret == siret
    else:
        with pytest.raises(SiretFaux):
            create()


def test_the_journal_keeps_what_the_sheet_said_who_and_when(
    secretaire: Agent, client_de: ClientDe, on: date
) -> None:
    held = make_organisation(type="ccas", nom="CCAS", telephone="0556000001")
    send(
        client_de(secretaire), "organisme_corriger", held.pk,
        type="ccas", nom="CCAS de Bègles", telephone="05 56 00 00 02",
    )  # fmt: skip

    line = Event.objects.get(kind="organisation.corrigee")
    assert line.details["avant"] == {"nom": "CCAS", "telephone": "0556000001"}
    assert (line.by_id, line.effect_le) == (str(secretaire.pk), on)
    held.refresh_from_db()
    assert (held.nom, held.telephone) == ("CCAS de Bègles", "0556000002")


def test_an_organisation_writes_its_own_address_and_nothing_that_opens_files(
    partenaire: Agent, client_de: ClientDe, on: date
) -> None:
    home, client = partenaire.organisation, client_de(partenaire)
    page = client.get(reverse("organisme_corriger", args=[home.pk])).content.decode()
    send(client, "organisme_corriger", home.pk, adresse="1 rue des Essais", nom="Autre nom")
    home.refresh_from_db()

    assert 'name="siret"' not in page
    assert (home.adresse, home.nom) == ("1 rue des Essais", "CAF de la Gironde")
    assert send(client, "organisme_perimetre", home.pk, communes="").status_code == 403
    for champs in ({"communes": [BORDEAUX]}, {"type": "ccas"}, {"siret": SIRET}, {"nom": "X"}):
        with pytest.raises(FicheReservee):
            adjust_organisation(organisation=home, champs=champs, by=partenaire, on=on)


def test_the_sheet_of_another_organisation_is_not_written(
    partenaire: Agent, client_de: ClientDe, ddets: Organisation
) -> None:
    client = client_de(partenaire)

    assert send(client, "organisme_corriger", ddets.pk, adresse="X").status_code == 404
    assert send(client, "interlocuteur_ajouter", ddets.pk, nom="X", sujet="Y").status_code == 404


def test_nobody_writes_the_domains_by_the_directory(
    administrateur: Agent, on: date, caf: Organisation
) -> None:
    with pytest.raises(FicheReservee):
        adjust_organisation(
            organisation=caf, champs={"domaines": ["pirate.example"]}, by=administrateur, on=on
        )


def test_another_departement_keeps_its_directory(
    secretaire: Agent, client_de: ClientDe, on: date
) -> None:
    ailleurs = make_organisation(type="caf", nom="CAF de la Côte-d’Or", departement_id="21")
    client = client_de(secretaire)

    assert client.get(reverse("organisme", args=[ailleurs.pk])).status_code == 404
    with pytest.raises(FicheReservee):
        adjust_organisation(organisation=ailleurs, champs={"nom": "X"}, by=secretaire, on=on)


def test_a_closed_organisation_leaves_the_directory_and_comes_back(
    secretaire: Agent, client_de: ClientDe
) -> None:
    held = make_organisation(type="ccas", nom="CCAS de Bègles")
    client = client_de(secretaire)

    for _ in range(2):
        send(client, "organisme_ouverture", held.pk, geste="fermer")
    closed = client.get(reverse("annuaire")).content.decode()
    asked = client.get(reverse("annuaire") + "?fermes=oui").content.decode()
    send(client, "organisme_ouverture", held.pk, geste="rouvrir")

    assert "CCAS de Bègles" not in closed.partition("<main")[2].partition("<table")[2]
    assert "CCAS de Bègles" in asked
    assert Event.objects.filter(kind="organisation.fermee").count() == 1
    held.refresh_from_db()
    assert held.ferme_le is None


def test_who_still_works_is_not_closed(
    secretaire: Agent, client_de: ClientDe, operateur: Organisation, caf: Organisation
) -> None:
    make_agent(role="partenaire", organisation=caf)
    make_mandat(operateur=operateur)
    client = client_de(secretaire)

    for home in (operateur, caf):
        send(client, "organisme_ouverture", home.pk, geste="fermer")
        home.refresh_from_db()
        assert home.ferme_le is None


def test_who_answers_for_what_is_said_corrected_and_withdrawn(
    partenaire: Agent, client_de: ClientDe
) -> None:
    home, client = partenaire.organisation, client_de(partenaire)
    send(
        client, "interlocuteur_ajouter", home.pk,
        nom="Ana Essai", sujet="Impayés", telephone="05 56 00 00 03", communes="Bordeaux",
    )  # fmt: skip
    first = Interlocuteur.objects.get()
    again = send(client, "interlocuteur_ajouter", home.pk, nom="Ana Essai", sujet="Impayés")
    send(client, "interlocuteur_corriger", first.pk, nom="Ana Essai", sujet="Impayés, plans")
    page = client.get(reverse("organisme", args=[home.pk])).content.decode()
    second = Interlocuteur.objects.get(fin_le=None)
    send(client, "interlocuteur_retirer", second.pk)
    gone = send(client, "interlocuteur_retirer", second.pk)

    assert again.status_code == 422
    assert "Impayés, plans" in page
    first.refresh_from_db()
    assert first.fin_le is not None
    assert [c.code for c in first.communes.all()] == [BORDEAUX]
    assert gone.status_code == 404
    assert not Interlocuteur.objects.filter(fin_le=None).exists()


def test_the_directory_is_read_by_pages_of_fifty(secretaire: Agent, client_de: ClientDe) -> None:
    for i in range(60):
        make_organisation(type="ccas", nom=f"CCAS {i:02}")
    client = client_de(secretaire)

    first = client.get(reverse("annuaire") + "?type=ccas").content.decode()
    second = client.get(reverse("annuaire") + "?type=ccas&page=2").content.decode()
    named = client.get(reverse("annuaire") + "?texte=ccas 59").content.decode()

    assert "CCAS 49" in first
    assert "CCAS 50" not in first
    assert "CCAS 59" in second
    assert "CCAS 59" in named
    assert "CCAS 58" not in named


def test_a_type_does_not_change_under_its_accounts(secretaire: Agent, on: date) -> None:
    ccas = make_organisation(type="ccas", nom="CCAS")
    make_agent(role="partenaire", organisation=ccas)
    with pytest.raises(Exception, match="comptes ouverts"):
        adjust_organisation(organisation=ccas, champs={"type": "caf"}, by=secretaire, on=on)
    with pytest.raises(OrganisationDejaConnue):
        adjust_organisation(
            organisation=secretaire.organisation, champs={"nom": "ccas"}, by=secretaire, on=on
        )


def test_no_page_of_the_directory_asks_more_for_more_rows(
    secretaire: Agent, client_de: ClientDe, on: date
) -> None:
    held = make_organisation(type="ccas", nom="CCAS de Bègles")
    client = client_de(secretaire)

    def add(n: int) -> None:
        make_organisation(type="caf", nom=f"CAF {n}").communes.set([BORDEAUX])
        add_interlocuteur(
            organisation=held,
            saisie=InterlocuteurSaisi(nom=f"Ana {n}", sujet="Plans", communes=(BORDEAUX,)),
            by=secretaire,
            on=on,
        )

    def count(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        return len(asked)

    addresses = [reverse("annuaire"), reverse("organisme", args=[held.pk])]
    add(0)
    few = [count(a) for a in addresses]
    for n in range(1, 9):
        add(n)

    assert [count(a) for a in addresses] == few
