"""ProConnect, against a real OpenID Provider on loopback that lies about one claim at a time."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.connexions.models import Connexion, IdentiteExterne
from tests.factories.base import make_agent, make_organisation
from tests.harness.client import StrictClient, read
from tests.harness.fournisseur import CLIENT, SECRET, Fournisseur, open_fournisseur
from tests.harness.html import select_all
from tests.web.connexion.conftest import MOT_DE_PASSE, is_open

SIRET = "13002526500013"
DOUTEUSE = "n’a pas pu être vérifiée"


@pytest.fixture(scope="module")
def op_server() -> Iterator[Fournisseur]:
    with open_fournisseur() as op:
        yield op


@pytest.fixture
def op(op_server: Fournisseur, settings: Any) -> Fournisseur:
    op_server.reset()
    settings.SEUIL_OIDC_ISSUER = op_server.emetteur
    settings.SEUIL_OIDC_CLIENT_ID = CLIENT
    settings.SEUIL_OIDC_CLIENT_SECRET = SECRET
    return op_server


@pytest.fixture
def agent(db: None) -> Agent:
    """The account that the provider's person should open."""
    home = make_organisation(type="ddets", nom="DDETS", siret=SIRET)
    return make_agent(courriel="simone@ddets.exemple", organisation=home, password=MOT_DE_PASSE)


def go(client: StrictClient, op: Fournisseur) -> Any:
    """Sign in through the provider, as a browser does."""
    asked = client.get(reverse("proconnect"))
    back = urlsplit(op.go_through(asked.headers["Location"]))
    return client.get(f"{back.path}?{back.query}")


def test_an_agent_is_recognised_and_signed_in(
    op: Fournisseur, agent: Agent, client: StrictClient
) -> None:
    response = go(client, op)

    assert response.headers["Location"] == reverse("accueil")
    assert is_open(client)
    assert Connexion.objects.get().moyen == "fournisseur"
    identite = IdentiteExterne.objects.get()
    assert (identite.emetteur, identite.sujet) == (op.emetteur, "sujet-1")
    assert identite.agent == agent


def test_the_request_follows_the_profile(
    op: Fournisseur, agent: Agent, client: StrictClient
) -> None:
    go(client, op)

    asked = op.demandes[-1]
    assert asked["scope"] == "openid given_name usual_name email uid siret idp_id"
    assert asked["code_challenge_method"] == "S256"
    assert asked["acr_values"] == "eidas1"
    assert json.loads(asked["claims"])["id_token"]["amr"] == {"essential": True}
    assert len(asked["state"]) >= 43
    assert len(asked["nonce"]) >= 43
    assert asked["redirect_uri"].endswith("/connexion/proconnect/retour/")


@pytest.mark.parametrize(
    ("acr", "amr", "strong"),
    [
        ("eidas1", ("pwd", "mfa"), True),
        ("eidas2", ("pwd",), True),
        ("eidas3", (), True),
        ("https://proconnect.gouv.fr/assurance/consistency-checked-2fa", (), True),
        ("eidas1", ("pwd",), False),
        ("eidas1", (), False),
        ("", (), False),
        ("", ("pwd",), False),
        ("eidas9", ("pwd",), False),
        ("EIDAS2", (), False),
        ("https://proconnect.gouv.fr/assurance/self-asserted", ("pwd",), False),
    ],
)
def test_one_factor_there_asks_one_more_here(
    op: Fournisseur, agent: Agent, client: StrictClient, acr: str, amr: tuple, strong: bool
) -> None:
    op.personne.acr, op.personne.amr = acr, amr

    response = go(client, op)

    assert is_open(client) is strong
    if not strong:
        assert response.headers["Location"] == reverse("second_facteur")


def test_the_subject_is_the_key_once_known(
    op: Fournisseur, agent: Agent, client: StrictClient
) -> None:
    go(StrictClient(), op)
    op.personne.email, op.personne.siret = "nouveau-nom@ddets.exemple", "44306184100047"
    op.personne.email_verified = False

    go(client, op)

    assert is_open(client)


INCONNUS: dict[str, dict[str, Any]] = {
    "adresse inconnue": {"email": "personne@ddets.exemple"},
    "adresse vide": {"email": ""},
    "autre SIRET": {"siret": "44306184100047"},
    "SIRET vide": {"siret": ""},
}


@pytest.mark.parametrize("fields", INCONNUS.values(), ids=INCONNUS)
def test_an_identity_that_nobody_announced_creates_nothing(
    op: Fournisseur, agent: Agent, client: StrictClient, fields: dict[str, Any]
) -> None:
    for name, value in fields.items():
        setattr(op.personne, name, value)

    response = go(client, op)

    assert response.status_code == 403
    assert "Demandez à l’administrateur de votre organisme" in response.content.decode()
    assert Agent.objects.count() == 1
    assert not IdentiteExterne.objects.exists()
    assert not is_open(client)


@pytest.mark.parametrize(
    ("verified", "trusted", "opens"),
    [
        (True, False, True),
        (None, True, True),
        (None, False, False),
        (False, False, False),
        (False, True, False),
        ("true", True, False),
        (1, True, False),
    ],
)
def test_an_e_mail_counts_only_when_it_is_verified(
    op: Fournisseur, agent: Agent, client: StrictClient, settings: Any, verified: object,
    trusted: bool, opens: bool,
) -> None:  # fmt: skip
    settings.SEUIL_OIDC_COURRIEL_SUR = trusted
    op.personne.email_verified = verified
    if verified is None:
        op.userinfo = lambda c: {k: v for k, v in c.items() if k != "email_verified"}

    response = go(client, op)

    assert is_open(client) is opens
    if not opens:
        assert "n’a pas vérifié votre adresse" in response.content.decode()


def test_another_subject_does_not_take_an_account_already_tied(
    op: Fournisseur, agent: Agent, client: StrictClient
) -> None:
    go(StrictClient(), op)
    op.personne.sub = "sujet-2"

    response = go(client, op)

    assert response.status_code == 403
    assert IdentiteExterne.objects.count() == 1
    assert not is_open(client)


def test_the_same_subject_at_another_issuer_is_someone_else(
    op: Fournisseur, agent: Agent, secretaire: Agent, client: StrictClient
) -> None:
    IdentiteExterne.objects.create(
        agent=secretaire, emetteur="https://autre.exemple", sujet="sujet-1"
    )

    go(client, op)

    assert IdentiteExterne.objects.get(emetteur=op.emetteur).agent == agent


def change(**claims: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    def lie(honest: dict[str, Any]) -> dict[str, Any]:
        return {k: v for k, v in {**honest, **claims}.items() if v is not ...}

    return lie


NOW = int(time.time())
# A claim left out is written `...`.
FAUX_ID_TOKEN: dict[str, dict[str, Any]] = {
    "iss autre": {"iss": "https://voleur.example"},
    "iss barre de trop": {"iss": "http://127.0.0.1/"},
    "iss absent": {"iss": ...},
    "iss liste": {"iss": ["x"]},
    "aud autre": {"aud": ["autre-client"]},
    "aud texte autre": {"aud": "autre-client"},
    "aud plusieurs": {"aud": [CLIENT, "autre-client"]},
    "aud vide": {"aud": []},
    "aud absent": {"aud": ...},
    "azp autre": {"azp": "autre-client"},
    "nonce autre": {"nonce": "rejoué"},
    "nonce vide": {"nonce": ""},
    "nonce absent": {"nonce": ...},
    "exp passé": {"exp": NOW - 3600},
    "exp absent": {"exp": ...},
    "exp texte": {"exp": "demain"},
    "exp lointain": {"exp": NOW + 10 * 86_400},
    "iat ancien": {"iat": NOW - 86_400},
    "iat à venir": {"iat": NOW + 86_400, "exp": NOW + 87_000},
    "iat absent": {"iat": ...},
    "nbf à venir": {"nbf": NOW + 86_400},
    "sub autre": {"sub": "sujet-9"},
    "sub vide": {"sub": ""},
    "sub absent": {"sub": ...},
    "sub nombre": {"sub": 1},
    "sub immense": {"sub": "x" * 300},
    "acr liste": {"acr": ["eidas3"]},
    "amr texte": {"amr": "mfa"},
    "amr nombres": {"amr": [1]},
}


@pytest.mark.parametrize("claims", FAUX_ID_TOKEN.values(), ids=FAUX_ID_TOKEN)
def test_a_forged_claim_of_the_id_token_opens_nothing(
    op: Fournisseur, agent: Agent, client: StrictClient, claims: dict[str, Any]
) -> None:
    op.id_token = change(**claims)

    response = go(client, op)

    assert response.status_code == 403
    assert DOUTEUSE in response.content.decode()
    assert not is_open(client)
    assert not IdentiteExterne.objects.exists()


FAUX_USERINFO: dict[str, dict[str, Any]] = {
    "iss autre": {"iss": "https://voleur.example"},
    "iss absent": {"iss": ...},
    "aud autre": {"aud": "autre-client"},
    "aud absent": {"aud": ...},
    "sub autre": {"sub": "sujet-9"},
    "sub absent": {"sub": ...},
    "sub vide": {"sub": ""},
    "exp passé": {"exp": NOW - 3600},
    "email liste": {"email": ["simone@ddets.exemple"]},
    "siret nombre": {"siret": 13002526500013},
}


@pytest.mark.parametrize("claims", FAUX_USERINFO.values(), ids=FAUX_USERINFO)
def test_a_forged_claim_of_the_userinfo_opens_nothing(
    op: Fournisseur, agent: Agent, client: StrictClient, claims: dict[str, Any]
) -> None:
    op.userinfo = change(**claims)

    response = go(client, op)

    assert response.status_code == 403
    assert DOUTEUSE in response.content.decode()
    assert not is_open(client)


@pytest.mark.parametrize("which", ["id_token", "userinfo"])
@pytest.mark.parametrize("how", ["autre clé", "none", "HS256", "RS512"])
def test_a_signature_of_another_kind_opens_nothing(
    op: Fournisseur, agent: Agent, client: StrictClient, which: str, how: str
) -> None:
    if how == "autre clé":
        setattr(op, f"cle_{which}", op.autre_cle)
    else:
        setattr(op, f"alg_{which}", how)

    response = go(client, op)

    assert response.status_code == 403
    assert not is_open(client)


def test_a_userinfo_that_is_not_signed_opens_nothing(
    op: Fournisseur, agent: Agent, client: StrictClient
) -> None:
    op.userinfo_signe = False

    assert go(client, op).status_code == 403
    assert not is_open(client)


@pytest.mark.parametrize(
    "claims",
    [
        {"issuer": "https://voleur.example"},
        {"token_endpoint": "http://voleur.example/token"},
        {"jwks_uri": ...},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"userinfo_endpoint": "file:///etc/passwd"},
    ],
)
def test_a_forged_discovery_leads_nowhere(
    op: Fournisseur, agent: Agent, client: StrictClient, claims: dict[str, Any]
) -> None:
    op.decouverte = change(**claims)

    assert client.get(reverse("proconnect")).status_code == 403


def back_of(client: StrictClient, op: Fournisseur) -> tuple[str, dict[str, str]]:
    asked = client.get(reverse("proconnect"))
    back = urlsplit(op.go_through(asked.headers["Location"]))
    return back.path, {k: v[0] for k, v in parse_qs(back.query).items()}


@pytest.mark.parametrize(
    "lies",
    [
        {"state": "autre"}, {"state": ""}, {"code": ""}, {"code": "inventé"},
        {"iss": "https://voleur.example"}, {"state": "é"},
    ],
)  # fmt: skip
def test_a_forged_return_opens_nothing(
    op: Fournisseur, agent: Agent, client: StrictClient, lies: dict[str, str]
) -> None:
    path, query = back_of(client, op)

    response = client.get(path, {**query, **lies})

    assert response.status_code == 403
    assert not is_open(client)


def test_the_return_of_another_browser_opens_nothing(
    op: Fournisseur, agent: Agent, client: StrictClient
) -> None:
    path, query = back_of(StrictClient(), op)

    assert client.get(path, query).status_code == 403
    assert not is_open(client)


def test_a_return_serves_once(op: Fournisseur, agent: Agent, client: StrictClient) -> None:
    path, query = back_of(client, op)
    client.get(path, query)
    client.post(reverse("deconnexion"))

    assert client.get(path, query).status_code == 403
    assert not is_open(client)


def test_without_the_verifier_the_code_is_worth_nothing(
    op: Fournisseur, agent: Agent, client: StrictClient
) -> None:
    path, query = back_of(client, op)
    session = client.session
    session["demande"] = {**session["demande"], "verifieur": "x" * 64}
    session.save()

    assert client.get(path, query).status_code == 403


def test_a_wrong_client_secret_opens_nothing(
    op: Fournisseur, agent: Agent, client: StrictClient, settings: Any
) -> None:
    settings.SEUIL_OIDC_CLIENT_SECRET = "faux"

    assert go(client, op).status_code == 403


def test_a_silent_provider_is_said_in_french(
    op: Fournisseur, client: StrictClient, db: None, settings: Any
) -> None:
    settings.SEUIL_OIDC_ISSUER = "http://127.0.0.1:9"

    response = client.get(reverse("proconnect"))

    assert response.status_code == 403
    assert DOUTEUSE in response.content.decode()


@pytest.mark.parametrize(("field", "value"), [("is_active", False), ("suspendu_motif", "decision")])
def test_the_provider_does_not_open_a_closed_account(
    op: Fournisseur, agent: Agent, client: StrictClient, field: str, value: object
) -> None:
    setattr(agent, field, value)
    if value == "decision":
        agent.suspendu_le = agent.habilite_le
    agent.save()

    assert go(client, op).status_code == 403
    assert not is_open(client)


def test_leaving_offers_to_leave_the_provider_too(
    op: Fournisseur, agent: Agent, client: StrictClient
) -> None:
    go(client, op)

    page = client.post(reverse("deconnexion"))
    link = next(
        e.attrs["href"] for e in select_all(read(page), "a") if "session/end" in e.attrs["href"]
    )
    op.go_through(link)

    assert not is_open(client)
    assert op.sorties[-1]["post_logout_redirect_uri"].endswith(reverse("connexion"))
    assert op.sorties[-1]["id_token_hint"].count(".") == 2


def test_the_provider_vouches_again_before_an_export(
    op: Fournisseur, agent: Agent, client: StrictClient
) -> None:
    go(client, op)
    Connexion.objects.update(preuve_at="2026-01-01T00:00:00Z", ouverte_at="2026-01-01T00:00:00Z")
    connexion = Connexion.objects.get()
    connexion.ouverte_at = connexion.vue_at
    connexion.preuve_at = connexion.vue_at
    connexion.save()
    assert go(client, op).headers["Location"].startswith(reverse("confirme"))
    assert op.demandes[-1]["prompt"] == "login"

    op.personne.sub = "sujet-2"
    assert go(client, op).headers["Location"] == reverse("accueil")


def test_without_provider_its_addresses_do_not_exist(client: StrictClient, db: None) -> None:
    assert client.get(reverse("proconnect")).status_code == 404
    assert client.get(reverse("proconnect_retour")).status_code == 404
    assert "ProConnect" not in client.get(reverse("connexion")).content.decode()


def test_the_journal_names_the_fault_and_no_one(
    op: Fournisseur, agent: Agent, client: StrictClient
) -> None:
    op.id_token = change(nonce="rejoué")
    go(client, op)

    line = Event.objects.get(kind="connexion.refusee")
    assert "simone" not in str(line.details) + line.target_id
