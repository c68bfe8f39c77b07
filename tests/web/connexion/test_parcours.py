"""Enrol, list and end sessions, change the password, prove again before an export."""

from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from django.core.exceptions import ValidationError
from django.urls import get_resolver, reverse

from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.connexions.models import CodeSecours, Connexion, FacteurCode
from seuil.engines.facteurs import compute_pas
from tests.architecture.test_routes import walk
from tests.factories.base import make_agent
from tests.harness.client import StrictClient, read
from tests.harness.html import select, select_all
from tests.web.connexion.conftest import MOT_DE_PASSE, Compte, Horloge, first, is_open


@pytest.fixture
def neuf(horloge: Horloge, db: None) -> StrictClient:
    """An agent who has a password and no factor yet, at the enrolment."""
    make_agent(courriel="neuf@x.fr", password=MOT_DE_PASSE)
    client = StrictClient()
    first(client, "neuf@x.fr")
    return client


def secret_shown(client: StrictClient, name: str = "activer") -> str:
    root = read(client.get(reverse(name)))
    assert select(root, "[src]" if False else "img").attrs["src"].startswith("data:image/svg+xml")
    return select(root, ".seuil-secret").text.replace(" ", "")


def code_of(secret: str, horloge: Horloge, steps: int = 0) -> str:
    return pyotp.TOTP(secret).generate_otp(compute_pas(horloge.at) + steps)


def test_an_application_is_enrolled_and_paper_codes_are_shown_once(
    neuf: StrictClient, horloge: Horloge
) -> None:
    assert not is_open(neuf)
    secret = secret_shown(neuf)

    page = read(neuf.post(reverse("activer"), {"code": code_of(secret, horloge)}))

    codes = [e.text for e in select_all(page, "code")]
    assert len(codes) == 10
    assert CodeSecours.objects.count() == 10
    assert is_open(neuf)
    assert codes[0] not in neuf.get(reverse("mes_connexions")).content.decode()


@pytest.mark.parametrize(
    ("steps", "words"),
    [(-4, "retarde de 2"), (6, "avance de 3"), (30, "n’est pas le bon"), (-30, "n’est pas le bon")],
)
def test_a_skewed_clock_is_said_at_the_enrolment(
    neuf: StrictClient, horloge: Horloge, steps: int, words: str
) -> None:
    secret = secret_shown(neuf)

    response = neuf.post(reverse("activer"), {"code": code_of(secret, horloge, steps)})

    assert words in response.content.decode()
    assert not FacteurCode.objects.exists()
    assert not is_open(neuf)


@pytest.mark.parametrize("page", ["connexion", "activer"])
def test_a_page_before_the_second_factor_is_kept_nowhere(
    neuf: StrictClient, client: StrictClient, page: str
) -> None:
    response = (neuf if page == "activer" else client).get(reverse(page))

    assert "no-store" in response.headers["Cache-Control"]


def test_the_secret_stays_the_same_while_one_hesitates(neuf: StrictClient) -> None:
    assert secret_shown(neuf) == secret_shown(neuf)
    assert secret_shown(neuf) not in str(dict(neuf.session))


def test_the_code_of_the_enrolment_does_not_serve_to_sign_in(
    neuf: StrictClient, horloge: Horloge
) -> None:
    code = code_of(secret_shown(neuf), horloge)
    neuf.post(reverse("activer"), {"code": code})
    neuf.post(reverse("deconnexion"))
    first(neuf, "neuf@x.fr")

    neuf.post(reverse("second_facteur"), {"code": code})

    assert not is_open(neuf)


def test_sessions_are_listed_and_ended(
    compte: Compte, entrer: Callable[..., StrictClient], horloge: Horloge
) -> None:
    one = entrer(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Firefox/128.0")
    horloge.advance(seconds=90)
    two = entrer(HTTP_USER_AGENT="Mozilla/5.0 (Linux; Android 15) Chrome/130.0")

    page = two.get(reverse("mes_connexions")).content.decode()
    assert "Firefox, Windows" in page
    assert "Chrome, Android <strong>(celle-ci)</strong>" in page
    other = Connexion.objects.get(navigateur="Firefox")
    two.post(reverse("connexions_fermer"), {"connexion": str(other.pk)})

    assert not is_open(one)
    assert is_open(two)
    assert "Cette session a été fermée" in one.get(reverse("connexion")).content.decode()


def test_all_the_others_end_at_once(entrer: Callable[..., StrictClient], horloge: Horloge) -> None:
    clients = []
    for _ in range(3):
        clients.append(entrer())
        horloge.advance(seconds=90)

    clients[2].post(reverse("connexions_fermer"), {"connexion": "autres"})

    assert [is_open(c) for c in clients] == [False, False, True]


@pytest.mark.parametrize("which", ["", "inconnue", "00000000-0000-0000-0000-000000000007"])
def test_ending_what_is_not_there_ends_nothing(
    entrer: Callable[..., StrictClient], secretaire: Agent, which: str
) -> None:
    mine = entrer()
    other = StrictClient()
    other.force_login(secretaire)

    mine.post(
        reverse("connexions_fermer"),
        {"connexion": which or str(Connexion.objects.get(agent=secretaire).pk)},
    )

    assert is_open(mine)
    assert is_open(other)


NOUVEAU = "canal toiture noisette bleue"


def change(client: StrictClient, nouveau: str = NOUVEAU, encore: str = "") -> Any:
    return client.post(reverse("mot_de_passe"), {"nouveau": nouveau, "encore": encore or nouveau})


def test_changing_the_password_ends_the_other_sessions(
    compte: Compte, entrer: Callable[..., StrictClient], horloge: Horloge
) -> None:
    one = entrer()
    horloge.advance(seconds=90)
    two = entrer()

    change(two)

    assert not is_open(one)
    assert is_open(two)
    assert first(StrictClient(), compte.courriel).status_code == 200
    assert first(StrictClient(), compte.courriel, NOUVEAU).status_code == 302


@pytest.mark.parametrize(
    ("nouveau", "encore", "words"),
    [
        ("court", "", "trop court"),
        ("Bordeaux2026!!", "", "listes"),
        ("simone@ddets.exemple", "", "nom"),
        (NOUVEAU, "autre chose", "diffèrent"),
    ],
)
def test_a_bad_new_password_is_refused_and_changes_nothing(
    compte: Compte, entrer: Callable[..., StrictClient], nouveau: str, encore: str, words: str
) -> None:
    response = change(entrer(), nouveau, encore)

    assert words in response.content.decode()
    compte.agent.refresh_from_db()
    assert compte.agent.check_password(MOT_DE_PASSE)


@pytest.mark.parametrize("length", [12, 64, 200])
def test_long_passwords_are_accepted(entrer: Callable[..., StrictClient], length: int) -> None:
    words = "lanterne-fougere-canal-brique-ardoise-" * 10

    assert change(entrer(), f"x7{words}"[:length]).status_code == 302


RECENTES = {
    p.name for _, p in walk(get_resolver().url_patterns) if getattr(p.callback, "recent", False)
}


def test_what_leaves_and_what_opens_asks_a_recent_proof() -> None:
    assert {
        "dossiers_export", "activite_xlsx", "mot_de_passe", "application", "application_retirer",
        "cle_ajouter", "cle_retirer", "codes_secours", "compte_inviter", "compte_geste",
    } <= RECENTES  # fmt: skip


def test_an_export_by_address_asks_a_proof_then_comes_back(
    entrer: Callable[..., StrictClient], horloge: Horloge
) -> None:
    client = entrer()
    url = reverse("activite_xlsx") + "?mois=2026-11"
    assert client.get(url).headers["Content-Type"].startswith("application/vnd")
    horloge.advance(minutes=11)

    asked = client.get(url)
    suite = read(client.get(asked.headers["Location"]))
    back = client.post(
        reverse("confirmer"),
        {
            "suite": select_all(suite, "input[name=suite]")[0].attrs["value"],
            "mot_de_passe": MOT_DE_PASSE,
        },
    )

    assert asked.headers["Location"].startswith(reverse("confirmer"))
    assert back.headers["Location"] == url
    assert client.get(url).headers["Content-Type"].startswith("application/vnd")


def test_an_export_by_form_asks_a_proof_then_sends_the_same_form(
    compte: Compte, entrer: Callable[..., StrictClient], horloge: Horloge
) -> None:
    client = entrer()
    horloge.advance(minutes=11)

    page = client.post(reverse("dossiers_export"), {"format": "csv", "stade": "cql"})
    assert page.headers["Content-Type"].startswith("text/html")
    assert not Event.objects.filter(kind="export.dossiers").exists()
    suite = select_all(read(page), "input[name=suite]")[0].attrs["value"]
    on = read(client.post(reverse("confirmer"), {"suite": suite, "code": compte.code()}))
    (form,) = select_all(select(on, "main"), "form")
    fields = {e.attrs["name"]: e.attrs["value"] for e in select_all(form, "input")}
    answer = client.post(form.attrs["action"], fields)

    assert fields["stade"] == "cql"
    assert answer.headers["Content-Type"].startswith("text/csv")


@pytest.mark.parametrize(
    "typed",
    [{"mot_de_passe": "faux"}, {"mot_de_passe": ""}, {"code": "000000"}, {"reponse": "{}"}, {}],
)
def test_a_wrong_proof_leads_nowhere(
    entrer: Callable[..., StrictClient], horloge: Horloge, typed: dict[str, str]
) -> None:
    client = entrer()
    horloge.advance(minutes=11)
    suite = read(client.get(reverse("confirmer")))
    assert select_all(suite, "form")

    client.post(reverse("confirmer"), typed)

    assert client.get(reverse("activite_xlsx")).status_code == 302


def test_proofs_are_slowed_as_sign_in_is(
    entrer: Callable[..., StrictClient], horloge: Horloge
) -> None:
    client = entrer()
    for _ in range(3):
        client.post(reverse("confirmer"), {"mot_de_passe": "faux"})

    assert client.post(reverse("confirmer"), {"mot_de_passe": MOT_DE_PASSE}).status_code == 429


def test_a_destination_of_another_agent_or_forged_leads_to_the_first_page(
    compte: Compte, entrer: Callable[..., StrictClient], secretaire: Agent, horloge: Horloge
) -> None:
    other = StrictClient()
    other.force_login(secretaire)
    horloge.advance(minutes=11)
    asked = other.get(reverse("activite_xlsx")).headers["Location"]
    stolen = select_all(read(other.get(asked)), "input[name=suite]")
    client = entrer()

    for suite in ("faux", "", *(e.attrs["value"] for e in stolen)):
        horloge.advance(seconds=90)
        back = client.post(reverse("confirmer"), {"suite": suite, "code": compte.code()})
        assert back.headers["Location"] == reverse("accueil")


def test_a_new_password_typed_too_late_is_kept_nowhere(
    entrer: Callable[..., StrictClient], horloge: Horloge
) -> None:
    client = entrer()
    horloge.advance(minutes=11)

    page = change(client).content.decode()

    assert "Confirmer que c’est vous" in page
    assert NOUVEAU not in page
    assert first(StrictClient(), "simone@ddets.exemple").status_code == 302


def test_new_paper_codes_replace_those_before(
    compte: Compte, entrer: Callable[..., StrictClient]
) -> None:
    client = entrer()
    one = {e.text for e in select_all(read(client.post(reverse("codes_secours"))), "code")}
    two = {e.text for e in select_all(read(client.post(reverse("codes_secours"))), "code")}

    assert len(one) == len(two) == 10
    assert one & two == set()
    assert CodeSecours.objects.count() == 10


def test_the_application_is_replaced(
    compte: Compte, entrer: Callable[..., StrictClient], horloge: Horloge
) -> None:
    client = entrer()
    secret = secret_shown(client, "application")
    client.post(reverse("application"), {"code": code_of(secret, horloge)})
    client.post(reverse("deconnexion"))
    horloge.advance(seconds=90)

    first(old := StrictClient(), compte.courriel)
    old.post(reverse("second_facteur"), {"code": compte.code()})
    first(new := StrictClient(), compte.courriel)
    new.post(reverse("second_facteur"), {"code": code_of(secret, horloge)})

    assert not is_open(old)
    assert is_open(new)


def test_the_password_rules_are_those_of_django_s_machinery(compte: Compte) -> None:
    from django.contrib.auth.password_validation import (
        password_validators_help_texts,
        validate_password,
    )

    with pytest.raises(ValidationError, match="listes"):
        validate_password("Bordeaux2026", compte.agent)
    assert "Quatre ou cinq mots" in password_validators_help_texts()[0]
