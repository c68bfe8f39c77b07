"""The pure rules of sign-in: passwords, waits, sessions, roles that may be given."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.password_validation import CommonPasswordValidator

from seuil.acteurs.models import Role
from seuil.acteurs.rules import is_above
from seuil.connexions.rules import (
    PAR_ADRESSE,
    PAR_COMPTE,
    PAR_LIEU,
    Bareme,
    compute_attente,
    compute_cle,
    is_recent,
    list_roles_invitables,
    load_repandus,
    normalise_adresse,
    read_appareil,
    why_session_over,
    why_weak,
)

AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
MOTS = ("Castaing", "Hélène", "helene.castaing@ddets.exemple", "DDETS de la Gironde")
DJANGO = frozenset(CommonPasswordValidator().passwords)

REFUSES = {
    "vide": ("", "trop court"),
    "court": ("Xk9$mQ2!", "trop court"),
    "onze": ("vR7kTq2mZx9", "trop court"),
    "chiffres qui se suivent": ("123456789012", "suite"),
    "chiffres à rebours": ("987654321098", "suite"),
    "clavier": ("azertyuiopqs", "suite"),
    "clavier et année": ("azertyuiop2026", "listes"),
    "clavier américain": ("qwertyuiop123", "suite"),
    "alphabet": ("abcdefghijkl", "suite"),
    "répété": ("aaaaaaaaaaaaaa", "répète"),
    "motif répété": ("abcabcabcabcabc", "répète"),
    "mot répété": ("soleilsoleil", "répète"),
    "azerty deux fois": ("azertyazerty", "répète"),
    "deux lettres": ("abababbaabab", "répète"),
    "mot de passe": ("motdepasse2026", "listes"),
    "mot de passe écrit": ("Mot de passe 1!", "listes"),
    "figures pour lettres": ("M0tDeP@sse!!", "listes"),
    "ville et année": ("Bordeaux2026", "listes"),
    "ville et signes": ("Bordeaux33!!", "listes"),
    "ville accentuée": ("Orléans-2026!", "listes"),
    "ville composée": ("Saint-Étienne1", "listes"),
    "ville et salut": ("bonjourlyon69", "listes"),
    "deux prénoms": ("NicolasCamille", "listes"),
    "administrateur": ("administrateur1", "listes"),
    "préfecture": ("Prefecture2026", "listes"),
    "service et ville": ("ddetsbordeaux33", "listes"),
    "bienvenue": ("Bienvenue2026!", "listes"),
    "changez-moi": ("ChangezMoi2026", "listes"),
    "fraternité": ("fraternite1789", "listes"),
    "club": ("girondins1234", "listes"),
    "anglais": ("password123456", "listes"),
    "anglais déguisé": ("P@ssw0rd123456", "listes"),
    "anglais deux mots": ("dragonmonkey1", "listes"),
    "nom": ("castaing20261", "nom"),
    "nom accentué": ("Hélène-33-1975", "listes"),
    "nom et prénom": ("HeleneCastaing", "nom"),
    "adresse": ("helene.castaing@ddets", "nom"),
    "organisme": ("DDETS-Gironde-1", "listes"),
    "site": ("Seuil-2026-abc", "nom"),
    "site et organisme": ("seuil.gironde.2026", "nom"),
}


@pytest.mark.parametrize(("secret", "mot"), REFUSES.values(), ids=REFUSES)
def test_an_easy_password_is_refused_and_says_what_to_do(secret: str, mot: str) -> None:
    reason = why_weak(mot_de_passe=secret, mots=MOTS, repandus=DJANGO)

    assert reason
    assert mot in reason
    assert "quatre ou cinq mots" in reason.lower()


@pytest.mark.parametrize(
    "secret",
    [
        "canal-toiture-noisette-demo",
        "lampe verte escargot pluie",
        "vR7kTq2mZx9w",
        "¿où-est-la-clé-du-canal?",
        "Tramway 7 sous la neige",
        "une phrase assez longue",
        "été froid, ruche pleine",
        "カナルと屋根と雨のうたと猫",
        "x7-lanterne-x7-fougere",
        "bordeaux et trois canards boiteux",
        "helene aime les fougères bleues",
        "k" * 3 + "lanterne-fougere" * 15,
    ],
)
def test_a_good_password_is_accepted_whatever_its_characters(secret: str) -> None:
    assert why_weak(mot_de_passe=secret, mots=MOTS, repandus=DJANGO) is None


def test_the_shipped_lists_hold_french_words_and_communes() -> None:
    assert load_repandus() >= {"motdepasse", "azerty", "bordeaux", "saintetienne", "libourne"}
    assert len(load_repandus()) > 1500


def _fails(count: int, *, since: datetime = AT) -> list[datetime]:
    return [since - timedelta(seconds=i) for i in range(count)]


@pytest.mark.parametrize(
    ("bareme", "count", "minutes"),
    [
        (PAR_LIEU, 0, 0), (PAR_LIEU, 2, 0), (PAR_LIEU, 3, 2), (PAR_LIEU, 4, 5), (PAR_LIEU, 5, 15),
        (PAR_LIEU, 6, 30), (PAR_LIEU, 7, 60), (PAR_LIEU, 50, 60), (PAR_COMPTE, 7, 0),
        (PAR_COMPTE, 8, 5), (PAR_COMPTE, 9, 10), (PAR_COMPTE, 12, 60), (PAR_ADRESSE, 29, 0),
        (PAR_ADRESSE, 30, 1), (PAR_ADRESSE, 40, 5),
    ],
)  # fmt: skip
def test_the_wait_grows_with_the_failures(bareme: Bareme, count: int, minutes: int) -> None:
    assert compute_attente(echecs=_fails(count), at=AT, bareme=bareme) == timedelta(minutes=minutes)


@pytest.mark.parametrize(("bareme", "most"), [(PAR_LIEU, 7), (PAR_COMPTE, 12)])
def test_no_hour_of_a_week_of_guessing_holds_more_than_its_share(bareme: Bareme, most: int) -> None:
    tries: list[datetime] = []
    for minute in range(7 * 24 * 60):
        at = AT + timedelta(minutes=minute)
        while compute_attente(echecs=tries, at=at, bareme=bareme) == timedelta(0):
            tries.append(at)

    worst = max(sum(t <= u < t + timedelta(hours=1) for u in tries) for t in tries)
    assert worst <= most


def test_failures_of_the_hour_before_are_forgotten() -> None:
    old = _fails(50, since=AT - timedelta(hours=1))

    assert compute_attente(echecs=old, at=AT, bareme=PAR_LIEU) == timedelta(0)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("192.0.2.7", "192.0.2.7"), (" 192.0.2.7 ", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"), ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("", "inconnue"), ("n’importe quoi", "inconnue"), ("192.0.2.7:443", "inconnue"),
    ],
)  # fmt: skip
def test_the_network_address_is_reduced_to_what_counts(given: str, kept: str) -> None:
    assert normalise_adresse(given) == kept


def test_a_key_of_tries_tells_nothing_without_the_secret() -> None:
    one = compute_cle(genre="compte", valeur=" Simone@X.fr", secret="a")

    assert one == compute_cle(genre="compte", valeur="simone@x.FR ", secret="a")
    assert one != compute_cle(genre="compte", valeur="simone@x.fr", secret="b")
    assert one != compute_cle(genre="adresse", valeur="simone@x.fr", secret="a")


@pytest.mark.parametrize(
    ("age", "idle", "reason"),
    [
        (0, 0, None), (29, 29, None), (30, 30, "inactivite"), (400, 31, "inactivite"),
        (479, 1, None), (480, 0, "duree"), (600, 600, "duree"),
    ],
)  # fmt: skip
def test_a_session_ends_by_idleness_or_by_age(age: int, idle: int, reason: str | None) -> None:
    over = why_session_over(
        debut=AT - timedelta(minutes=age),
        vue=AT - timedelta(minutes=idle),
        at=AT,
        inactivite=timedelta(minutes=30),
        duree=timedelta(hours=8),
    )

    assert over == reason


@pytest.mark.parametrize(("seconds", "recent"), [(0, True), (599, True), (600, False), (-1, False)])
def test_a_proof_is_recent_for_ten_minutes(seconds: int, recent: bool) -> None:
    assert is_recent(preuve=AT - timedelta(seconds=seconds), at=AT) is recent


@pytest.mark.parametrize(
    ("agent", "families"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
         ("Firefox", "Linux")),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/130.0 Safari/537.36 Edg/130.0",
         ("Edge", "Windows")),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
         ("Safari", "iPhone")),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/130.0 Mobile Safari/537.36",
         ("Chrome", "Android")),
        ("", ("autre", "autre")),
    ],
)  # fmt: skip
def test_only_families_of_browser_and_device_are_kept(
    agent: str, families: tuple[str, str]
) -> None:
    assert read_appareil(agent) == families


@pytest.mark.parametrize(
    ("type_organisation", "par", "roles"),
    [
        ("operateur", "chef_equipe", ["chef_equipe", "travailleur_social", "juriste"]),
        ("operateur", "juriste", ["travailleur_social", "juriste"]),
        ("caf", "partenaire", ["partenaire"]),
        ("caf", "administrateur", ["partenaire"]),
        ("ddets", "secretariat", ["secretariat", "charge_mission"]),
        ("ddets", "charge_mission", ["charge_mission"]),
        ("ddets", "administrateur", ["secretariat", "charge_mission", "dpo", "administrateur"]),
        ("prefecture", "gestionnaire", ["gestionnaire"]),
    ],
)
def test_an_organisation_gives_the_roles_of_its_type_and_nobody_gives_above(
    type_organisation: str, par: str, roles: list[str]
) -> None:
    given = list_roles_invitables(
        type_organisation=type_organisation,
        departement=par == "administrateur",
        roles=Role.values,
        par=par,
    )

    assert given == roles
    assert not any(is_above(role, par) for role in given)


def test_every_role_has_a_rank_and_an_unknown_one_is_above_all() -> None:
    assert all(is_above("inconnu", role) for role in Role.values)
    assert all(is_above(role, "inconnu") for role in Role.values)
