"""The search of every page: who has it, what it shows, what the journal keeps of it."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.dossiers.models import Coordonnee, Dossier
from tests.factories.base import make_acces, make_dossier
from tests.harness.client import StrictClient
from tests.harness.htmx import assert_fragment_equals_reload, get_fragment

ClientDe = Callable[[object], StrictClient]


def _address(texte: str) -> str:
    return f"{reverse('recherche')}?q={texte}"


def test_the_field_stands_on_every_page_of_who_reads_files_and_of_nobody_else(
    secretaire: Agent, dihal: Agent, charge_mission: Agent, client_de: ClientDe
) -> None:
    for name in ("a_faire", "dossiers", "annuaire", "mes_connexions", "recherche"):
        page = client_de(secretaire).get(reverse(name)).content.decode()
        assert page.count('id="chercher"') == 1, name
    for agent in (dihal, charge_mission):
        client = client_de(agent)
        assert 'id="chercher"' not in client.get(reverse("annuaire")).content.decode()
        assert client.get(_address("dupont")).status_code == 404


def test_what_is_found_is_told_with_what_found_it_and_likenesses_apart(
    secretaire: Agent, client_de: ClientDe
) -> None:
    make_dossier(nom="QUERCYNOL", prenom="Ada", numero="33-2026-900001")
    make_dossier(nom="QUERCINOL", prenom="Ada", numero="33-2026-900002")

    page = client_de(secretaire).get(_address("ada quercynol")).content.decode()
    exact, likeness = page.split("Ressemblant", 1)

    assert "33-2026-900001" in exact
    assert "33-2026-900002" not in exact
    assert "33-2026-900002" in likeness
    assert "nom : QUERCINOL Ada" in likeness


def test_who_bears_a_name_comes_before_the_files_of_a_landlord_who_does(
    secretaire: Agent, client_de: ClientDe
) -> None:
    for n in range(3):
        make_dossier(nom=f"LOCATAIRE{n}", bailleur="SCI Quercynol")
    make_dossier(nom="QUERCYNOL", prenom="Ada", numero="33-2026-900009")

    page = client_de(secretaire).get(_address("quercynol")).content.decode()

    assert page.index("33-2026-900009") < page.index("LOCATAIRE")


def test_a_first_name_and_a_name_that_exist_apart_are_told_as_such(
    secretaire: Agent, client_de: ClientDe
) -> None:
    make_dossier(nom="QUERCYNOL", prenom="Ada")
    make_dossier(nom="VERGNOLLES", prenom="Ugo")
    client = client_de(secretaire)

    apart = client.get(_address("ugo quercynol")).content.decode()
    together = client.get(_address("ada quercynol")).content.decode()
    nobody = client.get(_address("ada zorglub")).content.decode()

    assert "Aucun ménage ne porte les deux" in apart
    assert "Aucun ménage ne porte" not in together + nobody


def test_what_hangs_under_the_field_is_what_the_page_shows(
    secretaire: Agent, client_de: ClientDe
) -> None:
    make_dossier(nom="QUERCYNOL")

    address = _address("quercynol")
    assert_fragment_equals_reload(client_de(secretaire), address, address, ".seuil-trouvailles")


def test_nothing_found_says_what_to_try_and_nothing_asked_says_nothing(
    secretaire: Agent, client_de: ClientDe
) -> None:
    client = client_de(secretaire)

    assert "Essayez le nom seul" in client.get(_address("zzzz")).content.decode()
    for texte in ("", "%20", "%00", "%C2%A0", "-", "'", "«", "l'", "%25", "12345678901234567"):
        assert get_fragment(client, _address(texte)).status_code == 200
    assert get_fragment(client, _address("")).content.strip() == b""


def test_the_journal_keeps_which_files_a_search_showed(
    secretaire: Agent, client_de: ClientDe
) -> None:
    shown = make_dossier(nom="QUERCYNOL")
    make_dossier(nom="SAVIGNAC")
    get_fragment(client_de(secretaire), _address("quercynol"))

    line = Event.objects.filter(dossiers__contains=[shown.pk]).order_by("-created_at", "-id")[0]
    assert line.dossiers == [shown.pk]
    assert "identite" in line.categories


def test_a_partner_finds_its_files_only_and_by_what_it_reads(
    partenaire: Agent, on: date, client_de: ClientDe
) -> None:
    """A CAF designated for a file reads its lease, and not the household's phone."""
    mine = make_dossier(nom="QUERCYNOL", bailleur="SCI Vergnolles")
    make_dossier(nom="QUERCINEAU", bailleur="SCI Vergnolles")
    for dossier in Dossier.objects.all():
        Coordonnee.objects.create(
            dossier=dossier, type="telephone", valeur="0639981531", valide_du=on, source="essai"
        )
    make_acces(
        dossier=mine, relation="destinataire", organisation=partenaire.organisation, debut_le=on,
        motif="Essai.",
    )  # fmt: skip
    client = client_de(partenaire)

    for texte in ("querc", "vergnolles"):
        page = client.get(_address(texte)).content.decode()
        assert "QUERCYNOL" in page, texte
        assert "QUERCINEAU" not in page, texte
    assert "Aucun dossier" in client.get(_address("0639981531")).content.decode()


def test_a_new_phone_is_found_at_once(secretaire: Agent, client_de: ClientDe) -> None:
    dossier = make_dossier(nom="QUERCYNOL")
    client = client_de(secretaire)
    client.post(
        reverse("coordonnee_ajouter", args=[dossier.numero]),
        {"type": "telephone", "valeur": "+33 6 39 98 15 31", "source": "le ménage"},
    )

    assert "QUERCYNOL" in client.get(_address("06.39.98.15.31")).content.decode()


def test_the_list_of_files_is_filtered_alike_and_leads_to_likenesses(
    secretaire: Agent, client_de: ClientDe
) -> None:
    make_dossier(nom="QUERCYNOL", bailleur="SCI Vergnolles")
    client = client_de(secretaire)
    found = client.get(f"{reverse('dossiers')}?texte=vergnolles").content.decode()
    near = client.get(f"{reverse('dossiers')}?texte=quercinol").content.decode()

    assert "QUERCYNOL" in found
    assert "Chercher ce qui ressemble" in near
    assert "QUERCYNOL" not in near


@pytest.mark.parametrize("texte", ["quercynol", "fictif", "rue exemple"])
def test_the_number_of_queries_does_not_depend_on_what_is_found(
    texte: str, secretaire: Agent, client_de: ClientDe
) -> None:
    client = client_de(secretaire)
    make_dossier(nom="QUERCYNOL")
    make_dossier()
    client.get(_address(texte))
    with CaptureQueriesContext(connection) as few:
        client.get(_address(texte))
    for _ in range(12):
        make_dossier(nom="QUERCYNOL")
        make_dossier()

    with CaptureQueriesContext(connection) as many:
        client.get(_address(texte))

    assert len(many) == len(few)
