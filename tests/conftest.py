"""Fixtures and strictness shared by every test."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date

import pytest
from django.conf import settings as django_settings
from django.db import connections
from hypothesis import settings as hypothesis_settings

from config.database import django_database, start_embedded
from tests.harness.client import StrictClient
from tests.harness.strictness import (
    install_flush_despite_triggers,
    install_random_order,
    install_strict_templates,
)

ON = date(2026, 11, 21)
# In the environment: a server started by a test lives on the same day.
os.environ["SEUIL_TODAY"] = ON.isoformat()

# No timed test: a slow machine is not a fault. `make epreuves` asks for the second profile.
hypothesis_settings.register_profile("ordinaire", deadline=None)
hypothesis_settings.register_profile("epreuves", deadline=None, max_examples=10_000)
hypothesis_settings.load_profile("ordinaire")


def pytest_configure() -> None:
    """Cheap passwords: the real hasher costs a third of a second per account."""
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django_settings.SEUIL_JOURNAL_STRICT = True
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="session", autouse=True)
def _strictness() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        install_strict_templates(patch)
        install_random_order(patch)
        install_flush_despite_triggers(patch)
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Start PostgreSQL before Django makes its test database."""
    start_embedded()
    # The socket's place is known only once the server runs.
    place = django_database()
    for name in ("HOST", "PORT"):
        if name in place:
            connections["default"].settings_dict[name] = place[name]
            connections.databases["default"][name] = place[name]


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """Fill the test database once with what every instance holds: the geography, the journal."""
    from seuil.audit.operations import install_journal  # noqa: PLC0415 - after Django's setup

    with django_db_blocker.unblock():
        from seuil.acteurs import rls  # noqa: PLC0415 - after Django's setup

        rls.install()
        _load_geography()
        install_journal(cursor=connections["default"].cursor())
    yield
    # The live server may outlive the database: its threads keep a connection each.
    with django_db_blocker.unblock(), connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Put the geography back after a test that emptied the database."""
    result = yield
    if nextitem is None:
        # The last test: its teardown has dropped the test database.
        return result
    names = set(getattr(item, "fixturenames", ()))
    marker = item.get_closest_marker("django_db")
    if names & {"transactional_db", "live_server"} or (marker and marker.kwargs.get("transaction")):
        from pytest_django.plugin import blocking_manager_key  # noqa: PLC0415

        with item.config.stash[blocking_manager_key].unblock():
            _load_geography()
    return result


def _load_geography() -> None:
    from seuil.acteurs.operations.territoires import import_geography  # noqa: PLC0415 - after Django's setup

    import_geography(departements=["33"])


@pytest.fixture(autouse=True)
def _own_documents(settings: object, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.SEUIL_DOCUMENTS = tmp_path_factory.getbasetemp() / "documents"


@pytest.fixture
def on() -> date:
    """The day of the test."""
    return ON


@pytest.fixture
def gironde(db: None) -> str:
    """The département's code; its communes and arrondissements are in the database."""
    return "33"


@pytest.fixture
def ddets(gironde: str) -> object:
    from tests.factories.base import make_organisation  # noqa: PLC0415

    return make_organisation(type="ddets", nom="DDETS de la Gironde")


@pytest.fixture
def prefecture(gironde: str) -> object:
    from tests.factories.base import make_organisation  # noqa: PLC0415

    return make_organisation(type="prefecture", nom="Préfecture de la Gironde")


@pytest.fixture
def operateur(gironde: str) -> object:
    from tests.factories.base import make_organisation  # noqa: PLC0415

    return make_organisation(type="operateur", nom="Association Le Palier")


@pytest.fixture
def caf(gironde: str) -> object:
    from tests.factories.base import make_organisation  # noqa: PLC0415

    return make_organisation(type="caf", nom="CAF de la Gironde")


def _agent_fixture(role: str, home: str, prenom: str) -> Callable[..., object]:
    @pytest.fixture
    def agent(request: pytest.FixtureRequest) -> object:
        from tests.factories.base import make_agent  # noqa: PLC0415

        organisation = request.getfixturevalue(home)
        return make_agent(role=role, organisation=organisation, prenom=prenom)

    return agent


secretaire = _agent_fixture("secretariat", "ddets", "Simone")
gestionnaire = _agent_fixture("gestionnaire", "prefecture", "Gilles")
chef_equipe = _agent_fixture("chef_equipe", "operateur", "Chloé")
travailleur_social = _agent_fixture("travailleur_social", "operateur", "Tania")
juriste = _agent_fixture("juriste", "operateur", "Jules")
partenaire = _agent_fixture("partenaire", "caf", "Pauline")
charge_mission = _agent_fixture("charge_mission", "ddets", "Camille")
dihal = _agent_fixture("dihal", "ddets", "Diane")
dpo = _agent_fixture("dpo", "ddets", "Denise")
administrateur = _agent_fixture("administrateur", "ddets", "Adèle")


@pytest.fixture
def client(db: None) -> StrictClient:
    """A visitor who is not signed in."""
    return StrictClient()


@pytest.fixture
def client_de(db: None) -> Callable[[object], StrictClient]:
    """Return a function that signs an agent in and returns its client."""

    def sign_in(agent: object) -> StrictClient:
        client = StrictClient()
        client.force_login(agent)
        return client

    return sign_in


@pytest.fixture(scope="session")
def navigateur() -> Iterator[object]:
    """Chromium, started once."""
    from tests.harness.browser import open_browser  # noqa: PLC0415 - only browser tests need it

    with pytest.MonkeyPatch.context() as patch, open_browser() as browser:
        # Playwright keeps an event loop in this thread; the tests still use the ORM in it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield browser


@pytest.fixture
def page_de(navigateur: object, live_server: object) -> Iterator[Callable[..., object]]:
    """Return a function that opens a browser page signed in as an agent (None: a visitor).

    `width` is the window's. Any error the browser saw fails the test at its end.
    """
    from tests.harness.browser import open_page  # noqa: PLC0415

    with ExitStack() as pages:

        def open_signed_in(agent: object | None = None, **options: object) -> object:
            return pages.enter_context(
                open_page(navigateur, live_server.url, agent=agent, **options)
            )

        yield open_signed_in
