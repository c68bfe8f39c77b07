"""Guessing is slow, tells nothing, and never locks the real agent out (T28)."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count
from random import Random

import pytest
from django.contrib.auth import hashers
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from seuil.acteurs.models import Agent
from seuil.connexions.models import Essai
from seuil.connexions.operations import essais
from seuil.connexions.operations.perimes import delete_perimes
from seuil.connexions.queries import find_agent
from seuil.web.connexion.forms import ConnexionForm
from tests.harness.client import StrictClient
from tests.harness.tailles import get_graine, get_taille
from tests.web.connexion.conftest import MOT_DE_PASSE, Compte, Horloge, first, is_open

LENT = "Trop d’essais"


def test_a_concentrated_attack_gets_seven_tries_an_hour(compte: Compte, horloge: Horloge) -> None:
    client = StrictClient(REMOTE_ADDR="192.0.2.66")
    for _ in range(240):
        first(client, compte.courriel, "essai de plus, long")
        horloge.advance(seconds=15)

    assert Essai.objects.count() <= 7


def test_a_spread_attack_gets_twenty_tries_an_hour_at_most(
    compte: Compte, horloge: Horloge
) -> None:
    client = StrictClient()
    for number in range(240):
        first(client, compte.courriel, "essai de plus", REMOTE_ADDR=f"192.0.2.{number % 250}")
        horloge.advance(seconds=15)

    assert 8 <= Essai.objects.count() <= 20


def test_whatever_the_attack_few_tries_count_and_the_real_agent_signs_in(
    compte: Compte, entrer: Callable[..., StrictClient], horloge: Horloge,
    record_property: Callable[[str, object], None], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """T28: addresses and accounts drawn at random; the agent comes and goes on its own browser."""
    # The sessions of Django look at its own clock: days pass here.
    monkeypatch.setattr(timezone, "now", lambda: horloge.at)
    chance, wanted = Random(get_graine()), get_taille("T28")
    agent, attacker = entrer(StrictClient()), StrictClient()
    agent.post(reverse("deconnexion"))
    begun, counted, opened, answers = horloge.at, [], 0, {True: Counter(), False: Counter()}
    for number in range(wanted):
        known = chance.random() < 0.7
        courriel = compte.courriel if known else "inconnu@ddets.exemple"
        place = "192.0.2.66" if chance.random() < 0.5 else f"192.0.2.{chance.randrange(250)}"
        before = Essai.objects.count()
        response = first(attacker, courriel, "essai de plus, long", REMOTE_ADDR=place)
        assert not is_open_for(attacker)
        answers[known][response.status_code] += 1
        if known and Essai.objects.count() > before:
            counted.append(horloge.at)
        horloge.advance(seconds=chance.randrange(30))
        if number % 120 == 119:
            entrer(agent, REMOTE_ADDR="198.51.100.7")
            opened += is_open(agent)
            agent.post(reverse("deconnexion"))
        if number % 2000 == 1999:
            delete_perimes(at=horloge.at)

    hour = timedelta(hours=1)
    most = max(sum(at <= other < at + hour for other in counted) for at in counted)
    record_property("T28", f"{len(counted)} comptés en {horloge.at - begun}, {most} par heure")
    assert most <= 20
    assert opened == wanted // 120
    assert all(set(a) <= {200, 429} for a in answers.values())


def is_open_for(client: StrictClient) -> bool:
    """Tell whether an attacker holds a session that both factors opened."""
    return bool(client.session.get("connexion"))


def test_the_attack_is_seen_to_succeed_when_nothing_slows_it(
    compte: Compte, horloge: Horloge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A planted fault: without the wait, an hour holds many more than twenty tries."""
    monkeypatch.setattr(essais, "compute_attente", lambda *_, **__: timedelta())
    client = StrictClient(REMOTE_ADDR="192.0.2.66")
    for _ in range(40):
        first(client, compte.courriel, "essai de plus, long")

    assert Essai.objects.count() == 40


def test_the_real_agent_signs_in_from_another_address_during_the_attack(
    compte: Compte, horloge: Horloge
) -> None:
    attacker = StrictClient(REMOTE_ADDR="192.0.2.66")
    for _ in range(30):
        response = first(attacker, compte.courriel, "essai de plus, long")
        horloge.advance(seconds=20)
    assert response.status_code == 429

    agent = StrictClient(REMOTE_ADDR="198.51.100.7")
    first(agent, compte.courriel)
    agent.post(reverse("second_facteur"), {"code": compte.code()}, REMOTE_ADDR="198.51.100.7")

    assert is_open(agent)


@pytest.mark.parametrize("address", ["198.51.100.7", "192.0.2.1"])
def test_a_browser_that_the_account_knows_is_not_locked_by_a_spread_attack(
    compte: Compte, entrer: Callable[..., StrictClient], horloge: Horloge, address: str
) -> None:
    agent = entrer(StrictClient())
    agent.post(reverse("deconnexion"))
    attacker = StrictClient()
    for number in range(40):
        first(attacker, compte.courriel, "essai de plus", REMOTE_ADDR=f"192.0.2.{number}")
    horloge.advance(seconds=60)
    stranger = StrictClient()
    assert first(stranger, compte.courriel, REMOTE_ADDR="203.0.113.9").status_code == 429

    entrer(agent, REMOTE_ADDR=address)

    assert is_open(agent)


def test_a_known_browser_is_slowed_by_its_own_failures(
    compte: Compte, entrer: Callable[..., StrictClient]
) -> None:
    client = entrer()
    client.post(reverse("deconnexion"))
    for _ in range(3):
        first(client, compte.courriel, "je ne sais plus lequel")

    assert first(client, compte.courriel).status_code == 429


def test_a_cookie_of_a_known_browser_serves_its_own_account_only(
    compte: Compte, entrer: Callable[..., StrictClient], horloge: Horloge
) -> None:
    from tests.web.connexion.conftest import make_compte

    victim = make_compte(horloge, courriel="victime@ddets.exemple")
    attacker = entrer()
    attacker.post(reverse("deconnexion"))
    for _ in range(5):
        first(attacker, victim.courriel, "essai de plus, long")

    assert Essai.objects.filter(reussi=False, connu=True).count() == 0
    assert Essai.objects.filter(reussi=False).count() == 3


@pytest.mark.parametrize("forged", ["faux", "a:b:c", ""])
def test_a_forged_cookie_makes_no_browser_known(
    compte: Compte, client: StrictClient, forged: str
) -> None:
    client.cookies["seuil_poste"] = forged

    first(client, compte.courriel, "essai de plus, long")

    assert not Essai.objects.get().connu


def test_an_address_that_tries_account_after_account_is_slowed(
    compte: Compte, horloge: Horloge
) -> None:
    client = StrictClient(REMOTE_ADDR="192.0.2.66")
    for number in range(60):
        first(client, f"agent{number}@ddets.exemple", "Bienvenue2026!")

    assert Essai.objects.count() == 30


def test_known_and_unknown_accounts_answer_alike(compte: Compte, horloge: Horloge) -> None:
    answers = {}
    for courriel in (compte.courriel, "inconnu@ddets.exemple"):
        client = StrictClient(REMOTE_ADDR="192.0.2.66")
        pages = []
        for _ in range(6):
            response = first(client, courriel, "essai de plus, long")
            body = response.content.decode().replace(courriel, "…")
            token = client.cookies["csrftoken"].value if "csrftoken" in client.cookies else ""
            pages.append((response.status_code, len(body), LENT in body, bool(token)))
        answers[courriel] = pages

    assert len(set(map(str, answers.values()))) == 1


def spell(adresse: str) -> Iterator[str]:
    """Yield the address with each letter written by each character that stands for it somewhere."""
    for place, letter in enumerate(adresse):
        for code in range(0x80, 0x30000):
            other = chr(code)
            forms = {other.lower(), other.upper().lower(), other.casefold()}
            forms.add(unicodedata.normalize("NFKC", other).lower())
            if letter in forms:
                yield adresse[:place] + other + adresse[place + 1 :]


def test_no_spelling_of_an_address_has_tries_of_its_own(compte: Compte, horloge: Horloge) -> None:
    spellings = [*spell("simone@ddets.exemple"), "SIMONE@DDETS.EXEMPLE", " simone@ddets.exemple "]
    assert {"ſimone@ddets.exemple", "sımone@ddets.exemple"} <= set(spellings)
    for _ in range(3):
        first(StrictClient(), compte.courriel, "essai de plus, long")

    # Slowed as the plain one is, or another account, which does not exist.
    for spelling in spellings:
        assert first(StrictClient(), spelling).status_code in {200, 429}, spelling

    typed = [s for s in spellings if ConnexionForm({"username": s, "password": "x"}).is_valid()]
    reaching = [s for s in typed if find_agent(courriel=s)]
    assert "ſimone@ddets.exemple" in reaching
    for spelling in reaching[:12]:
        horloge.advance(hours=2)
        for _ in range(3):
            first(StrictClient(), spelling, "essai de plus, long")
        assert first(StrictClient(), compte.courriel).status_code == 429, spelling


def test_an_address_is_kept_in_one_spelling(compte: Compte) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Agent.objects.filter(pk=compte.agent.pk).update(courriel="Simone@ddets.exemple")


def test_the_hasher_works_for_an_unknown_account_too(
    compte: Compte, monkeypatch: pytest.MonkeyPatch
) -> None:
    worked = count()
    hasher = type(hashers.get_hasher())
    original = hasher.encode

    def encode(self: object, password: str, salt: str) -> str:
        next(worked)
        return original(self, password, salt)

    monkeypatch.setattr(hasher, "encode", encode)
    for courriel in (compte.courriel, "inconnu@ddets.exemple"):
        before = next(worked)
        first(StrictClient(), courriel, "essai de plus, long")
        assert next(worked) - before == 2


def test_an_account_without_password_is_not_told_apart(
    compte: Compte, client: StrictClient
) -> None:
    compte.agent.set_unusable_password()
    compte.agent.save()

    page = first(client, compte.courriel, MOT_DE_PASSE).content.decode()

    assert "Adresse électronique ou mot de passe incorrect" in page


def test_codes_are_slowed_too_and_a_new_password_step_changes_nothing(
    compte: Compte, horloge: Horloge
) -> None:
    client = StrictClient()
    for _ in range(240):
        first(client, compte.courriel)
        client.post(reverse("second_facteur"), {"code": "000000"})
        horloge.advance(seconds=15)

    assert Essai.objects.filter(genre="code", reussi=False).count() <= 7


def test_paper_codes_and_codes_share_their_tries(compte: Compte, client: StrictClient) -> None:
    first(client, compte.courriel)
    for typed in ({"code": "000000"}, {"secours": "ABCD"}, {"code": "000001"}):
        client.post(reverse("second_facteur"), typed)

    response = client.post(reverse("second_facteur"), {"code": compte.code()})

    assert response.status_code == 429
    assert not is_open(client)


def test_success_costs_nothing(compte: Compte, entrer: Callable[..., StrictClient]) -> None:
    for _ in range(3):
        compte.horloge.advance(seconds=90)
        entrer()

    assert Essai.objects.filter(reussi=False).count() == 0


def test_the_wait_is_said_in_minutes(compte: Compte, horloge: Horloge) -> None:
    client = StrictClient()
    for _ in range(3):
        first(client, compte.courriel, "essai de plus, long")

    page = first(client, compte.courriel).content.decode()

    assert "Attendez 2\u00a0minutes" in page or "Attendez 2 minutes" in page
    horloge.advance(minutes=2)
    assert first(client, compte.courriel).status_code == 302


@pytest.mark.parametrize("proxy", [True, False])
def test_the_address_is_that_of_the_proxy_only_when_there_is_one(
    compte: Compte, settings: object, proxy: bool
) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if proxy else None
    client = StrictClient()
    for number in range(5):
        # A visitor writes what it likes; our proxy adds the last one.
        forwarded = f"10.0.0.{number}, 192.0.2.66"
        first(client, compte.courriel, "essai de plus", HTTP_X_FORWARDED_FOR=forwarded)

    assert Essai.objects.count() == 3
    assert Essai.objects.values("lieu").distinct().count() == 1


def test_no_address_nor_account_can_be_read_in_the_tries(
    compte: Compte, client: StrictClient
) -> None:
    first(client, compte.courriel, "essai de plus, long")

    kept = str(list(Essai.objects.values_list("compte", "lieu", "adresse")))
    assert "simone" not in kept
    assert "127.0.0.1" not in kept
    assert Agent.objects.count() == 1
