"""Every page of the demonstration, for every role: each reached by its links, as a person does.

From the first page and the menu, one address of each page is followed, then measured: processor of
the page and of the database, and how many questions it asks. What a role is refused is no page of
its own.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import Resolver404, resolve, reverse

from bench import base
from seuil.acteurs.models import Agent
from seuil.kernel.contexte import ROLE
from tests.harness.client import sign_in_strongly

_DOMAINE = "@demo.example"
_BUT = 0.15
_HREF = re.compile(r'href="(/[^"#]*)')
# They answer with a file, or leave the site: no page.
_APART = frozenset({"document_lire", "deconnexion", "robots", "agenda_flux"})
# What is asked of one page under several addresses: a filter, a week, a second page.
_PAR_PAGE = 2


@dataclass(frozen=True, slots=True)
class Mesure:
    """What one page cost to one role."""

    role: str
    page: str
    adresse: str
    # Seconds of processor: of the database, and of it with the page.
    base: float
    tout: float
    demandes: int


def has_demonstration() -> bool:
    """Tell whether the database of the process is a demonstration's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('acteurs_agent') IS NOT NULL")
        if not cursor.fetchone()[0]:
            return False
    return Agent.objects.filter(courriel__endswith=_DOMAINE).exists()


def measure(tours: int) -> int:
    """Print the dearest pages first, by role; return how many pass the limit."""
    # Its accounts open nowhere else.
    settings.SEUIL_DEMO = True
    accounts = Agent.objects.filter(courriel__endswith=_DOMAINE).select_related("organisation")
    # The first of each role; SEUIL_ROLES keeps some of them.
    kept = [*filter(None, os.environ.get("SEUIL_ROLES", "").split(","))]
    firsts = {_name(a): a for a in accounts.order_by("-courriel")}
    clients = [(n, _sign_in(a)) for n, a in sorted(firsts.items()) if not kept or n in kept]
    found = []
    connection.close()
    owner, connection.settings_dict["USER"] = connection.settings_dict["USER"], ROLE
    try:
        for name, client in clients:
            mine = [_measure(name, client, *page, tours) for page in _walk(client)]
            _print_role(name, mine)
            found += mine
    finally:
        connection.close()
        connection.settings_dict["USER"] = owner
    return _print_end(found)


def _name(agent: Agent) -> str:
    return agent.courriel.removesuffix(_DOMAINE).rstrip("0123456789")


def _sign_in(agent: Agent) -> Client:
    client = Client(raise_request_exception=False)
    sign_in_strongly(client, agent)
    return client


def _walk(client: Client) -> Iterator[tuple[str, str]]:
    """Yield the pages that links lead to: their name and an address, a few for each name."""
    waiting, seen = [reverse("accueil")], set()
    taken: dict[str, list[str]] = {}
    while waiting:
        address = waiting.pop(0)
        shape = _shape(address)
        if shape is None or shape in seen:
            continue
        name = shape[0]
        if len(taken.get(name, ())) >= _PAR_PAGE:
            continue
        seen.add(shape)
        response = client.get(address, follow=True)
        if response.status_code != 200 or "html" not in response.headers.get("Content-Type", ""):
            continue
        if response.redirect_chain:
            waiting.append(response.redirect_chain[-1][0])
        else:
            taken.setdefault(name, []).append(address)
            yield name, address
        waiting += [a.replace("&amp;", "&") for a in _HREF.findall(response.content.decode())]


def _shape(address: str) -> tuple[str, tuple[str, ...]] | None:
    """Return what makes two addresses the same page: its name, what its query asks about."""
    parts = urlsplit(address)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return None
    if str(match.url_name) in _APART or "static" in parts.path:
        return None
    name = str(match.url_name)
    if "onglet" in match.kwargs:
        name += f" {match.kwargs['onglet']}"
    return name, tuple(sorted(q.partition("=")[0] for q in parts.query.split("&") if q))


def _measure(role: str, client: Client, name: str, address: str, tours: int) -> Mesure:
    costs = []
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
        demandes = len(asked)
    for _ in range(tours):
        before = _read_database()
        with base.timed() as took:
            client.get(address)
        costs.append((_read_database() - before, took.processeur))
    return Mesure(
        role, name, address, median(d for d, _ in costs), median(w for _, w in costs), demandes
    )


def _read_database() -> float:
    connection.ensure_connection()
    place = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return int(place.read_text(encoding="ascii").split()[0]) / 1e9 if place.exists() else 0.0


def _print_role(name: str, found: list[Mesure]) -> None:
    told = [m.tout for m in found]
    middle = median(told) * 1000 if told else 0
    print(f"\n{name} : {len(found)} pages, {middle:.0f} ms à la médiane", flush=True)
    for m in sorted(found, key=lambda m: -m.tout):
        whole = m.tout * 1000
        mark = "   > 150" if whole > _BUT * 1000 else ""
        if mark or os.environ.get("SEUIL_PAGES"):
            print(
                f"  {m.page:<34}{m.base * 1000:>7.0f}{m.tout * 1000:>7.0f}{m.demandes:>5} "
                f" {m.adresse}{mark}",
                flush=True,
            )


def _print_end(found: list[Mesure]) -> int:
    over = [m for m in found if m.tout > _BUT]
    roles = len({m.role for m in found})
    middle = median(m.tout for m in found) * 1000
    print(
        f"\n{len(found)} pages de {roles} rôles, {middle:.0f} ms de processeur à la médiane"
        f" ; au-dessus de 150 ms : {len(over)}"
    )
    return len(over)
