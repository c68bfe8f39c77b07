"""Read a table through the limited child process; the caller's process never parses the file."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from pathlib import Path, PurePath
from typing import Any, Literal, TypedDict, cast

from seuil.engines.tabular._headers import normalise_header
from seuil.engines.tabular._model import Cell, FileRefused, Limits, Row, Skipped, Table

_EXTENSIONS = frozenset({".csv", ".txt", ".tsv", ".xlsx", ".ods"})
_ROOT = Path(__file__).parents[3]
# The child gets no secret of the parent's environment.
_ENVIRONMENT = {"PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8"}
_Plain = str | int | float | list[str] | None
_FROM_TAG: dict[str, Callable[[str], date | time]] = {
    "d": date.fromisoformat,
    "i": datetime.fromisoformat,
    "h": time.fromisoformat,
}

_LIMITS = Limits()


class _Answer(TypedDict):
    """What the child says; a refusal leaves the rest out."""

    refused: tuple[str, str, str] | None
    sheet: str
    headers: list[str]
    header_line: int
    rows: list[tuple[int, list[_Plain]]]
    skipped: list[tuple[int, Literal["titre", "vide", "total"]]]
    encoding: str | None
    delimiter: str | None
    warnings: list[str]


def read_table(
    path: Path, *, name: str, limits: Limits = _LIMITS, known_headers: Collection[str] = ()
) -> Table:
    """Read the table of a CSV, XLSX or ODS file; `name` is the name its sender gave it.

    Raises FileRefused for every file that is not a readable table within the limits.
    """
    extension = PurePath(name).suffix.lower()
    _check_name_and_size(extension, path, limits)
    request: dict[str, object] = {
        "path": str(path.absolute()),
        "extension": extension,
        "known": sorted({normalise_header(header) for header in known_headers} - {""}),
        "limits": asdict(limits),
    }
    answer = _ask_child(request, limits)
    if answer["refused"]:
        code, message, remede = answer["refused"]
        raise FileRefused(code, message, remede) if message else _by_code(code)
    return Table(
        sheet=answer["sheet"],
        headers=tuple(answer["headers"]),
        header_line=answer["header_line"],
        rows=[Row(line, tuple(map(_cell, cells))) for line, cells in answer["rows"]],
        skipped=tuple(Skipped(line, kind) for line, kind in answer["skipped"]),
        encoding=answer["encoding"],
        delimiter=answer["delimiter"],
        warnings=tuple(answer["warnings"]),
    )


# Public files hold the whole country; only what is kept of them stays in memory.
_FLOW = Limits(max_bytes=1024 * 1024 * 1024, cpu_seconds=180, wall_seconds=300.0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of a large file: some columns, of the lines that name a place.

    A line is kept when a text of one of its `places` begins as one of the `prefixes`.
    """

    columns: tuple[str, ...]
    places: tuple[str, ...]
    prefixes: tuple[str, ...]


def read_flow(
    path: Path, *, name: str, wanted: Wanted, limits: Limits = _FLOW
) -> list[tuple[int, dict[str, Any]]]:
    """Read a JSON list of objects, or a CSV, of any size: rank or line, and what is wanted.

    Raises FileRefused for every file that is neither, within the limits.
    """
    extension = PurePath(name).suffix.lower()
    if extension not in {".json", ".csv"}:
        raise FileRefused(
            "extension",
            f"L’extension du fichier ({extension[:12] or 'absente'}) n’est pas acceptée.",
            "Décompressez le fichier publié : son nom finit par .json ou .csv.",
        )
    _check_size(path, limits)
    request = {"flow": True, "path": str(path.absolute()), "extension": extension,
               "limits": asdict(limits), **asdict(wanted)}  # fmt: skip
    answer = cast("dict[str, Any]", _ask_child(request, limits))
    if answer["refused"]:
        code, message, remede = answer["refused"]
        raise FileRefused(code, message, remede) if message else _by_code(code)
    return [(number, row) for number, row in answer["objects"]]


def _check_name_and_size(extension: str, path: Path, limits: Limits) -> None:
    if extension == ".xls":
        raise FileRefused(
            "ancien_format",
            "Le fichier est à l’ancien format Excel 97-2003 (.xls).",
            "Ouvrez-le dans votre tableur et enregistrez-le au format XLSX ou ODS.",
        )
    if extension in {".xlsm", ".xltm", ".xlsb", ".xlam"}:
        raise FileRefused(
            "macros",
            f"Les classeurs {extension} peuvent contenir des macros.",
            "Enregistrez-le au format « Classeur Excel (.xlsx) ».",
        )
    if extension not in _EXTENSIONS:
        shown = extension[:12] or "absente"
        raise FileRefused(
            "extension",
            f"L’extension du fichier ({shown}) n’est pas acceptée.",
            "Déposez une liste au format CSV, XLSX ou ODS.",
        )
    _check_size(path, limits)


def _check_size(path: Path, limits: Limits) -> None:
    size = path.stat().st_size
    if size > limits.max_bytes:
        raise FileRefused(
            "trop_gros",
            f"Le fichier dépasse {limits.max_bytes // (1024 * 1024)} Mo.",
            "Découpez la liste en plusieurs fichiers, par mois par exemple.",
        )
    if size == 0:
        raise FileRefused(
            "vide", "Le fichier est vide.", "Vérifiez le fichier choisi et déposez-le à nouveau."
        )


def _ask_child(request: dict[str, object], limits: Limits) -> _Answer:
    command = [sys.executable, "-P", "-s", "-B", "-m", "seuil.engines.tabular._child"]
    try:
        done = subprocess.run(  # noqa: S603 - fixed command, the request goes by stdin
            command,
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=limits.wall_seconds,
            env=_ENVIRONMENT,
            cwd=os.sep,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _by_code("limite") from error
    if done.returncode != 0:
        raise _by_code("limite")
    try:
        answer: _Answer = json.loads(done.stdout)
    except ValueError as error:
        raise _by_code("corrompu") from error
    return answer


def _by_code(code: str) -> FileRefused:
    if code == "limite":
        return FileRefused(
            "limite",
            "La lecture du fichier a été arrêtée : elle dépassait la mémoire ou le temps permis.",
            "Copiez la liste seule dans un classeur neuf, ou découpez-la, puis déposez-la à "
            "nouveau.",
        )
    return FileRefused(
        "corrompu",
        "Le fichier est abîmé ou incomplet.",
        "Ouvrez-le dans votre tableur, enregistrez-le à nouveau, puis déposez la copie.",
    )


def _cell(value: _Plain) -> Cell:
    if isinstance(value, list):
        return _FROM_TAG[value[0]](value[1])
    return value
