"""T21: a hidden dossier and one that does not exist answer the same, to the byte."""

import os
import random
import re
import statistics
import time
from collections import defaultdict
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from tests.acces.http import ROUTES, Visite, list_kwargs, takes_dossier
from tests.acces.oracle import LIRE, Oracle
from tests.acces.sql import undone
from tests.acces.treillis import ON, Treillis

pytestmark = pytest.mark.django_db

PAIRES = int(os.environ.get("SEUIL_PAIRES", "0"))
_VOLATILE = re.compile(rb'(csrfmiddlewaretoken" value=")[^"]*|(nonce-)[\w-]+')
PERSONAS = ("travailleur_social", "caf", "secretariat_62", "gestionnaire", "siao", "metropole")


def _absent(kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return an address of the same shape that names nothing."""
    out = {}
    for name, value in kwargs.items():
        if name == "numero":
            out[name] = "33-2026-999998"
        elif name.endswith("_id"):
            out[name] = str(uuid4())
        else:
            out[name] = value
    return out


def _told(visite: Visite, nom: str, methode: str, address: str, hidden: str) -> tuple:
    client = visite.client(nom)
    with undone():
        response = client.get(address) if methode == "GET" else client.post(address, {"x": "1"})
        body = b"".join(response.streaming_content) if response.streaming else response.content
    # The address itself, sent back in a form, is what the reader typed.
    for part in (address, *hidden.split("|")):
        body = body.replace(part.encode(), b"*")
    headers = {k: v.replace(address, "*") for k, v in response.headers.items()}
    for part in hidden.split("|"):
        headers = {k: v.replace(part, "*") for k, v in headers.items()}
    headers.pop("Content-Length", None)
    return response.status_code, headers, _VOLATILE.sub(b"", body)


def test_a_hidden_dossier_answers_as_one_that_does_not_exist(
    treillis: Treillis, oracle: Oracle
) -> None:
    visite = Visite(treillis, oracle)
    hasard = random.Random(7)
    # Each route and method by four of the personas, drawn; by all, for the long proofs.
    few = len(PERSONAS) if os.environ.get("SEUIL_COMPLET") else 4
    readers = defaultdict(lambda: hasard.sample(PERSONAS, few))
    differences = []
    compared = 0
    for nom in PERSONAS:
        p = treillis.personas[nom]
        d = next(
            d for d in treillis.dossiers.values()
            if treillis.sortes[d.id] == "rien" and d.departement == "33"
            and not oracle.reaches(p, d, "dossier", LIRE, ON, treillis.at)
        )  # fmt: skip
        for route, pattern in ROUTES:
            if not takes_dossier(route):
                continue
            kwargs = list_kwargs(treillis, route, d)
            if kwargs is None:
                continue
            if "onglet" in kwargs:
                kwargs["onglet"] = "chronologie"
            absent = _absent(kwargs)
            for methode in ("GET", "POST"):
                if nom not in readers[pattern.name, methode]:
                    continue
                answers = [
                    _told(visite, nom, methode, reverse(pattern.name, kwargs=k),
                          "|".join(str(v) for n, v in k.items() if n != "onglet"))
                    for k in (kwargs, absent)
                ]  # fmt: skip
                compared += 1
                if answers[0] != answers[1]:
                    differences.append(f"{nom} {methode} {pattern.name} : {answers[0][0]} / "
                                       f"{answers[1][0]}")  # fmt: skip
    assert compared > 200
    assert not differences, "\n".join(differences)


def test_no_number_of_a_row_is_in_an_address() -> None:
    for route, _ in ROUTES:
        assert not re.search(r"<int:\w*id>", route), route


@pytest.mark.skipif(not PAIRES, reason="make epreuves")
def test_a_hidden_dossier_takes_as_long_as_one_that_does_not_exist(
    treillis: Treillis, oracle: Oracle
) -> None:
    visite = Visite(treillis, oracle)
    client = visite.client("travailleur_social")
    d = next(k for k, s in treillis.sortes.items() if s == "rien")
    hidden, absent = (reverse("dossier", args=[n]) for n in (treillis.numeros[d], "33-2026-999998"))
    times: dict[str, list[float]] = {hidden: [], absent: []}
    for i in range(PAIRES):
        for address in (hidden, absent) if i % 2 else (absent, hidden):
            start = time.perf_counter()
            assert client.get(address).status_code == 404
            times[address].append((time.perf_counter() - start) * 1000)
    a, b = (statistics.median(times[x]) for x in (hidden, absent))
    print(f"\n{PAIRES} paires : caché {a:.3f} ms, absent {b:.3f} ms (médianes)")
    assert abs(a - b) < 1
