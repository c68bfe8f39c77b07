"""Every action that a page proposes, tried: links opened, forms sent with plausible values."""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.db import transaction
from django.http import HttpResponse
from django.urls import Resolver404, resolve

from tests.harness.client import StrictClient
from tests.harness.html import Element, parse_html

# Leaving ends the walk; the rules of the law are the same page for all.
_LEFT_ALONE = ("deconnexion", "droit", "calendrier")
_PLAUSIBLE = {
    "number": "1", "email": "essai@exemple.fr", "tel": "05 56 00 00 00", "time": "10:30",
    "search": "", "text": "Essai", "password": "", "url": "",
}  # fmt: skip


@dataclass
class Parcours:
    """What was walked through by one agent, and what was refused that a page had proposed."""

    client: StrictClient
    on: date
    # As many addresses of one kind (name of page and of its filter) as are opened, sent.
    par_genre: int
    opened: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    refused: list[str] = field(default_factory=list)

    def walk(self, start: str) -> "Parcours":
        """Open a page, then whatever it proposes, breadth first."""
        queue, seen = deque([("", start)]), {start}
        while queue:
            origin, address = queue.popleft()
            kind = _name(address)
            if not kind or kind in _LEFT_ALONE or self.opened[kind] >= self.par_genre:
                continue
            self.opened[kind] += 1
            page = self._open(origin, address)
            if page is None:
                continue
            for form in _list_forms(page):
                self._send(address, form)
            for link in _list_links(page, address):
                if link not in seen:
                    seen.add(link)
                    queue.append((address, link))
        return self

    def _open(self, origin: str, address: str) -> Element | None:
        response = self.client.get(address, follow=True)
        if response.status_code != 200:
            self.refused.append(f"{origin} → {address} : {response.status_code}")
            return None
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            # Closed without the signal, which would end the connection of the test.
            for closer in response._resource_closers:
                closer()
            return None
        text = response.content.decode()
        if "il n’est pas appliqué" in text:
            self.refused.append(f"{origin} → {address} : un filtre que la page ne connaît pas")
        return parse_html(text)

    def _send(self, address: str, form: Element) -> None:
        target = urljoin(address, form.attrs.get("action", "") or address)
        kind = _name(target)
        if not kind or kind in _LEFT_ALONE or self.sent[kind] >= self.par_genre:
            return
        self.sent[kind] += 1
        values = fill(form, self.on)
        with transaction.atomic():
            response = self.client.post(target, values)
            transaction.set_rollback(True)
        reason = why_refused(response)
        if reason:
            self.refused.append(f"{address} ⇒ {target} : {reason}")


def fill(form: Element, on: date) -> dict[str, list[str]]:
    """Return what a person in a hurry would send: what is proposed, the first choice, today."""
    values: dict[str, list[str]] = {}
    for e in form.walk():
        name, kind = e.attrs.get("name", ""), e.attrs.get("type", "text")
        if not name or "disabled" in e.attrs or kind in {"submit", "button", "file"}:
            continue
        if e.tag == "select":
            values[name] = [_choose(e)]
        elif e.tag == "textarea":
            values[name] = [e.text or "Essai"]
        elif e.tag == "input" and kind == "radio":
            if "checked" in e.attrs or name not in values:
                values[name] = [e.attrs.get("value", "on")]
        elif e.tag == "input" and kind == "checkbox":
            values.setdefault(name, []).append(e.attrs.get("value", "on"))
        elif e.tag == "input":
            known = e.attrs.get("value", "")
            day = on.isoformat() if kind == "date" else ""
            fallback = "" if kind == "hidden" else day or _PLAUSIBLE.get(kind, "Essai")
            values[name] = [known or fallback]
    return values


def _choose(select: Element) -> str:
    options = [o for o in select.walk() if o.tag == "option"]
    chosen = next((o for o in options if "selected" in o.attrs and o.attrs.get("value")), None)
    first = next((o for o in options if o.attrs.get("value")), None)
    found = chosen or first
    return found.attrs.get("value", "") if found else ""


def why_refused(response: HttpResponse) -> str:
    """Return why an action that was proposed is refused, empty when it is not.

    What is wrong in one field is for whoever types; the page could not know it.
    """
    if response.status_code in {200, 204, 302, 303}:
        return ""
    if response.status_code != 422:
        return str(response.status_code)
    page = parse_html(response.content.decode())
    fields = [e for e in page.walk() if "fr-error-text" in e.attrs.get("class", "")]
    fields += [e for e in page.walk() if "fr-message--error" in e.attrs.get("class", "")]
    alerts = [e.text for e in page.walk() if "fr-alert--error" in e.attrs.get("class", "")]
    return "" if fields else " ".join(alerts) or "422"


def list_facultatifs_exiges(response: HttpResponse) -> list[str]:
    """Return the fields said « facultatif » that an empty form is refused for."""
    if response.status_code != 422:
        return []
    page = parse_html(response.content.decode())
    groups = [
        e
        for e in page.walk()
        if "fr-input-group--error" in e.attrs.get("class", "")
        or "fr-fieldset--error" in e.attrs.get("class", "")
        or "fr-select-group--error" in e.attrs.get("class", "")
    ]
    return [g.text[:80] for g in groups if "(facultatif)" in g.text]


def _list_forms(page: Element) -> Iterator[Element]:
    for e in page.walk():
        if e.tag == "form" and e.attrs.get("method", "").lower() == "post":
            yield e


def _list_links(page: Element, address: str) -> Iterator[str]:
    for e in page.walk():
        href = e.attrs.get("href", "") if e.tag == "a" else ""
        if href and not href.startswith(("#", "tel:", "mailto:", "http")):
            yield urljoin(address, href).split("#")[0]


def _name(address: str) -> str:
    """Return the kind of an address: its page, its tab, the names of its filters."""
    parts = urlsplit(address)
    try:
        match = resolve(parts.path)
    except Resolver404:
        return ""
    tab = match.kwargs.get("onglet", "")
    query = "+".join(sorted({k for k, _ in parse_qsl(parts.query)} - {"suite"}))
    value = dict(parse_qsl(parts.query)).get("type", "")
    return " ".join(filter(None, (match.url_name, tab, query, value)))
