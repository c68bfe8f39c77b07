"""Fixtures and strictness shared by every test."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date

import pytest
from django.conf import settings as django_settings
from hypothesis import settings as hypothesis_settings

from tests.harness.base import install_quick_flush, open_database
from tests.harness.client import StrictClient
from tests.harness.cout import Cout
from tests.harness.partage import ParFichier
from tests.harness.strictness import install_random_order, install_strict_templates

ON = date(2026, 11, 21)
# In the environment: a server started by a test lives on the same day.
os.environ["SEUIL_TODAY"] = ON.isoformat()
os.environ["SEUIL_EMBARQUEE"] = "1"

# No timed test: a slow machine is not a fault. `make epreuves` asks for the second profile.
hypothesis_settings.register_profile("ordinaire", deadline=None)
hypothesis_settings.register_profile("epreuves", deadline=None, max_examples=10_000)
hypothesis_settings.load_profile("ordinaire")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare what `make test` asks."""
    parser.addoption("--cout", action="store_true", help="tell the processor time, by family")


def pytest_configure(config: pytest.Config) -> None:
    """Cheap passwords: the real hasher costs a third of a second per account."""
    if config.getoption("--cout"):
        config.pluginmanager.register(Cout(config))
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django_settings.SEUIL_JOURNAL_STRICT = True
    # A test makes in a second the refusals of a day.
    django_settings.SEUIL_REFUS_ADRESSE = django_settings.SEUIL_REFUS_TOUS = 10**9
    # Looked for when asked, under their own names: nothing is gathered before a test.
    django_settings.WHITENOISE_AUTOREFRESH = django_settings.WHITENOISE_USE_FINDERS = True
    django_settings.STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
    }
    django_settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ParFichier:
    """Keep a file to one worker, and what drives a browser to one."""
    return ParFichier(config, log)


@pytest.fixture(scope="session", autouse=True)
def _strictness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            django_settings, "SEUIL_DOCUMENTS", tmp_path_factory.getbasetemp() / "documents"
        )
        install_strict_templates(patch)
        install_random_order(patch)
        install_quick_flush(patch)
        yield


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings_parallel_suffix: None,
    django_db_blocker: pytest.FixtureRequest,
) -> Iterator[None]:
    """Give the tests a database that holds what every instance does."""
    with django_db_blocker.unblock(), open_database():
        yield


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
    from tests.factories.base import make_organisation

    return make_organisation(type="ddets", nom="DDETS de la Gironde")


@pytest.fixture
def prefecture(gironde: str) -> object:
    from tests.factories.base import make_organisation

    return make_organisation(type="prefecture", nom="Préfecture de la Gironde")


@pytest.fixture
def operateur(gironde: str) -> object:
    from tests.factories.base import make_organisation

    return make_organisation(type="operateur", nom="Association Le Palier")


@pytest.fixture
def caf(gironde: str) -> object:
    from tests.factories.base import make_organisation

    return make_organisation(type="caf", nom="CAF de la Gironde")


def _agent_fixture(role: str, home: str, prenom: str) -> Callable[..., object]:
    @pytest.fixture
    def agent(request: pytest.FixtureRequest) -> object:
        from tests.factories.base import make_agent

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
    from tests.harness.browser import open_browser

    with pytest.MonkeyPatch.context() as patch, open_browser() as browser:
        # Playwright keeps an event loop in this thread; the tests still use the ORM in it.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield browser


@pytest.fixture
def page_de(navigateur: object, live_server: object) -> Iterator[Callable[..., object]]:
    """Return a function that opens a browser page signed in as an agent (None: a visitor).

    `width` is the window's. Any error the browser saw fails the test at its end.
    """
    from tests.harness.browser import open_page

    with ExitStack() as pages:

        def open_signed_in(agent: object | None = None, **options: object) -> object:
            return pages.enter_context(
                open_page(navigateur, live_server.url, agent=agent, **options)
            )

        yield open_signed_in
