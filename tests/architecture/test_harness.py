"""The strictness of the tests really works: each guard is shown a fault and must see it."""

import socket
import subprocess
import sys
import warnings
from collections import Counter

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import connection, models, transaction
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from pytest_socket import SocketConnectBlockedError

from seuil.acteurs.models import Commune, Organisation
from tests.architecture.sources import ROOT
from tests.harness.client import StrictClient, check_answer
from tests.harness.cout import AROUND, WHOLE, Processes, read_budget, write_report
from tests.harness.html import parse_html, select, why_bad_page
from tests.harness.htmx import assert_fragment_equals_reload
from tests.harness.partage import NAVIGATEUR, ParFichier

PAGE = (
    '<!doctype html><html lang="fr"><head><title>T</title></head><body><h1>T</h1>{}</body></html>'
)


def render(source: str, **context: object) -> str:
    return engines["django"].from_string(source).render(context)


# pytest-socket also warns when it blocks, and here a warning is an error.
@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_sockets_to_other_machines_are_closed() -> None:
    with (
        pytest.raises(SocketConnectBlockedError),
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as outside,
    ):
        outside.connect(("192.0.2.1", 443))


def test_sockets_to_this_machine_stay_open() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()

        with socket.create_connection(server.getsockname(), timeout=5) as visitor:
            assert visitor.getpeername() == server.getsockname()


def test_a_warning_is_an_error() -> None:
    with pytest.raises(UserWarning):
        warnings.warn("attention", UserWarning, stacklevel=1)


@pytest.mark.parametrize(
    "source",
    [
        "{{ inconnu }}",
        "{{ inconnu|default:'x' }}",
        "{{ lieu.inconnu }}",
        "{% if lieu.inconnu %}x{% endif %}",
        "{% for x in inconnu %}{{ x }}{% endfor %}",
        "{% if lieu.inconnu and lieu %}x{% endif %}",
    ],
)
def test_an_unknown_template_variable_fails(source: str) -> None:
    with pytest.raises(pytest.fail.Exception, match="inconnu"):
        render(source, lieu=Commune(nom="Bordeaux"))


@pytest.mark.parametrize(
    "source", ["{% if option %}?{% endif %}", "{{ lieu.nom }}", "{% if d.option %}?{% endif %}"]
)
def test_a_known_or_optional_template_variable_passes(source: str) -> None:
    assert "?" not in render(source, lieu=Commune(nom="Bordeaux"), d={})


def test_rows_come_in_random_order_when_no_order_is_asked(gironde: str) -> None:
    runs = [list(Commune.objects.values_list("code", flat=True)) for _ in range(2)]

    assert runs[0] != runs[1]
    assert sorted(runs[0]) == sorted(runs[1])


@pytest.mark.django_db
def test_rows_keep_the_order_that_is_asked(gironde: str) -> None:
    codes = list(Commune.objects.order_by("code").values_list("code", flat=True))

    assert codes == sorted(codes)


def test_shuffling_leaves_counts_groups_and_subqueries_alone(gironde: str) -> None:
    groups = Commune.objects.values("arrondissement").annotate(n=models.Count("code"))
    total = Commune.objects.aggregate(n=models.Count("code"))["n"]

    assert sum(g["n"] for g in groups) == total == Commune.objects.count()
    assert Commune.objects.filter(pk__in=Commune.objects.values("pk")).exists()
    assert Commune.objects.values("departement").distinct().count() == 1
    assert Commune.objects.filter(code="33063").union(Commune.objects.filter(code="33243")).count()
    with transaction.atomic():
        assert Commune.objects.select_for_update().filter(code="33063").get().nom == "Bordeaux"


@pytest.mark.django_db(transaction=True)
def test_the_journal_does_not_prevent_emptying_the_test_database() -> None:
    assert not connection.in_atomic_block
    assert Commune.objects.filter(departement="33").count() > 500


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<script>alert(1)</script>", "script en ligne"),
        ('<button onclick="x()">x</button>', "script en attribut"),
        ('<p style="color:red">x</p>', "style en ligne"),
        ("<style>p{}</style>", "balise <style>"),
        ("<p>{{ oubli }}</p>", "reste de gabarit"),
        ("<h1>Deux</h1>", "2 titres h1"),
        ('<a href="javascript:x()">x</a>', "adresse javascript"),
        ('<p id="a"></p><p id="a"></p>', "identifiant répété : a"),
    ],
)
def test_a_page_with_a_fault_is_refused(body: str, reason: str) -> None:
    assert any(reason in found for found in why_bad_page(PAGE.format(body)))


def test_a_page_without_fault_passes() -> None:
    body = '<script src="/static/x.js" defer></script><script type="application/json">{}</script>'

    assert why_bad_page(PAGE.format(body)) == []


def test_a_page_in_another_language_or_without_title_is_refused() -> None:
    reasons = why_bad_page("<html lang=en><body><h1>x</h1></body></html>")

    assert reasons == ["la page ne dit pas lang=fr", "la page n’a pas de titre de fenêtre"]


def test_the_client_checks_html_and_leaves_files_alone() -> None:
    with pytest.raises(AssertionError, match="script en ligne"):
        check_answer(HttpResponse("<script>x</script>"))
    check_answer(HttpResponse("{{", content_type="text/csv"))


@login_not_required
def deferring_view(request: HttpRequest) -> HttpResponse:
    transaction.on_commit(lambda: done.append("fait"))
    return HttpResponse("ok", content_type="text/plain")


done: list[str] = []
urlpatterns = [path("", deferring_view)]


@pytest.mark.urls(__name__)
def test_the_client_runs_what_waits_for_the_commit(client: StrictClient) -> None:
    done.clear()

    client.get("/")

    assert done == ["fait"]


def test_two_elements_are_equal_whatever_their_spaces_and_token() -> None:
    one = parse_html('<p id="a" class="x y"><input name="csrfmiddlewaretoken" value="1"> a  b</p>')
    two = parse_html(
        '<div><p class="y x" id="a"><input value="2" name="csrfmiddlewaretoken">a b</p></div>'
    )
    other = parse_html('<p id="a" class="x y">a c</p>')

    assert select(one, "#a").normalised() == select(two, "#a").normalised()
    assert select(one, "#a").normalised() != select(other, "#a").normalised()


def test_a_fragment_that_differs_from_a_reload_is_seen() -> None:
    class Answers:
        def get(self, url: str, headers: object = None) -> HttpResponse:
            body = '<p id="a">1</p>'
            return HttpResponse(PAGE.format(body) if url == "/page" else body.replace("1", url))

    assert_fragment_equals_reload(Answers(), "/page", "1", "#a")
    with pytest.raises(AssertionError):
        assert_fragment_equals_reload(Answers(), "/page", "2", "#a")


def test_agents_of_the_fixtures_have_their_role(
    secretaire: object, chef_equipe: object, gestionnaire: object
) -> None:
    homes = {
        a.role: Organisation.objects.get(pk=a.organisation_id).type
        for a in (secretaire, chef_equipe, gestionnaire)
    }

    assert homes == {
        "secretariat": "ddets",
        "chef_equipe": "operateur",
        "gestionnaire": "prefecture",
    }


def test_every_family_of_tests_has_its_budget_and_the_whole_is_their_sum() -> None:
    budget = read_budget()
    families = {
        path.relative_to(ROOT / "tests").parts[0] for path in ROOT.glob("tests/**/test_*.py")
    }

    assert set(budget) == {*families, AROUND, WHOLE}
    assert budget[WHOLE] == sum(budget.values()) - budget[WHOLE]


def test_a_family_that_costs_more_than_its_budget_is_told() -> None:
    told = write_report(Counter(kernel=1.0, web=3.0), 0.01, {"kernel": 100, "web": 299, WHOLE: 400})

    assert [line.split()[0] for line in told if "au-dessus" in line] == ["web"]


def test_the_time_of_a_child_is_counted_while_it_lives_and_after() -> None:
    before = Processes().count_own()
    command = "while True: pass"
    child = subprocess.Popen([sys.executable, "-c", command])
    try:
        while Processes().count_tree(child.pid) < 0.1:
            pass
        alive = Processes().count_own()
    finally:
        child.kill()
        child.wait()

    assert alive - before >= 0.1
    assert Processes().count_own() - before >= 0.1


def test_a_file_goes_to_one_process_and_the_browser_to_one(request: pytest.FixtureRequest) -> None:
    shared = ParFichier.__new__(ParFichier)
    scopes: dict[str, set[str]] = {}
    for item in request.session.items:
        scopes.setdefault(item.nodeid.split("::")[0], set()).add(shared._split_scope(item.nodeid))
    driven = {
        shared._split_scope(item.nodeid)
        for item in request.session.items
        if item.get_closest_marker("navigateur")
    }

    assert {len(found) for found in scopes.values()} == {1}
    assert driven <= {NAVIGATEUR}
    assert shared._split_scope("tests/browser/test_droit.py::test_x[a::b]") == NAVIGATEUR
    assert shared._split_scope("tests/jobs/test_sauvegarde.py::test_x[a::b]") == (
        "tests/jobs/test_sauvegarde.py"
    )
