"""Every address declares who may open it, and keeps its word."""

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from seuil.acteurs.matrice import load_matrice
from seuil.web.access import public, requires
from tests.architecture.sources import SEUIL, parse, python_files
from tests.harness.client import StrictClient

DUMMIES = {
    "str": "33-2026-999999",
    "slug": "inconnu",
    "int": "1",
    "uuid": str(UUID(int=7)),
    "path": "inconnu",
    "jour": date(2026, 12, 14),
    "mois": date(2026, 12, 1),
}

# Outermost first: who may enter, whether a proof is asked again, how it is answered, which method.
# A wrong method is thus told only to whoever may open the page.
DECORATEURS = (
    {"public", "signed_in", "requires"},
    {"requires_recent_sign_in", "requires_fresh_sign_in"},
    {"figures_only", "never_cache", "non_atomic_requests", "receives"},
    {"require_POST", "require_safe", "require_http_methods"},
)


def walk(patterns: list, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns, route)
        else:
            yield route, pattern


ROUTES = list(walk(get_resolver().url_patterns))
every_route = pytest.mark.parametrize(
    ("route", "pattern"), ROUTES, ids=[p.name or r for r, p in ROUTES]
)


def address(pattern: URLPattern, route: str) -> str:
    """Return an address of the route that names nothing that exists."""
    kinds = re.findall(r"<(?:(\w+):)?(\w+)>", route)
    return reverse(
        pattern.name, kwargs={name: DUMMIES.get(kind or "str", "inconnu") for kind, name in kinds}
    )


def declaration(view: Callable[..., object]) -> frozenset[str]:
    """Return the verbs that a view asks, or `public` or `signed_in`; empty when it says nothing."""
    if getattr(view, "public", False):
        return frozenset({"public"})
    if getattr(view, "signed_in", False):
        return frozenset({"signed_in"})
    verbe = getattr(view, "verbe", None)
    return frozenset(getattr(view, "verbes", None) or ({verbe} if verbe else ()))


def decorators(view: Callable[..., object]) -> list[str]:
    """Return the names of a view's decorators, outermost first."""
    while hasattr(view, "__wrapped__"):
        view = view.__wrapped__
    code = view.__code__
    found = next(
        node
        for node in parse(Path(code.co_filename)).body
        if isinstance(node, ast.FunctionDef) and node.name == code.co_name
    )
    return read_decorators(found)


def read_decorators(function: ast.FunctionDef) -> list[str]:
    calls = [d.func if isinstance(d, ast.Call) else d for d in function.decorator_list]
    return [ast.unparse(call).rpartition(".")[2] for call in calls]


def why_disordered(names: Sequence[str]) -> str:
    """Say what is wrong with a view's decorators; empty when nothing is."""
    ranks = [next((i for i, known in enumerate(DECORATEURS) if n in known), -1) for n in names]
    if -1 in ranks:
        return f"décorateur inconnu : {names[ranks.index(-1)]}"
    if ranks.count(0) != 1 or ranks.count(len(DECORATEURS) - 1) != 1:
        return "qui entre et par quelle méthode se disent une fois chacun"
    return "" if ranks == sorted(ranks) else f"dans le désordre : {', '.join(names)}"


def known_verbs() -> set[str]:
    return {verbe for profil in load_matrice().profils.values() for verbe in profil.verbes}


def test_there_are_routes_to_look_at() -> None:
    names = {p.name for _, p in ROUTES}

    assert {"connexion", "accueil", "dossiers", "dossier", "a_faire"} <= names


@every_route
def test_every_route_has_a_name_and_declares_its_permission(
    route: str, pattern: URLPattern
) -> None:
    declared = declaration(pattern.callback)

    assert pattern.name
    assert declared
    assert declared <= known_verbs() | {"public", "signed_in"}


@every_route
def test_every_view_says_in_one_order_who_enters_and_how(route: str, pattern: URLPattern) -> None:
    assert why_disordered(decorators(pattern.callback)) == ""


@every_route
def test_a_visitor_is_sent_to_the_sign_in_page(
    route: str, pattern: URLPattern, client: StrictClient
) -> None:
    if declaration(pattern.callback) == {"public"}:
        assert pattern.name in {
            "connexion", "deconnexion", "accessibilite", "sante", "source", "donnees_personnelles",
            # Its address is the secret: a calendar has no session.
            "agenda_ics",
            # Before anyone is signed in: each looks at what the first factor proved, or at a link.
            "second_facteur", "cle_entrer", "cle_defi", "activer", "activer_cle", "cle_creer_defi",
            "proconnect", "proconnect_retour", "invitation",
        }  # fmt: skip
        return

    response = client.get(address(pattern, route))

    # 405: the address takes POST only, and is refused before anything is read.
    if response.status_code != 405:
        assert response.status_code == 302
        assert response.headers["Location"].startswith(reverse("connexion"))


@pytest.mark.parametrize("role", ["charge_mission", "administrateur", "dihal"])
@every_route
def test_a_role_without_dossier_finds_no_page_of_a_dossier(
    route: str,
    pattern: URLPattern,
    role: str,
    request: pytest.FixtureRequest,
    client_de: Callable[[object], StrictClient],
) -> None:
    if "<str:numero>" not in route:
        assert not re.search(r"<[^>]*numero>", route)
        return
    client = client_de(request.getfixturevalue(role))

    response = client.get(address(pattern, route))

    # 405: the address takes POST only; posting must not find anything either.
    if response.status_code == 405:
        response = client.post(address(pattern, route))
    assert response.status_code == 404


def test_every_verb_is_asked_by_a_page_or_a_journey() -> None:
    sources = "".join(
        p.read_text(encoding="utf-8") for p in python_files() if p.parent != SEUIL / "acteurs"
    )

    assert {verbe for verbe in known_verbs() if f'"{verbe}"' not in sources} == set()


def test_a_silent_view_is_seen() -> None:
    def silent(request: object) -> HttpResponse:
        return HttpResponse()

    assert declaration(silent) == frozenset()
    assert declaration(requires("dossier.lire")(silent)) == {"dossier.lire"}
    assert declaration(public(silent)) == {"public"}
    assert declaration(SimpleNamespace(verbe="x")) == {"x"}


@pytest.mark.parametrize(
    "source",
    [
        "@require_safe\n@requires('dossier.lire')\ndef v(): ...",
        "@requires('dossier.lire')\ndef v(): ...",
        "@require_safe\ndef v(): ...",
        "@requires('dossier.lire')\n@require_safe\n@figures_only\ndef v(): ...",
        "@requires('a')\n@requires('b')\n@require_safe\ndef v(): ...",
        "@requires('a')\n@inconnu\n@require_safe\ndef v(): ...",
    ],
)
def test_a_view_whose_decorators_are_out_of_order_is_seen(source: str) -> None:
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)

    assert why_disordered(read_decorators(function))
