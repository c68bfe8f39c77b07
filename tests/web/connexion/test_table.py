"""Authentication as a table (T27): each line is what is presented, and whether a page opens."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.acteurs.operations.abonnements import create_abonnement
from seuil.audit.models import Event
from seuil.connexions.models import CodeSecours, Connexion, FacteurCode
from seuil.connexions.operations.facteurs import create_codes_secours
from tests.harness.client import StrictClient
from tests.web.connexion.conftest import MOT_DE_PASSE, Compte, Horloge, first, is_open

ON = date(2026, 11, 21)
INCORRECT = "Adresse électronique ou mot de passe incorrect"

PREMIERS = {
    "mot de passe faux": ("simone@ddets.exemple", "autre chose de long"),
    "mot de passe vide": ("simone@ddets.exemple", ""),
    "majuscules du mot de passe": ("simone@ddets.exemple", MOT_DE_PASSE.upper()),
    "espace de trop": ("simone@ddets.exemple", MOT_DE_PASSE + " "),
    "espace devant": ("simone@ddets.exemple", " " + MOT_DE_PASSE),
    "compte inconnu": ("personne@ddets.exemple", MOT_DE_PASSE),
    "adresse vide": ("", MOT_DE_PASSE),
    "adresse sans domaine": ("simone", MOT_DE_PASSE),
    "injection": ("simone@ddets.exemple' OR 1=1 --", MOT_DE_PASSE),
    "mot de passe immense": ("simone@ddets.exemple", "x" * 5000),
    "joker": ("%@ddets.exemple", MOT_DE_PASSE),
}


@pytest.mark.parametrize(("courriel", "secret"), PREMIERS.values(), ids=PREMIERS)
def test_a_wrong_first_factor_opens_nothing(
    compte: Compte, client: StrictClient, courriel: str, secret: str
) -> None:
    response = first(client, courriel, secret)

    assert response.status_code == 200
    assert client.get(reverse("second_facteur")).status_code == 302
    assert not is_open(client)


@pytest.mark.parametrize("courriel", ["simone@ddets.exemple", "Simone@DDETS.exemple"])
def test_both_factors_open_the_first_page(
    compte: Compte, client: StrictClient, courriel: str
) -> None:
    assert first(client, courriel).headers["Location"] == reverse("second_facteur")
    assert not is_open(client)

    response = client.post(reverse("second_facteur"), {"code": compte.code()})

    assert response.headers["Location"] == reverse("accueil")
    assert is_open(client)
    assert Connexion.objects.get().moyen == "code"


CODES = {
    "vide": "",
    "lettres": "abcdef",
    "trop court": "12345",
    "trop long": "1234567",
    "zéros": "000000",
    "chiffres arabes": "٠١٢٣٤٥",
    "injection": "' OR 1=1",
    "secours inventé": "ABCD-EFGH-JKLM",
}


@pytest.mark.parametrize("code", CODES.values(), ids=CODES)
def test_a_wrong_code_opens_nothing(compte: Compte, client: StrictClient, code: str) -> None:
    first(client, compte.courriel)
    # One chance in a million that zeros be right: not the test's subject.
    if code == compte.code():
        code = "111111"

    response = client.post(reverse("second_facteur"), {"code": code})

    assert response.status_code == 200
    assert "seuil-form" in response.content.decode()
    assert not is_open(client)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_of_the_minute_opens(compte: Compte, client: StrictClient, steps: int) -> None:
    first(client, compte.courriel)

    client.post(reverse("second_facteur"), {"code": compte.code(steps)})

    assert is_open(client)


@pytest.mark.parametrize("steps", range(-10, -1))
def test_a_late_clock_is_said_and_opens_nothing(
    compte: Compte, client: StrictClient, steps: int
) -> None:
    first(client, compte.courriel)

    page = client.post(reverse("second_facteur"), {"code": compte.code(steps)}).content.decode()

    assert "L’heure de votre téléphone retarde" in page
    assert not is_open(client)


@pytest.mark.parametrize("steps", [2, 5, 10, 40, -11, -40])
def test_a_code_of_another_time_opens_nothing(
    compte: Compte, client: StrictClient, steps: int
) -> None:
    first(client, compte.courriel)

    page = client.post(reverse("second_facteur"), {"code": compte.code(steps)}).content.decode()

    assert "n’est pas le bon" in page
    assert not is_open(client)


@pytest.mark.parametrize("later", [0, 1])
def test_a_code_serves_once(
    compte: Compte, entrer: Callable[..., StrictClient], horloge: Horloge, later: int
) -> None:
    code = compte.code(1)
    first(one := StrictClient(), compte.courriel)
    one.post(reverse("second_facteur"), {"code": code})
    horloge.advance(seconds=30 * later)

    first(two := StrictClient(), compte.courriel)
    page = two.post(reverse("second_facteur"), {"code": code}).content.decode()

    assert is_open(one)
    assert "a déjà servi" in page
    assert not is_open(two)


def test_an_older_code_than_the_last_used_is_refused(compte: Compte, client: StrictClient) -> None:
    first(one := StrictClient(), compte.courriel)
    one.post(reverse("second_facteur"), {"code": compte.code(1)})

    first(client, compte.courriel)
    client.post(reverse("second_facteur"), {"code": compte.code(0)})

    assert not is_open(client)


def give_codes(compte: Compte) -> list[str]:
    return create_codes_secours(
        agent=compte.agent, cle=django_settings.SECRET_KEY, by=compte.agent, on=ON
    )


@pytest.mark.parametrize(
    "write", [str, str.lower, lambda c: c.replace("-", ""), lambda c: c.replace("-", " ")]
)
def test_a_paper_code_opens_once_however_typed(compte: Compte, write: Callable[[str], str]) -> None:
    code = write(give_codes(compte)[0])
    first(one := StrictClient(), compte.courriel)
    one.post(reverse("second_facteur"), {"secours": code})
    first(two := StrictClient(), compte.courriel)
    two.post(reverse("second_facteur"), {"secours": code})

    assert is_open(one)
    assert not is_open(two)
    assert CodeSecours.objects.filter(utilise_at=None).count() == 9


def test_paper_codes_of_before_and_of_others_open_nothing(
    compte: Compte, client: StrictClient, secretaire: Agent
) -> None:
    old = give_codes(compte)[0]
    give_codes(compte)
    other = create_codes_secours(
        agent=secretaire, cle=django_settings.SECRET_KEY, by=secretaire, on=ON
    )[0]
    first(client, compte.courriel)

    for code in (old, other):
        client.post(reverse("second_facteur"), {"secours": code})

    assert not is_open(client)


def test_nothing_secret_is_readable_in_the_database(compte: Compte) -> None:
    codes = give_codes(compte)

    assert compte.secret not in FacteurCode.objects.get().secret
    kept = " ".join(CodeSecours.objects.values_list("empreinte", flat=True))
    assert not any(c in kept or c.replace("-", "") in kept for c in codes)


FERMES: dict[str, tuple[dict[str, Any], str]] = {
    "fermé": ({"is_active": False}, "Ce compte est fermé"),
    "suspendu": ({"suspendu_le": ON, "suspendu_motif": "decision"}, "Ce compte est suspendu"),
    "endormi": ({"suspendu_le": ON, "suspendu_motif": "sommeil"}, "n’a pas servi depuis longtemps"),
    "habilitation finie hier": (
        {"habilite_jusqu_au": ON - timedelta(days=1)},
        "a pris fin le 20/11/2026",
    ),
    "habilitation finie l’an dernier": (
        {"habilite_jusqu_au": date(2025, 11, 21)},
        "Demandez à votre administrateur de la renouveler",
    ),
    "habilitation à venir": ({"habilite_le": ON + timedelta(days=1)}, "commence le 22/11/2026"),
}


def close(compte: Compte, fields: dict[str, Any]) -> None:
    for name, value in fields.items():
        setattr(compte.agent, name, value)
    compte.agent.save()


@pytest.mark.parametrize(("fields", "reason"), FERMES.values(), ids=FERMES)
def test_a_closed_account_is_refused_with_what_to_do(
    compte: Compte, client: StrictClient, fields: dict[str, Any], reason: str
) -> None:
    close(compte, fields)

    page = first(client, compte.courriel).content.decode()

    assert reason in page
    assert not is_open(client)


@pytest.mark.parametrize(("fields", "reason"), FERMES.values(), ids=FERMES)
def test_a_wrong_password_tells_nothing_of_a_closed_account(
    compte: Compte, client: StrictClient, fields: dict[str, Any], reason: str
) -> None:
    close(compte, fields)

    page = first(client, compte.courriel, "mauvais mot de passe").content.decode()

    assert INCORRECT in page
    assert reason not in page


@pytest.mark.parametrize(("fields", "reason"), FERMES.values(), ids=FERMES)
def test_closing_cuts_at_the_next_request(
    compte: Compte, entrer: Callable[..., StrictClient], fields: dict[str, Any], reason: str
) -> None:
    client = entrer()
    assert is_open(client)

    close(compte, fields)

    assert not is_open(client)
    assert Connexion.objects.get().fin_motif == "habilitation"
    assert reason in client.get(reverse("connexion")).content.decode()


@pytest.mark.parametrize(("fields", "reason"), FERMES.values(), ids=FERMES)
def test_closing_cuts_between_the_two_factors(
    compte: Compte, client: StrictClient, fields: dict[str, Any], reason: str
) -> None:
    first(client, compte.courriel)
    close(compte, fields)

    client.post(reverse("second_facteur"), {"code": compte.code()})

    assert not is_open(client)


@pytest.mark.parametrize("last", [ON, ON + timedelta(days=1)])
def test_the_last_day_of_an_habilitation_still_opens(
    compte: Compte, entrer: Callable[..., StrictClient], last: date
) -> None:
    close(compte, {"habilite_jusqu_au": last})

    client = entrer()

    assert is_open(client)
    assert "Votre habilitation prend fin le" in client.get(reverse("dossiers")).content.decode()


PAGES = [
    "accueil", "a_faire", "dossiers", "agenda", "listes", "choix", "activite", "annuaire",
    "departement", "comptes", "mes_connexions", "confirmer", "mot_de_passe", "application",
]  # fmt: skip


@pytest.mark.parametrize("page", PAGES)
def test_one_factor_opens_no_page(compte: Compte, client: StrictClient, page: str) -> None:
    first(client, compte.courriel)

    response = client.get(reverse(page))

    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("connexion"))
    again = client.get(response.headers["Location"])
    assert again.headers["Location"] == reverse("second_facteur")


@pytest.mark.parametrize("page", PAGES)
def test_a_session_of_django_alone_opens_no_page(
    compte: Compte, client: StrictClient, page: str
) -> None:
    client.weak_login(compte.agent)

    response = client.get(reverse(page))

    assert response.status_code == 302
    assert response.headers["Location"].startswith(reverse("connexion"))
    assert client.get(reverse("second_facteur")).status_code == 200


@pytest.mark.parametrize("page", ["activer", "activer_cle", "cle_creer_defi"])
def test_whoever_has_a_factor_adds_none_with_a_password_alone(
    compte: Compte, client: StrictClient, page: str
) -> None:
    first(client, compte.courriel)

    response = client.post(reverse(page), {"code": "123456", "nom": "x", "reponse": "{}"})

    assert response.status_code in {302, 403}
    assert FacteurCode.objects.count() == 1
    assert not is_open(client)


@pytest.mark.parametrize("minutes", [10, 11, 600])
def test_the_second_factor_comes_within_ten_minutes(
    compte: Compte, client: StrictClient, horloge: Horloge, minutes: int
) -> None:
    first(client, compte.courriel)
    horloge.advance(minutes=minutes)

    response = client.post(reverse("second_facteur"), {"code": compte.code()})

    assert response.headers["Location"] == reverse("connexion")
    assert not is_open(client)


def test_a_password_changed_between_the_two_factors_stops_the_sign_in(
    compte: Compte, client: StrictClient
) -> None:
    first(client, compte.courriel)
    compte.agent.set_password("une tout autre phrase longue")
    compte.agent.save()

    client.post(reverse("second_facteur"), {"code": compte.code()})

    assert not is_open(client)


def test_the_second_factor_of_another_does_not_serve(
    compte: Compte, client: StrictClient, horloge: Horloge
) -> None:
    from tests.web.connexion.conftest import make_compte

    other = make_compte(horloge, courriel="autre@ddets.exemple")
    first(client, compte.courriel)

    client.post(reverse("second_facteur"), {"code": other.code()})

    assert not is_open(client)


@pytest.mark.parametrize(
    ("idle", "stays"), [(1, True), (29, True), (30, False), (31, False), (400, False)]
)
def test_an_idle_session_ends(
    entrer: Callable[..., StrictClient], horloge: Horloge, idle: int, stays: bool
) -> None:
    client = entrer()

    horloge.advance(minutes=idle)

    assert is_open(client) is stays
    if not stays:
        page = client.get(reverse("connexion")).content.decode()
        assert "déconnecté après un moment sans activité" in page
        assert Connexion.objects.get().fin_motif == "inactivite"


def test_a_session_in_use_ends_after_eight_hours_all_the_same(
    entrer: Callable[..., StrictClient], horloge: Horloge
) -> None:
    client = entrer()
    for _ in range(23):
        horloge.advance(minutes=20)
        assert is_open(client)

    horloge.advance(minutes=20)

    assert not is_open(client)
    assert Connexion.objects.get().fin_motif == "duree"


def test_the_session_gets_a_new_identifier_at_each_step(
    compte: Compte, client: StrictClient
) -> None:
    name = django_settings.SESSION_COOKIE_NAME
    client.get(reverse("proconnect") if django_settings.SEUIL_OIDC_ISSUER else reverse("connexion"))
    session = client.session
    session["pose"] = "par un tiers"
    session.save()
    client.cookies[name] = fixed = session.session_key

    first(client, compte.courriel)
    half = client.cookies[name].value
    client.post(reverse("second_facteur"), {"code": compte.code()})
    full = client.cookies[name].value

    assert len({fixed, half, full}) == 3
    assert not Session.objects.filter(session_key__in=[fixed, half]).exists()
    assert "pose" not in client.session


@pytest.mark.parametrize(
    ("suite", "arrive"),
    [
        ("/dossiers/?stade=cql", "/dossiers/?stade=cql"),
        ("https://voleur.example/", "/"),
        ("//voleur.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\\voleur.example", "/"),
        ("", "/"),
        ("/deconnexion/", "/"),
    ],
)
def test_one_arrives_where_one_was_going_and_nowhere_else(
    compte: Compte, client: StrictClient, suite: str, arrive: str
) -> None:
    client.post(
        reverse("connexion"),
        {"username": compte.courriel, "password": MOT_DE_PASSE, "next": suite},
    )

    response = client.post(reverse("second_facteur"), {"code": compte.code()})

    assert response.headers["Location"] == arrive


def test_signing_out_ends_the_session_and_is_a_line_of_the_journal(
    entrer: Callable[..., StrictClient],
) -> None:
    client = entrer()

    assert client.get(reverse("deconnexion")).status_code == 405
    client.post(reverse("deconnexion"))

    assert not is_open(client)
    assert Connexion.objects.get().fin_motif == "depart"
    acts = Event.objects.filter(nature="acte").order_by("id")
    assert list(acts.values_list("kind", flat=True)) == ["connexion.ouverte", "connexion.fermee"]


def test_a_refused_sign_in_is_a_line_of_the_journal(compte: Compte, client: StrictClient) -> None:
    first(client, compte.courriel, "faux")
    first(client, "inconnu@x.fr", "faux")

    lines = Event.objects.filter(kind="connexion.refusee").order_by("id")
    assert [e.target_id for e in lines] == [str(compte.agent.pk), "inconnu"]
    assert all("x.fr" not in str(e.details) for e in lines)


DEMOS = {
    "instance ordinaire": (False, False, "jean@demo.example", False),
    "démonstration en HTTPS": (True, True, "jean@demo.example", False),
    "compte qui n’est pas de la démonstration": (True, False, "jean@ddets.exemple", False),
    "adresse qui imite": (True, False, "jean@demo.example.ddets.fr", False),
    "démonstration": (True, False, "jean@demo.example", True),
}


@pytest.mark.parametrize(("demo", "https", "courriel", "skips"), DEMOS.values(), ids=DEMOS)
def test_only_accounts_of_a_demonstration_open_with_a_password_alone(
    db: None, settings: Any, demo: bool, https: bool, courriel: str, skips: bool
) -> None:
    from tests.factories.base import make_agent

    settings.SEUIL_DEMO, settings.SECURE_SSL_REDIRECT = demo, https
    make_agent(courriel=courriel, password=MOT_DE_PASSE)
    extra = {"secure": True} if https else {}
    client = StrictClient()

    response = client.post(
        reverse("connexion"), {"username": courriel, "password": MOT_DE_PASSE}, **extra
    )

    went_on = response.headers.get("Location") == reverse("accueil")
    assert went_on is skips
    assert (client.get(reverse("dossiers"), **extra).status_code == 200) is skips


def test_a_demonstration_account_opens_nothing_outside_of_a_demonstration(
    compte: Compte, entrer: Callable[..., StrictClient], settings: Any
) -> None:
    settings.SEUIL_DEMO = True
    Agent.objects.filter(pk=compte.agent.pk).update(courriel="simone@demo.example")
    compte.agent.refresh_from_db()
    opened = entrer()
    assert is_open(opened)
    _, jeton = create_abonnement(by=compte.agent, on=date(2026, 11, 21))
    settings.SEUIL_DEMO = False

    # The session, the password even with a code, the passkey page, the calendar.
    assert not is_open(opened)
    client = StrictClient()
    page = first(client, compte.courriel)
    assert "démonstration" in page.content.decode()
    assert client.post(reverse("second_facteur"), {"code": compte.code()}).status_code == 302
    assert not is_open(client)
    assert client.get(reverse("activer")).status_code == 302
    assert client.get(reverse("agenda_ics", args=[jeton])).status_code == 404


def test_a_demonstration_account_that_took_a_factor_is_asked_for_it(
    compte: Compte, client: StrictClient, settings: Any
) -> None:
    settings.SEUIL_DEMO = True
    compte.agent.courriel = "jean@demo.example"
    compte.agent.save()

    first(client, "jean@demo.example")

    assert not is_open(client)
