"""A large public file read as it flows: a list of JSON objects or a CSV, few columns of few lines.

Runs in the child process: the file is never whole in memory, nor is an object beyond its bound.
"""

import csv
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from seuil.engines.tabular._model import FileRefused, Limits

_CHUNK = 256 * 1024
_BLANK = " \t\r\n,\ufeff"
# Nothing that we read is nested deeper: a service, its lists, their objects.
_DEPTH = 12
_DECODER = json.JSONDecoder()


def read_flow(request: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """Answer a request: the columns asked of the objects that name a place asked."""
    path, extension = Path(str(request["path"])), str(request["extension"])
    found = []
    total = 0
    with path.open(encoding="utf-8-sig", errors="strict", newline="") as stream:
        objects = (
            _iter_json(stream, limits)
            if extension == ".json"
            else _iter_csv(stream, request["columns"], limits)
        )
        for number, row in objects:
            total += 1
            if kept := _keep(row, request):
                found.append((number, kept))
                if len(found) > limits.max_rows:
                    raise _too_many(limits)
    return {"refused": None, "objects": found, "total": total}


def _keep(row: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    columns: Sequence[str] = request["columns"]
    prefixes = tuple(request["prefixes"])
    kept = {c: _load(row[c]) for c in columns if row.get(c) not in (None, "", [])}
    places = _iter_texts([kept.get(c) for c in request["places"]])
    return kept if any(p.startswith(prefixes) for p in places) else {}


def _iter_texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for part in value:
            yield from _iter_texts(part)
    elif isinstance(value, dict):
        for part in value.values():
            yield from _iter_texts(part)


def _load(value: object) -> object:
    """Read a list that the file wrote as a text, as its CSV does."""
    if not isinstance(value, str) or value[:1] not in {"[", "{"}:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _iter_csv(
    stream: IO[str], columns: Sequence[str], limits: Limits
) -> Iterator[tuple[int, dict[str, Any]]]:
    csv.field_size_limit(limits.max_cell * 10)
    first = stream.readline(_CHUNK)
    delimiter = ";" if first.count(";") >= first.count(",") else ","
    headers = next(csv.reader([first], delimiter=delimiter), [])
    places = [(name, headers.index(name)) for name in columns if name in headers]
    if not places:
        raise FileRefused(
            "sans_entete",
            "Aucune des colonnes attendues n’est dans la première ligne.",
            f"Vérifiez que c’est le fichier publié, tel quel. Attendu : {', '.join(columns)}.",
        )
    reader = csv.reader(stream, delimiter=delimiter)
    for row in reader:
        if row:
            yield reader.line_num + 1, {n: row[i] for n, i in places if i < len(row)}


def _iter_json(stream: IO[str], limits: Limits) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield the rank and the value of each object of the list of a file, one at a time."""
    text, at, rank = _find_list(stream), 0, 0
    while True:
        while at < len(text) and text[at] in _BLANK:
            at += 1
        if at == len(text):
            text, at = stream.read(_CHUNK), 0
            if not text:
                raise _broken()
        elif text[at] == "]":
            return
        else:
            row, text, at = _decode_one(text, at, stream, limits)
            rank += 1
            if isinstance(row, dict):
                yield rank, row


def _decode_one(text: str, at: int, stream: IO[str], limits: Limits) -> tuple[object, str, int]:
    """Return the value that begins there, the text it was read in, and where it ends."""
    # Twice as much is read each time an object does not end: its cost stays in line with its size.
    while True:
        try:
            row, end = _DECODER.raw_decode(text, at)
        except RecursionError as error:
            raise _broken() from error
        except ValueError as error:
            text, at = text[at:], 0
            more = stream.read(max(_CHUNK, len(text))) if len(text) <= limits.max_object else ""
            if not more:
                raise _broken() from error
            text += more
            continue
        if end - at > limits.max_object or _is_deeper(row, _DEPTH):
            raise _broken()
        return row, text, end


def _is_deeper(value: object, depth: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    if depth == 0:
        return True
    parts = value.values() if isinstance(value, dict) else value
    return any(_is_deeper(part, depth - 1) for part in parts)


def _find_list(stream: IO[str]) -> str:
    """Return what follows the first bracket of the file, a list alone or under one name."""
    text = stream.read(_CHUNK)
    head = text.lstrip(_BLANK)
    start = head.find("[")
    named = head[:start].split()
    if start < 0 or not (start == 0 or (head[0] == "{" and len("".join(named)) < 100)):
        raise FileRefused(
            "sans_liste",
            "Ce fichier JSON ne contient pas de liste.",
            "Déposez le fichier publié, tel quel, une fois décompressé.",
        )
    return head[start + 1 :]


def _too_many(limits: Limits) -> FileRefused:
    return FileRefused(
        "trop_de_lignes",
        f"Le fichier contient plus de {limits.max_rows} lignes pour ce territoire.",
        "Vérifiez que c’est le fichier publié, et importez un département à la fois.",
    )


def _broken() -> FileRefused:
    return FileRefused(
        "corrompu",
        "Le fichier est abîmé ou incomplet.",
        "Téléchargez-le à nouveau et décompressez-le avant de l’importer.",
    )
