"""The limited process that parses: a JSON request on stdin, a JSON answer on stdout.

Run by `_read`; a program of its own so that a hostile file can only kill this process.
"""

import json
import resource
import sys
from datetime import date, datetime, time
from pathlib import Path

from seuil.engines.tabular._archive import (
    encrypted_refusal,
    inspect_archive,
    wrong_content_refusal,
)
from seuil.engines.tabular._flow import read_flow
from seuil.engines.tabular._layout import Layout, find_table
from seuil.engines.tabular._model import FileRefused, Limits
from seuil.engines.tabular._text import decode, read_rows, sniff_delimiter, too_many_rows

_CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def _confine(limits: Limits) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Nothing is ever written to a file: the answer leaves by a pipe.
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _read(request: dict[str, object]) -> dict[str, object]:
    limits = Limits(**request["limits"])  # type: ignore[arg-type]
    _confine(limits)
    if request.get("flow"):
        return read_flow(request, limits)
    path = Path(str(request["path"]))
    extension = str(request["extension"])
    known = frozenset(request["known"])  # type: ignore[call-overload]
    answer: dict[str, object] = {"refused": None, "sheet": "", "encoding": None, "delimiter": None}
    warnings: list[str] = []
    if extension in {".csv", ".txt", ".tsv"}:
        decoded = decode(path.read_bytes(), extension=extension)
        delimiter = sniff_delimiter(decoded.text, known=known)
        rows = read_rows(decoded.text, delimiter=delimiter, limits=limits)
        found = find_table(rows, known=known, rectangular=False)
        warnings += decoded.warnings
        answer.update(encoding=decoded.encoding, delimiter=delimiter)
        layout = _require(found, empty=not any(any(cells) for _, cells in rows))
    else:
        answer["sheet"], layout = _read_archive(path, extension, known, limits)
    if len(layout.rows) > limits.max_rows:
        raise too_many_rows(limits)
    answer.update(
        headers=layout.headers,
        header_line=layout.header_line,
        rows=layout.rows,
        skipped=layout.skipped,
        warnings=[*warnings, *layout.warnings],
    )
    return answer


def _require(layout: Layout | None, *, empty: bool) -> Layout:
    if layout is not None:
        return layout
    if empty:
        raise FileRefused(
            "vide", "Le fichier est vide.", "Vérifiez le fichier choisi et déposez-le à nouveau."
        )
    raise FileRefused(
        "sans_entete",
        "Aucune ligne de titres de colonnes n’a été trouvée.",
        "Ajoutez au-dessus des données une ligne avec le titre de chaque colonne.",
    )


def _read_archive(
    path: Path, extension: str, known: frozenset[str], limits: Limits
) -> tuple[str, Layout]:
    with path.open("rb") as stream:
        start = stream.read(8)
        if start == _CFB:
            raise _old_container(start + stream.read())
        if not start.startswith(b"PK\x03\x04"):
            raise wrong_content_refusal(extension)
        stream.seek(0)
        inspection = inspect_archive(stream, extension=extension, limits=limits)
    from seuil.engines.tabular._workbook import read_workbook  # noqa: PLC0415 - CSV does without

    return read_workbook(path, inspection=inspection, known=known, limits=limits)


def _old_container(raw: bytes) -> FileRefused:
    if "EncryptedPackage".encode("utf-16-le") in raw:
        return encrypted_refusal()
    return _old_format_refusal()


def _old_format_refusal() -> FileRefused:
    return FileRefused(
        "ancien_format",
        "Le fichier est à l’ancien format Excel 97-2003 (.xls).",
        "Ouvrez-le dans votre tableur et enregistrez-le au format XLSX ou ODS.",
    )


def _plain(value: object) -> list[str]:
    """Tag the three types that JSON lacks."""
    if isinstance(value, datetime):
        return ["i", value.replace(tzinfo=None).isoformat()]
    if isinstance(value, date):
        return ["d", value.isoformat()]
    if isinstance(value, time):
        return ["h", value.replace(tzinfo=None).isoformat()]
    raise TypeError(type(value).__name__)


def main() -> None:
    """Answer one request."""
    try:
        answer = _read(json.load(sys.stdin))
        text = json.dumps(answer, default=_plain, ensure_ascii=True, allow_nan=False)
    except FileRefused as refusal:
        text = json.dumps({"refused": [refusal.code, refusal.message, refusal.remede]})
    except (MemoryError, ImportError):
        # Our own modules load, unless memory is short.
        text = json.dumps({"refused": ["limite", "", ""]})
    except BaseException:  # noqa: BLE001 - whatever a hostile file raises, the file is to blame
        text = json.dumps({"refused": ["corrompu", "", ""]})
    sys.stdout.write(text)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
