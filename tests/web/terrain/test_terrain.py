"""Noting contacts, visites and diagnostics from the pages."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.urls import reverse

from seuil.accompagnements.models import Mandat
from seuil.acteurs.models import Agent, Organisation
from seuil.contacts.models import Contact
from seuil.diagnostics.models import Dsf
from seuil.visites.models import Visite
from tests.factories.accompagnements import make_mandat
from tests.factories.base import make_dossier
from tests.harness.client import StrictClient, read
from tests.harness.html import select, select_all

SignIn = Callable[[object], StrictClient]
CONTACT = {"avec": "menage", "canal": "telephone", "resultat": "echange"}
PAGES = ("contact_noter", "visite_noter", "dsf_noter", "dsf_demander")


@pytest.fixture
def mandat(operateur: Organisation, travailleur_social: Agent, juriste: Agent, on: date) -> Mandat:
    return make_mandat(
        operateur=operateur,
        transmis_le=on - timedelta(days=20),
        repondu_le=on - timedelta(days=18),
        referent_social=travailleur_social,
        referent_juridique=juriste,
    )


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["charge_mission", "administrateur", "gestionnaire"])
def test_a_role_without_the_verb_finds_nothing(
    page: str, role: str, mandat: Mandat, client_de: SignIn, request: pytest.FixtureRequest
) -> None:
    client = client_de(request.getfixturevalue(role))

    assert client.get(reverse(page, args=[mandat.dossier.numero])).status_code == 404


@pytest.mark.parametrize("page", ["contact_noter", "visite_noter", "dsf_noter"])
def test_a_worker_finds_nothing_of_a_dossier_of_another(
    page: str, mandat: Mandat, travailleur_social: Agent, client_de: SignIn
) -> None:
    other = make_dossier()

    answer = client_de(travailleur_social).get(reverse(page, args=[other.numero]))

    assert answer.status_code == 404
    assert other.numero not in answer.content.decode()


def test_the_form_of_a_contact_names_the_household_and_folds_the_rest(
    mandat: Mandat, travailleur_social: Agent, client_de: SignIn
) -> None:
    page = read(
        client_de(travailleur_social).get(reverse("contact_noter", args=[mandat.dossier.numero]))
    )

    assert "FICTIF" in select(page, "main").text
    fold = select(page, ".seuil-pli")
    assert "open" not in fold.attrs
    folded = {e.attrs["name"] for e in fold.walk() if "name" in e.attrs}
    assert folded == {"survenu_le", "heure", "lieu", "prochain_le", "note"}
    assert "Ne notez ici que ce qui sert à reprendre contact." in fold.text


def test_an_identifier_that_is_none_is_refused_in_plain_french(
    mandat: Mandat, travailleur_social: Agent, client_de: SignIn
) -> None:
    url = reverse("contact_noter", args=[mandat.dossier.numero])

    answer = client_de(travailleur_social).post(url, CONTACT | {"contact_id": "abc"})

    assert answer.status_code == 422
    assert "UUID" not in answer.content.decode()
    assert "Ce formulaire" in answer.content.decode()


def test_three_answers_are_enough_to_note_a_contact_of_today(
    mandat: Mandat, travailleur_social: Agent, client_de: SignIn, on: date
) -> None:
    client = client_de(travailleur_social)
    url = reverse("contact_noter", args=[mandat.dossier.numero])
    page = read(client.get(url))
    shown = select(page, "#id_survenu_le").attrs["value"]
    hidden = select(page, "#id_contact_id").attrs["value"]

    answer = client.post(url, CONTACT | {"survenu_le": shown, "contact_id": hidden})

    assert answer.url == reverse("dossier", args=[mandat.dossier.numero])
    contact = Contact.objects.get()
    assert (contact.survenu_le, contact.par, contact.resultat) == (
        on,
        travailleur_social,
        "echange",
    )


@pytest.mark.parametrize(
    ("tap", "said"),
    [
        ("domicile absent", ("domicile", "absent")),
        ("telephone absent", ("telephone", "absent")),
        ("telephone echange", ("telephone", "echange")),
    ],
)
def test_one_tap_notes_a_contact_of_today_with_the_household_once(
    mandat: Mandat,
    travailleur_social: Agent,
    client_de: SignIn,
    on: date,
    tap: str,
    said: tuple[str, str],
) -> None:
    client = client_de(travailleur_social)
    url = reverse("contact_noter", args=[mandat.dossier.numero])
    forms = select_all(read(client.get(url)), "form")
    form = next(f for f in forms if any(e.attrs.get("name") == "rapide" for e in f.walk()))
    sent = {
        e.attrs["name"]: e.attrs["value"]
        for e in form.walk()
        if e.attrs.get("type") == "hidden" and e.attrs["name"] != "csrfmiddlewaretoken"
    }

    for _ in range(2):
        assert client.post(url, sent | {"rapide": tap}).status_code == 302

    contact = Contact.objects.get()
    assert (contact.canal, contact.resultat) == said
    assert (contact.avec, contact.survenu_le) == ("menage", on)


def test_a_tap_that_does_not_exist_notes_nothing(
    mandat: Mandat, travailleur_social: Agent, client_de: SignIn, on: date
) -> None:
    url = reverse("contact_noter", args=[mandat.dossier.numero])
    data = {"avec": "menage", "survenu_le": on.isoformat(), "rapide": "pigeon absent"}

    assert client_de(travailleur_social).post(url, data).status_code == 422
    assert not Contact.objects.exists()


def test_the_contact_goes_back_where_the_person_came_from_but_never_elsewhere(
    mandat: Mandat, travailleur_social: Agent, client_de: SignIn, on: date
) -> None:
    client = client_de(travailleur_social)
    url = reverse("contact_noter", args=[mandat.dossier.numero])
    data = CONTACT | {"survenu_le": on.isoformat()}

    assert client.post(url, data | {"suite": "/mandats/"}).url == "/mandats/"
    away = client.post(url, data | {"suite": "https://exemple.invalid/"})

    assert away.url == reverse("dossier", args=[mandat.dossier.numero])


def test_a_refused_contact_keeps_what_was_typed_and_opens_the_fold(
    mandat: Mandat, travailleur_social: Agent, client_de: SignIn, on: date
) -> None:
    tomorrow = (on + timedelta(days=1)).isoformat()

    answer = client_de(travailleur_social).post(
        reverse("contact_noter", args=[mandat.dossier.numero]),
        CONTACT | {"survenu_le": tomorrow, "lieu": "Marché des Capucins"},
    )

    page = read(answer)
    assert answer.status_code == 422
    assert not Contact.objects.exists()
    assert select(page, "#id_survenu_le").attrs["value"] == tomorrow
    assert select(page, "#id_lieu").attrs["value"] == "Marché des Capucins"
    assert "open" in select(page, ".seuil-pli").attrs
    assert "Rien n’a été enregistré" in select(page, "#erreurs").text


def test_a_missing_answer_is_named_beside_its_field(
    mandat: Mandat, travailleur_social: Agent, client_de: SignIn, on: date
) -> None:
    answer = client_de(travailleur_social).post(
        reverse("contact_noter", args=[mandat.dossier.numero]),
        {"avec": "menage", "survenu_le": on.isoformat()},
    )

    page = read(answer)
    assert answer.status_code == 422
    assert "Choisissez une réponse." in select(page, "#id_canal").text
    assert "open" not in select(page, ".seuil-pli").attrs


def test_a_visit_is_noted_with_a_binome_of_the_team(
    mandat: Mandat, travailleur_social: Agent, juriste: Agent, client_de: SignIn, on: date
) -> None:
    client = client_de(travailleur_social)
    url = reverse("visite_noter", args=[mandat.dossier.numero])
    page = read(client.get(url))
    options = {e.attrs["value"] for e in select(page, "#id_binome").walk() if e.tag == "option"}
    assert str(travailleur_social.pk) not in options

    answer = client.post(
        url,
        {
            "resultat": "echange",
            "heure": "18:30",
            "lieu": select(page, "#id_lieu").attrs["value"],
            "canal": "domicile",
            "survenu_le": on.isoformat(),
            "binome": str(juriste.pk),
            "duree_minutes": "45",
        },
    )

    assert answer.status_code == 302
    visite = Visite.objects.get()
    assert (visite.binome, visite.duree_minutes) == (juriste, 45)
    assert visite.contact.lieu == str(mandat.dossier.logement)


def test_a_visit_with_a_stranger_is_refused(
    mandat: Mandat, travailleur_social: Agent, secretaire: Agent, client_de: SignIn, on: date
) -> None:
    answer = client_de(travailleur_social).post(
        reverse("visite_noter", args=[mandat.dossier.numero]),
        {
            "resultat": "echange",
            "heure": "18:30",
            "lieu": "au seuil",
            "canal": "domicile",
            "survenu_le": on.isoformat(),
            "binome": str(secretaire.pk),
        },
    )

    assert answer.status_code == 422
    assert not Visite.objects.exists()


def test_the_diagnosis_is_asked_then_ended_then_sent(
    mandat: Mandat, secretaire: Agent, travailleur_social: Agent, client_de: SignIn, on: date
) -> None:
    numero = mandat.dossier.numero
    client_de(secretaire).post(
        reverse("dsf_demander", args=[numero]),
        {"organisme": "Association Le Palier", "demande_le": on.isoformat()},
    )
    worker = client_de(travailleur_social)
    ended = {"fin": "avec_menage", "termine_le": on.isoformat()}
    url = reverse("dsf_noter", args=[numero])

    assert worker.post(url, ended).status_code == 302
    page = read(worker.get(url))
    assert select(page, "#id_termine_le").attrs["value"] == on.isoformat()
    assert worker.post(url, ended | {"transmis_juge_le": on.isoformat()}).status_code == 302

    dsf = Dsf.objects.get()
    assert (dsf.organisme, dsf.fin, dsf.transmis_juge_le) == (
        "Association Le Palier",
        "avec_menage",
        on,
    )


def test_a_diagnosis_sent_before_its_end_is_refused_in_words(
    mandat: Mandat, travailleur_social: Agent, client_de: SignIn, on: date
) -> None:
    answer = client_de(travailleur_social).post(
        reverse("dsf_noter", args=[mandat.dossier.numero]),
        {
            "fin": "carence",
            "termine_le": on.isoformat(),
            "transmis_juge_le": (on - timedelta(days=1)).isoformat(),
        },
    )

    page = read(answer)
    assert "La transmission ne peut pas précéder la fin." in select(page, "#erreurs").text
    assert "open" in select(page, ".seuil-pli").attrs
    assert not Dsf.objects.exists()


def test_the_bodies_of_the_diagnosis_are_suggested(
    mandat: Mandat, secretaire: Agent, client_de: SignIn
) -> None:
    page = read(client_de(secretaire).get(reverse("dsf_demander", args=[mandat.dossier.numero])))

    names = [e.attrs["value"] for e in select_all(select(page, "#organismes"), "option")]
    assert "Association Le Palier" in names
    assert "DDETS de la Gironde" not in names


def test_a_number_that_the_database_cannot_hold_is_not_found(
    travailleur_social: Agent, client_de: SignIn
) -> None:
    client = client_de(travailleur_social)

    assert client.get("/terrain/%00/contact/").status_code == 404
    assert client.get("/dossiers/33%00/echeances/").status_code == 404
