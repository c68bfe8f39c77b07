"""What the pages show a persona: status, bytes, headers and files, compared with the oracle."""

import io
import random
import re
import time
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.signals import request_finished
from django.db import close_old_connections
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from seuil.audit.models import Event
from seuil.web.dossier.onglets import load_onglets
from tests.acces.oracle import LIRE, Faits, Oracle, Persona
from tests.acces.sql import undone
from tests.acces.treillis import ON, Treillis
from tests.architecture.test_routes import declaration, walk
from tests.harness.client import sign_in_strongly

ROUTES: list[tuple[str, URLPattern]] = list(walk(get_resolver().url_patterns))
ONGLETS = tuple(load_onglets())
REFUS = {302, 403, 404, 405}
# Object in the address → table of its row.
_TABLES = {
    "document_id": "dossiers_document", "mandat_id": "accompagnements_mandat",
    "demarche_id": "accompagnements_demarche", "acte_id": "actes_acte",
    "acces_id": "dossiers_acces",
}  # fmt: skip
# They sign out, and the session with them.
EXCLUES = {"deconnexion"}
_CODES = {"jour": ON, "mois": ON.replace(day=1), "int": 1, "slug": "inconnu", "str": "inconnu"}


@dataclass(frozen=True)
class Demande:
    """One request: an address, a method, who asks, and the dossier that it is about."""

    nom: str
    verbes: frozenset[str]
    methode: str
    persona: str
    adresse: str
    dossier: str = ""
    donnees: dict[str, str] = field(default_factory=dict, hash=False, compare=False)


@dataclass
class Bilan:
    """What a run saw."""

    demandes: int = 0
    fautes: list[str] = field(default_factory=list)
    permis: dict[str, int] = field(default_factory=dict)
    statuts: dict[int, int] = field(default_factory=dict)


def takes_dossier(route: str) -> bool:
    return bool(re.search(r"<str:numero>|<uuid:(?:document|mandat|demarche|acte|acces)_id>", route))


def list_kwargs(
    t: Treillis, route: str, d: Faits | None, *, organisation: str = ""
) -> dict[str, Any] | None:
    """Return what the address of a route takes, for a dossier; None when it has no such row.

    Of several duties, the one of an organisation first.
    """
    kwargs: dict[str, Any] = {}
    for kind, name in re.findall(r"<(?:(\w+):)?(\w+)>", route):
        if name == "numero":
            kwargs[name] = t.numeros[d.id] if d else "33-2026-999999"
        elif name in _TABLES and d is not None:
            rows = [r for r in t.lignes[_TABLES[name]] if r.dossiers[0] is d]
            if not rows:
                return None
            kwargs[name] = rows[0].pk
        elif name == "lot_id":
            kwargs[name] = t.lignes["actes_lot"][0].pk
        elif name in {"devoir", "source_id"} and d is not None:
            duties = sorted(d.dus, key=lambda x: x["organisation_id"] != organisation)
            duty = next((x for x in duties if x["devoir"]), None)
            kwargs[name] = duty[name] if duty else {"devoir": "x", "source_id": d.id}[name]
        elif kind == "uuid":
            kwargs[name] = "00000000-0000-7000-8000-000000000007"
        elif name == "regle":
            kwargs[name] = "C1"
        elif name == "code" and "activite" in route:
            kwargs[name] = "mandats_recus"
        else:
            kwargs[name] = _CODES.get(kind or "str", "inconnu")
    return kwargs


def list_demandes(
    t: Treillis, oracle: Oracle, *, hasard: random.Random, tous: bool = False,
    personas: Iterable[str] = (),
) -> Iterator[Demande]:  # fmt: skip
    """Yield requests: every route, tab, method and persona; some dossiers of each kind, or all."""
    for nom in personas or t.agents:
        p = t.personas[nom]
        seen = [d for d in t.dossiers.values() if oracle.reaches(p, d, "dossier", LIRE, ON, t.at)]
        hidden = [d for d in t.dossiers.values() if d not in seen]
        for route, pattern in ROUTES:
            if pattern.name in EXCLUES:
                continue
            verbes = declaration(pattern.callback)
            chosen: list[Faits | None] = [None]
            if takes_dossier(route):
                few = [*hasard.sample(seen, min(1, len(seen))),
                       *hasard.sample(hidden, min(1, len(hidden)))]  # fmt: skip
                chosen = list(t.dossiers.values()) if tous else few
            tabs = ONGLETS if "onglet>" in route else ("",)
            for d in chosen:
                kwargs = list_kwargs(t, route, d, organisation=p.organisation)
                if kwargs is None:
                    continue
                for tab in tabs:
                    if tab:
                        kwargs = {**kwargs, "onglet": tab}
                    address = reverse(pattern.name, kwargs=kwargs)
                    for methode in ("GET", "POST"):
                        yield Demande(pattern.name, verbes, methode, nom, address,
                                      d.id if d else "")  # fmt: skip


# Seconds; what a request tells of its session is undone with it.
_RECONNEXION = 300


class Visite:
    """Sends requests as personas, each in a savepoint that is undone."""

    def __init__(self, t: Treillis, oracle: Oracle) -> None:
        self.t, self.oracle = t, oracle
        self._clients: dict[str, tuple[Client, float]] = {}

    def client(self, nom: str) -> Client:
        """Return a persona's browser, signed in again before its session would end by itself."""
        client, since = self._clients.get(nom, (None, 0.0))
        if client is None or time.monotonic() - since > _RECONNEXION:
            client = Client(raise_request_exception=False)
            sign_in_strongly(client, self.t.agents[nom])
            self._clients[nom] = client, time.monotonic()
        return client

    def send(self, d: Demande) -> Any:
        client = self.client(d.persona)
        with undone():
            if d.methode == "GET":
                response = client.get(d.adresse, d.donnees or None)
            else:
                response = client.post(d.adresse, d.donnees)
            response.texte = read_all(response)
            asked = getattr(response.wsgi_request, "numero_requete", "")
            response.lignes = list(Event.objects.filter(requete=asked)) if asked else []
        return response

    def run(self, demandes: Iterable[Demande], *, leaks_only: bool = False) -> Bilan:
        bilan = Bilan()
        for demande in demandes:
            self.check(demande, bilan, leaks_only=leaks_only)
        return bilan

    def check(self, d: Demande, bilan: Bilan, *, leaks_only: bool = False) -> None:
        p = self.t.personas[d.persona]
        response = self.send(d)
        status = response.status_code
        bilan.demandes += 1
        bilan.statuts[status] = bilan.statuts.get(status, 0) + 1
        asked = self.t.numeros.get(d.dossier, "")
        denied, allowed = self.t.find_forbidden(self.oracle, p, response.texte, asked=asked)
        bilan.permis[d.persona] = bilan.permis.get(d.persona, 0) + allowed
        where = f"{d.persona} {d.methode} {d.nom} ({self.t.sortes.get(d.dossier, '')}) → {status}"
        reasons = why_bad_headers(response, signed_in=d.nom not in SANS_SESSION)
        if reasons:
            bilan.fautes.append(f"{where} : en-têtes {reasons}")
        if denied:
            bilan.fautes.append(f"{where} : {len(denied)} jetons interdits, {sorted(denied)[:4]}")
        if leaks_only:
            return
        reasons = [self._why_bad_status(d, p, status), *self.why_bad_journal(d, response)]
        bilan.fautes += [f"{where} : {reason}" for reason in reasons if reason]

    def why_bad_journal(self, d: Demande, response: Any) -> list[str]:
        """T11: return what the lines of a request lack, or say too much."""
        lectures = [line for line in response.lignes if line.nature == "lecture"]
        listed = {str(pk) for line in lectures for pk in line.dossiers}
        # A refused number sent back is not a reading.
        refused = response.status_code in REFUS
        shown = set() if refused else self.t.find_dossiers(response.texte)
        reasons = []
        if missing := shown - listed:
            reasons.append(f"journal : {len(missing)} dossiers montrés sans ligne")
        if extra := listed - shown:
            reasons.append(f"journal : {len(extra)} dossiers écrits, non montrés")
        if any(line.by_id != str(self.t.agents[d.persona].pk) for line in lectures):
            reasons.append("journal : lecture sous un autre nom")
        if response.status_code in {403, 404} and not any(
            line.nature == "refus" for line in response.lignes
        ):
            reasons.append("journal : refus sans ligne")
        return reasons

    def _why_bad_status(self, d: Demande, p: Persona, status: int) -> str:
        # The health address says that no worker runs beside the tests.
        if status >= 500 and d.nom != "sante":
            return "erreur"
        special = d.verbes & {"public", "signed_in"}
        if not special and not d.verbes & self.oracle.verbes(p):
            return "" if status in REFUS - {302} else "le profil n’a pas ce verbe"
        if not d.dossier or special:
            return ""
        reached = self.oracle.reaches(p, self.t.dossiers[d.dossier], "dossier", LIRE, ON, self.t.at)
        if not reached:
            return "" if status in {404, 405} else "dossier caché"
        if d.nom == "dossier" and d.methode == "GET" and status != 200:
            return "dossier fermé à tort"
        return ""


# Read without a session, or kept a quarter of an hour: the calendar.
SANS_SESSION = {"agenda_ics", "sante", "source"}
_EN_TETES = {
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}  # fmt: skip
_DIRECTIVES = ("default-src 'self'", "script-src 'self'", "object-src 'none'", "base-uri 'none'",
               "form-action 'self'", "frame-ancestors 'none'")  # fmt: skip


def why_bad_headers(response: Any, *, signed_in: bool) -> list[str]:
    """Return what the headers of an answer lack, or say too much."""
    headers = response.headers
    reasons = [f"{k} : {headers.get(k)}" for k, v in _EN_TETES.items() if headers.get(k) != v]
    policy = headers.get("Content-Security-Policy", "")
    sandboxed = policy.startswith("sandbox; default-src 'none'")
    if not sandboxed:
        reasons += [d for d in _DIRECTIVES if d not in policy]
    if "unsafe" in policy or "http" in policy or "*" in policy:
        reasons.append(policy)
    if headers.get("Referrer-Policy") not in {"same-origin", "no-referrer", "strict-origin"}:
        reasons.append(f"Referrer-Policy : {headers.get('Referrer-Policy')}")
    if signed_in and "no-store" not in headers.get("Cache-Control", ""):
        reasons.append(f"Cache-Control : {headers.get('Cache-Control')}")
    if "Server" in headers or "X-Powered-By" in headers:
        reasons.append("dit le nom du serveur")
    return reasons


def read_body(response: Any) -> bytes:
    """Return the body of an answer, its file closed."""
    if not response.streaming:
        return response.content
    content = b"".join(response.streaming_content)
    # As Django's test client does: the transaction around outlives each answer.
    request_finished.disconnect(close_old_connections)
    response.close()
    return content


def read_all(response: Any) -> str:
    """Return everything an answer says: headers, body, the parts of a compressed file."""
    content = read_body(response)
    parts = [str(response.headers), content.decode("utf-8", "ignore")]
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            parts += [file.read(n).decode("utf-8", "ignore") for n in file.namelist()]
    return "\n".join(parts)


def write_documents(t: Treillis) -> None:
    """Write the bytes of the documents, with a token of their row."""
    by_row = {id(row): key for key, row in t.jetons.items()}
    for row in t.lignes["dossiers_document"]:
        folder = settings.SEUIL_DOCUMENTS / row.departement
        folder.mkdir(parents=True, exist_ok=True)
        table, number = by_row[id(row)]
        (folder / row.pk).write_text(f"CANARI-{table}-{number}-contenu")
