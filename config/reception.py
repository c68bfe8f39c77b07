"""Receive whole requests before a thread is given to them.

A body that comes slowly, or never, costs a socket: no thread, no connection to the database, no
file. One that is too large is refused before it is read. Knows neither Django nor the product: what
a page accepts, and what a refusal says, are given.
"""

import asyncio
import io
import re
import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote_to_bytes

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Answer = tuple[int, list[tuple[str, str]], bytes]

# Between two pieces of a body; for a whole one: as long, then a second for each 16 kB.
_SILENCE_SECONDS = 10.0
_BYTES_A_SECOND = 16 * 1024
# Read and thrown away, so that a browser shows the refusal rather than a broken connection.
_THROWN_AWAY = 64 * 1024 * 1024
# Of one process: bodies held at once, requests that wait for a thread.
_HELD = 128 * 1024 * 1024
_WAITING = 200
_CHARSET = re.compile(rb"charset\s*=\s*\"?([^\";\s]*)", re.IGNORECASE)
_TWICE = {"cookie": "; "}


class _Refused(Exception):
    """A request is refused before any page sees it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _Left(Exception):
    """The client is gone: nobody to answer."""


class Reception:
    """An ASGI application that gives a WSGI one its requests, each with its whole body."""

    def __init__(
        self,
        application: Callable[..., Iterable[bytes]],
        *,
        find_limit: Callable[[str], int],
        write_refusal: Callable[[int, int], bytes],
        threads: int,
    ) -> None:
        self._application = application
        self._find_limit = find_limit
        self._write_refusal = write_refusal
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="page")
        self._held = 0
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        limit = 0
        try:
            _check_alphabet(scope)
            length = _read_length(scope)
            limit = self._find_limit(scope["path"]) if length else 0
            body = await self._receive(receive, length, limit) if length else b""
            answer = await self._run(scope, body)
        except _Left:
            return
        except _Refused as refused:
            answer = self._refuse(refused.status, limit)
        await _send(send, answer)

    async def _receive(self, receive: Receive, length: int, limit: int) -> bytes:
        """Return the body. Raises _Refused: too large, too slow, or too many at once."""
        if length > limit:
            await _throw_away(receive, length)
            raise _Refused(413)
        body = bytearray()
        try:
            async for piece in _read(receive, length):
                if self._held + len(piece) > _HELD:
                    raise _Refused(503)
                self._held += len(piece)
                body += piece
        finally:
            self._held -= len(body)
        if len(body) != length:
            raise _Left
        return bytes(body)

    async def _run(self, scope: Scope, body: bytes) -> Answer:
        if self._waiting >= _WAITING:
            raise _Refused(503)
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, self._answer, scope, body)
        finally:
            self._waiting -= 1

    def _answer(self, scope: Scope, body: bytes) -> Answer:
        """Run the application in this thread, to the end: it keeps its connection for the next."""
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> None:
            started[:] = [int(status.split(" ", 1)[0]), headers]

        try:
            result = self._application(_build_environ(scope, body), start_response)
            try:
                content = b"".join(result)
            finally:
                getattr(result, "close", bool)()
        except Exception as error:  # noqa: BLE001 - the last door: the server must live on
            # The type and the place only: a message may carry personal data.
            place = traceback.extract_tb(error.__traceback__)[-1]
            sys.stderr.write(f"{type(error).__name__} ({place.name})\n")
            return self._refuse(500, 0)
        return started[0], started[1], content

    def _refuse(self, status: int, limit: int) -> Answer:
        headers = [
            ("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store"),
            ("Content-Security-Policy", "default-src 'self'; frame-ancestors 'none'"),
            ("X-Content-Type-Options", "nosniff"), ("Connection", "close"),
        ]  # fmt: skip
        if status == 503:
            headers.append(("Retry-After", "10"))
        return status, headers, self._write_refusal(status, limit)


def _check_alphabet(scope: Scope) -> None:
    """Raise _Refused when what is sent says to be in another alphabet than that of our pages.

    Python knows some that are none (hex, rot13), others that make letters which nothing can write.
    """
    for name, value in scope["headers"]:
        found = _CHARSET.search(value) if name == b"content-type" else None
        if found and found[1].lower() not in {b"utf-8", b"utf8"}:
            raise _Refused(400)


def _read_length(scope: Scope) -> int:
    """Return how many bytes are announced. Raises _Refused when a body comes without saying."""
    length = 0
    for name, value in scope["headers"]:
        if name == b"transfer-encoding":
            raise _Refused(411)
        if name == b"content-length":
            if not value.isdigit() or len(value) > 15:
                raise _Refused(400)
            length = int(value)
    return length


async def _read(receive: Receive, length: int) -> AsyncIterator[bytes]:
    """Yield the pieces of a body. Raises _Refused when they come too slowly."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _SILENCE_SECONDS + length / _BYTES_A_SECOND
    more = True
    while more:
        message = await _next(receive, min(_SILENCE_SECONDS, deadline - loop.time()))
        yield message.get("body", b"")
        more = message.get("more_body", False)


async def _throw_away(receive: Receive, length: int) -> None:
    if length > _THROWN_AWAY:
        return
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _SILENCE_SECONDS
    more = True
    while more and loop.time() < deadline:
        more = (await _next(receive, deadline - loop.time())).get("more_body", False)


async def _next(receive: Receive, seconds: float) -> MutableMapping[str, Any]:
    try:
        async with asyncio.timeout(max(0, seconds)):
            message = await receive()
    except TimeoutError:
        raise _Refused(408) from None
    if message["type"] != "http.request":
        raise _Left
    return message


def _build_environ(scope: Scope, body: bytes) -> dict[str, Any]:
    server, client = scope["server"], scope["client"]
    return {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": client[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **_list_headers(scope),
        "CONTENT_LENGTH": str(len(body)),
    }


def _list_headers(scope: Scope) -> dict[str, str]:
    """Return the headers, as WSGI names them."""
    found: dict[str, str] = {}
    for raw, value in scope["headers"]:
        name, text = raw.decode("latin-1").lower(), value.decode("latin-1")
        if "_" in name:
            # It would pass for the one that our proxy writes with a dash.
            continue
        key = "CONTENT_TYPE" if name == "content-type" else f"HTTP_{name.upper().replace('-', '_')}"
        found[key] = f"{found[key]}{_TWICE.get(name, ',')}{text}" if key in found else text
    found.pop("HTTP_CONTENT_LENGTH", None)
    return found


async def _send(send: Send, answer: Answer) -> None:
    status, headers, content = answer
    pairs = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in headers]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": content, "more_body": False})
