"""Read a CSV: which characters, which delimiter, which rows."""

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from seuil.engines.tabular._headers import normalise_header
from seuil.engines.tabular._model import Cell, FileRefused, Limits, grouped

_FOREIGN_MAGICS = (
    b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0", b"%PDF", b"\x89PNG", b"\xff\xd8\xff",
    b"GIF8", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf", b"{\\rtf", b"MZ", b"\x7fELF", b"II*\x00",
)  # fmt: skip
_MARKUP = re.compile(rb"\s*<(?:\?xml|!doctype|html|table|script)", re.IGNORECASE)
_C1 = re.compile("[\x80-\x9f]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MOJIBAKE = re.compile("[ÃÂ][\u00a0-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]")
_WORD = re.compile(r"[^\s;,\t\"]+(?:[ '’-][^\s;,\t\"]+)?")
_SAVE_AS_UTF8 = "Dans votre tableur, enregistrez la liste au format « CSV UTF-8 » ou XLSX."
_DELIMITERS = (";", "\t", ",")
# What write_csv adds to a text that a spreadsheet would take for a formula, and only that.
GUARDED = re.compile("'*[\ufeff\x00-\x20\xa0]*[=+\\-@|%\t\r]")


@dataclass(frozen=True, slots=True)
class Decoded:
    text: str
    encoding: str
    warnings: tuple[str, ...]


def decode(raw: bytes, *, extension: str) -> Decoded:
    """Decode by the ladder BOM, UTF-8, cp1252; refuse the rest rather than guess."""
    if raw.startswith(_FOREIGN_MAGICS) or _MARKUP.match(raw):
        raise FileRefused(
            "contenu_inattendu",
            f"Le contenu du fichier ne correspond pas à son extension {extension}.",
            "Ouvrez-le dans votre tableur et enregistrez-le au format CSV, XLSX ou ODS, sans "
            "changer l’extension à la main.",
        )
    text, encoding = _by_ladder(raw)
    text = text.rstrip("\x1a")
    if _C1.search(text) or "\ufffd" in text or _CONTROL.search(text):
        raise _unreadable()
    warnings = []
    if encoding == "cp1252":
        words = dict.fromkeys(match[0] for match in _WORD.finditer(text) if not match[0].isascii())
        if words:
            warnings.append(
                "Le fichier est en encodage Windows (cp1252). Vérifiez ces valeurs accentuées : "
                + ", ".join(list(words)[:10])
                + "."
            )
    if match := _MOJIBAKE.search(text):
        line = text.count("\n", 0, match.start()) + 1
        warnings.append(
            f"Ligne {line} : des accents semblent déjà perdus dans le fichier d’origine "
            f"(« {match[0]} »)."
        )
    return Decoded(unicodedata.normalize("NFC", text), encoding, tuple(warnings))


def _by_ladder(raw: bytes) -> tuple[str, str]:
    try:
        for bom, encoding in (
            (codecs.BOM_UTF8, "utf-8"),
            (codecs.BOM_UTF16_LE, "utf-16-le"),
            (codecs.BOM_UTF16_BE, "utf-16-be"),
        ):
            if raw.startswith(bom):
                return raw[len(bom) :].decode(encoding), encoding[:6].rstrip("-")
        try:
            return raw.decode("utf-8"), "utf-8"
        except UnicodeDecodeError:
            return raw.decode("cp1252"), "cp1252"
    except UnicodeDecodeError as error:
        raise _unreadable() from error


def _unreadable() -> FileRefused:
    return FileRefused(
        "encodage",
        "Les caractères du fichier ne sont ni en UTF-8 ni en encodage Windows (cp1252).",
        _SAVE_AS_UTF8,
    )


def sniff_delimiter(text: str, *, known: Collection[str]) -> str:
    """Choose between semicolon, tab and comma.

    The delimiter that isolates most known headers wins; failing that, the one whose count is the
    steadiest from line to line. Commas followed by a space or between digits belong to the text.
    """
    lines = [line for line in text[:100_000].splitlines()[:60] if line.strip(" ;,\t")]
    if known:
        hits = {
            delimiter: max((_known_cells(line, delimiter, known) for line in lines[:30]), default=0)
            for delimiter in _DELIMITERS
        }
        best = max(_DELIMITERS, key=lambda d: hits[d])
        if hits[best] >= 2:
            return best
    bare = [re.sub(r'"[^"]*"', "", line) for line in lines]
    scores = {}
    for delimiter in _DELIMITERS:
        if delimiter == ",":
            counts = [len(re.findall(r",(?! )(?!(?<=\d,)\d)", line)) for line in bare]
        else:
            counts = [line.count(delimiter) for line in bare]
        (mode, times), *_ = Counter(c for c in counts if c).most_common(1) or [(0, 0)]
        scores[delimiter] = times / max(len(lines), 1) * (1 + min(mode, 20) / 10)
    best = max(_DELIMITERS, key=lambda d: scores[d])
    if not scores[best] and any("," in line for line in bare):
        return ","
    return best


def _known_cells(line: str, delimiter: str, known: Collection[str]) -> int:
    cells = {normalise_header(cell) for cell in line.split(delimiter)}
    return len(cells.intersection(known))


def read_rows(text: str, *, delimiter: str, limits: Limits) -> list[tuple[int, list[Cell]]]:
    """Return the rows with the line where each begins; blank cells are None."""
    csv.field_size_limit(limits.max_cell)
    first = 1
    if match := re.match(r"\"?sep=(.)\"?\r?\n", text, re.IGNORECASE):
        text = text[match.end() :]
        first = 2
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    guarded = "'" in text
    rows: list[tuple[int, list[Cell]]] = []
    line = first
    try:
        for raw in reader:
            if len(raw) > limits.max_columns and any(raw[limits.max_columns :]):
                raise _too_wide(line, limits)
            if len(rows) > limits.max_rows + 2_000:
                raise too_many_rows(limits)
            rows.append((line, [_value(cell, guarded=guarded) for cell in raw]))
            line = reader.line_num + first
    except csv.Error as error:
        raise _broken_line(str(error), line, limits) from error
    return rows


def _value(cell: str, *, guarded: bool) -> Cell:
    if not cell or cell.isspace():
        return None
    if guarded and cell[0] == "'" and GUARDED.match(cell, 1):
        return cell[1:]
    return cell


def too_many_rows(limits: Limits) -> FileRefused:
    return FileRefused(
        "trop_de_lignes",
        f"Le fichier dépasse {grouped(limits.max_rows)} lignes.",
        "Découpez la liste en plusieurs fichiers, par mois par exemple.",
    )


def _too_wide(line: int, limits: Limits) -> FileRefused:
    return FileRefused(
        "trop_etendu",
        f"Ligne {line} : plus de {grouped(limits.max_columns)} colonnes.",
        "Vérifiez le séparateur et supprimez les colonnes inutiles.",
    )


def _broken_line(error: str, line: int, limits: Limits) -> FileRefused:
    if "field limit" in error:
        return FileRefused(
            "cellule_trop_longue",
            f"Ligne {line} : une cellule dépasse {grouped(limits.max_cell)} caractères, "
            "ou un guillemet ouvert n’est jamais refermé.",
            "Fermez le guillemet ou raccourcissez la cellule.",
        )
    return FileRefused(
        "guillemets",
        f'Ligne {line} : les guillemets droits (") ne sont pas correctement fermés.',
        "Corrigez les guillemets de cette ligne, ou enregistrez la liste au format XLSX.",
    )
