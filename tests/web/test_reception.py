"""How large a body each page receives."""

import asyncio
import re
from collections.abc import Callable, Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from config.database import ROOT
from config.reception import Reception
from seuil.web.reception import find_limit, write_refusal

_MIO = 1024 * 1024
_FILES = {
    "document_deposer": (["33-2026-000001"], 10),
    "liste_deposer": ([], 10),
    "decoupage_importer": ([], 2),
    "droit_effet": ([], 1),
    "annuaire_importer": ([], 2),
}


def walk(found: URLResolver | URLPattern) -> Iterator[tuple[str, object]]:
    """Yield the name and the view of every address."""
    if isinstance(found, URLPattern):
        yield str(found.name), found.callback
    else:
        for inner in found.url_patterns:
            yield from walk(inner)


@pytest.mark.parametrize("name", _FILES)
def test_a_page_that_takes_a_file_receives_it_and_little_more(name: str) -> None:
    args, megabytes = _FILES[name]

    assert megabytes * _MIO < find_limit(reverse(name, args=args)) <= (megabytes + 2) * _MIO


def test_every_field_of_a_file_has_its_page_and_no_other_page_takes_more() -> None:
    fields = [
        int(megabytes)
        for path in (ROOT / "seuil" / "web").rglob("*.py")
        for megabytes in re.findall(r"max_megabytes=(\d+)", path.read_text(encoding="utf-8"))
    ]
    declared = {name for name, view in walk(get_resolver()) if hasattr(view, "max_octets")}

    assert sorted(fields) == sorted(megabytes for _, megabytes in _FILES.values())
    assert declared == set(_FILES)


@pytest.mark.parametrize("address", ["/connexion/", "/rien/", "/invitation/a/", "/\0", "/é"])
def test_another_address_receives_one_megabyte(address: str) -> None:
    assert find_limit(address) == _MIO


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (408, "n’est pas arrivé en entier"),
        (413, "accepte 3 Mo au plus"),
        (411, "Demande incomprise"),
        (503, "Trop de demandes"),
    ],
)
def test_a_refusal_before_any_page_says_what_to_do(status: int, said: str) -> None:
    page = write_refusal(status, 3 * _MIO).decode()

    assert said in page.replace("\N{NO-BREAK SPACE}", " ")
    assert page.count("<h1>") == 1


ALPHABETS = ("hex", "base64", "utf-7", "UTF-16", "rot13", "inconnu", "unicode_escape", "idna", "")


def answer_of(kind: str, reached: list[str]) -> int:
    """Return the status of a request of that type of content; `reached`: what the pages saw."""

    def pages(environ: dict[str, str], start: Callable[..., object]) -> list[bytes]:
        reached.append(environ["PATH_INFO"])
        start("200 OK", [])
        return [b""]

    sent: list[dict[str, object]] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"a=1", "more_body": False}

    async def send(message: dict[str, object]) -> None:
        sent.append(message)

    door = Reception(pages, find_limit=find_limit, write_refusal=write_refusal, threads=1)
    scope = {
        "type": "http", "method": "POST", "path": "/connexion/", "raw_path": b"/connexion/",
        "query_string": b"", "scheme": "http", "server": ("127.0.0.1", 80),
        "client": ("127.0.0.1", 1), "http_version": "1.1",
        "headers": [(b"content-type", kind.encode()), (b"content-length", b"3")],
    }  # fmt: skip
    asyncio.run(door(scope, receive, send))
    return int(str(sent[0]["status"]))


@pytest.mark.parametrize("alphabet", ALPHABETS)
def test_another_alphabet_than_ours_stops_at_the_door(alphabet: str) -> None:
    reached: list[str] = []

    assert answer_of(f'text/plain; Charset="{alphabet}"', reached) == 400
    assert reached == []


@pytest.mark.parametrize(
    "kind",
    ["application/x-www-form-urlencoded", "text/plain; charset=UTF-8", 'a/b; charset="utf8"'],
)
def test_our_own_alphabet_passes(kind: str) -> None:
    reached: list[str] = []

    assert answer_of(kind, reached) == 200
    assert reached == ["/connexion/"]
