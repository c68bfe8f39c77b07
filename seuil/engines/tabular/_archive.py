"""Inspect an XLSX or ODS archive before any spreadsheet reader sees it."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

from seuil.engines.tabular._model import FileRefused, Limits, grouped

_CHUNK = 1 << 18
_OVERLAP = 256
_ARCHIVE_NAMES = (
    ".zip", ".7z", ".rar", ".gz", ".tgz", ".tar", ".jar", ".xlsx", ".xlsm", ".ods", ".docx", ".odt",
)  # fmt: skip
_ARCHIVE_MAGICS = (b"PK\x03\x04", b"7z\xbc\xaf\x27\x1c", b"Rar!", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")
_CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_RESAVE = "Ouvrez-le dans votre tableur, enregistrez-le à nouveau, puis déposez la copie."
_RESAVE_BARE = (
    "Copiez la liste seule dans un classeur neuf (collage des valeurs), puis déposez ce classeur."
)

# The extent seen by a fast look at the raw bytes: row numbers, then references past column CV
# (100 columns) or past row 99,999. Only a file that shows one is parsed for the exact answer.
_ROW_NUMBER = re.compile(rb"<(?:\w+:)?row\b[^>]{0,200}?\br\s*=\s*[\"']\s*(\d+)")
_FAR_REFERENCE = re.compile(
    rb"\br\s*=\s*[\"']\s*(?:[A-Za-z]{3,}\d|[D-Zd-z][A-Za-z]\d|[Cc][W-Zw-z]\d|[A-Za-z]{1,2}\d{6}|&)"
)
_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_SPANNED = re.compile(rb"number-(?:columns|rows)-spanned\s*=\s*[\"'](?!1[\"'])")
# A few title lines and a header may stand above the last allowed data row.
_ROWS_MARGIN = 200


class Inspection:
    """What the inspection learnt that the reader needs."""

    def __init__(self) -> None:
        self.epoch_1904 = False
        self.ods_merged = False


def far_cell_refusal(limits: Limits) -> FileRefused:
    return FileRefused(
        "trop_etendu",
        f"Une feuille contient une cellule au-delà de {grouped(limits.max_rows)} lignes ou de "
        f"{grouped(limits.max_columns)} colonnes.",
        "Supprimez les cellules isolées loin du tableau ou découpez la liste en plusieurs "
        "fichiers, puis déposez-la à nouveau.",
    )


def _corrupt() -> FileRefused:
    return FileRefused("corrompu", "Le fichier est abîmé ou incomplet.", _RESAVE)


def _bomb(limits: Limits) -> FileRefused:
    return FileRefused(
        "archive_demesuree",
        "Une fois décompressé, le fichier dépasse "
        f"{limits.max_unpacked // (1024 * 1024)} Mo ou contient trop d’éléments.",
        _RESAVE_BARE,
    )


def inspect_archive(stream: BinaryIO, *, extension: str, limits: Limits) -> Inspection:
    """Refuse an archive that is not an honest spreadsheet of the announced kind."""
    try:
        with zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
            _check_directory(entries, limits)
            _check_kind(archive, {entry.filename for entry in entries}, extension)
            return _check_contents(archive, entries, limits)
    except FileRefused:
        raise
    except (
        zipfile.BadZipFile, zlib.error, expat.ExpatError, NotImplementedError, RuntimeError,
        EOFError, OSError, ValueError, LookupError, OverflowError,
    ) as error:  # fmt: skip
        raise _corrupt() from error


def _check_directory(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.max_entries or sum(e.file_size for e in entries) > limits.max_unpacked:
        raise _bomb(limits)
    if len({entry.filename for entry in entries}) < len(entries):
        raise _corrupt()
    end = 0
    for entry in sorted(entries, key=lambda e: e.header_offset):
        _check_entry(entry, limits)
        if entry.header_offset < end:
            raise _corrupt()
        end = entry.header_offset + 30 + entry.compress_size


def _check_entry(entry: zipfile.ZipInfo, limits: Limits) -> None:
    name = entry.filename.replace("\\", "/")
    if name.startswith("/") or ".." in name.split("/") or ":" in name.split("/")[0]:
        raise FileRefused(
            "chemin_interdit", "Le fichier contient un chemin interdit.", _RESAVE_BARE
        )
    if entry.flag_bits & 0x1:
        raise encrypted_refusal()
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise _corrupt()
    heavy = entry.file_size > limits.ratio_floor
    if heavy and entry.file_size > limits.max_ratio * max(entry.compress_size, 1):
        raise _bomb(limits)
    if name.lower().endswith(_ARCHIVE_NAMES):
        raise _nested()


def _nested() -> FileRefused:
    return FileRefused(
        "archive_imbriquee", "Le fichier contient un autre fichier compressé.", _RESAVE_BARE
    )


def encrypted_refusal() -> FileRefused:
    return FileRefused(
        "chiffre",
        "Le fichier est protégé par un mot de passe.",
        "Retirez le mot de passe dans votre tableur (Fichier, Informations ou Enregistrer sous), "
        "puis déposez-le à nouveau.",
    )


def wrong_content_refusal(extension: str) -> FileRefused:
    return FileRefused(
        "contenu_inattendu",
        f"Le contenu du fichier ne correspond pas à son extension {extension}.",
        "Ouvrez-le dans votre tableur et enregistrez-le au format XLSX, ODS ou CSV, sans changer "
        "l’extension à la main.",
    )


def _macros() -> FileRefused:
    return FileRefused(
        "macros",
        "Le classeur contient des macros.",
        "Enregistrez-le au format « Classeur Excel (.xlsx) » ou ODS sans macro.",
    )


def _check_kind(archive: zipfile.ZipFile, names: set[str], extension: str) -> None:
    if extension == ".xlsx":
        if "[Content_Types].xml" not in names:
            raise wrong_content_refusal(extension)
        types = archive.read("[Content_Types].xml")
        if b"macroEnabled" in types or b"vbaProject" in types or b"macrosheet" in types.lower():
            raise _macros()
        if b"spreadsheetml.sheet.main+xml" not in types:
            raise wrong_content_refusal(extension)
    else:
        mimetype = archive.read("mimetype").strip() if "mimetype" in names else b""
        if "encrypted-package" in names:
            raise encrypted_refusal()
        if mimetype != b"application/vnd.oasis.opendocument.spreadsheet":
            raise wrong_content_refusal(extension)
        manifest = "META-INF/manifest.xml"
        if manifest in names and b"encryption-data" in archive.read(manifest):
            raise encrypted_refusal()
    for name in names:
        _check_part_name(name.lower())


def _check_part_name(name: str) -> None:
    base = name.rsplit("/", 1)[-1]
    empty_basic = {"", "script-lc.xml", "script-lb.xml", "dialog-lc.xml", "dialog-lb.xml"}
    if base.startswith("vbaproject") or "/macrosheets/" in name or name.startswith("scripts/"):
        raise _macros()
    if name.startswith("basic/") and base not in empty_basic:
        raise _macros()
    if name.startswith(("xl/embeddings/", "xl/activex/", "xl/externallinks/")) and base:
        raise FileRefused(
            "objets_incorpores",
            "Le classeur contient des objets incorporés ou des liens vers d’autres fichiers.",
            _RESAVE_BARE,
        )


def _check_contents(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], limits: Limits
) -> Inspection:
    """Inflate each part once, in pieces: real sizes and checksums, no DTD, no far cell."""
    found = Inspection()
    total = 0
    for entry in entries:
        name = entry.filename.lower()
        xml = name.endswith((".xml", ".rels", ".vml"))
        # A sheet may hide under any name; shared strings hold no reference.
        sheet = xml and name != "content.xml" and not name.startswith("xl/sharedstrings")
        suspect = False
        tail = b""
        with archive.open(entry) as part:
            for number, chunk in enumerate(iter(lambda: part.read(_CHUNK), b"")):
                total += len(chunk)
                if total > limits.max_unpacked:
                    raise _bomb(limits)
                if number == 0:
                    _check_first_bytes(chunk, xml=xml)
                window = tail + chunk
                if xml and _DOCTYPE.search(window):
                    raise FileRefused(
                        "xml_dangereux", "Le fichier contient des définitions XML interdites.",
                        _RESAVE_BARE,
                    )  # fmt: skip
                suspect = suspect or (sheet and _looks_far(window, limits))
                if name == "content.xml" and _SPANNED.search(window):
                    found.ods_merged = True
                if name == "xl/workbook.xml" and re.search(rb"date1904=[\"'](?:1|t)", window):
                    found.epoch_1904 = True
                tail = window[-_OVERLAP:]
        if suspect:
            _refuse_far_xlsx_cells(archive, entry, limits)
        if name == "content.xml":
            _refuse_far_ods_cells(archive, entry, limits)
    return found


def _check_first_bytes(chunk: bytes, *, xml: bool) -> None:
    if chunk.startswith(_ARCHIVE_MAGICS):
        raise _nested()
    if chunk.startswith(_CFB):
        raise FileRefused(
            "objets_incorpores", "Le classeur contient un objet incorporé.", _RESAVE_BARE
        )
    # Parts in another encoding would hide from the byte patterns of this module.
    declaration = chunk[:200].split(b"?>")[0].lower()
    if xml and (
        chunk.startswith((b"\xff\xfe", b"\xfe\xff"))
        or b"\x00" in chunk[:200]
        or (b"encoding" in declaration and not re.search(rb"utf-8|ascii", declaration))
    ):
        raise _corrupt()


def _looks_far(window: bytes, limits: Limits) -> bool:
    if limits.max_columns < 100 or _FAR_REFERENCE.search(window):
        return True
    last = max((int(n[:9]) for n in _ROW_NUMBER.findall(window)), default=0)
    return last > limits.max_rows + _ROWS_MARGIN


def _parse(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, parser: expat.XMLParserType) -> None:
    with archive.open(entry) as part:
        for chunk in _pieces(part):
            parser.Parse(chunk, False)  # noqa: FBT003 - expat's own signature
        parser.Parse(b"", True)  # noqa: FBT003 - same


def _pieces(part: object) -> Iterator[bytes]:
    read = part.read  # type: ignore[attr-defined]
    while chunk := read(_CHUNK):
        yield chunk


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters[:4].upper():
        number = number * 26 + ord(letter) - 64
    return number


_REFERENCE = re.compile(r"\s*([A-Za-z]*)(\d*)")


def _refuse_far_xlsx_cells(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits
) -> None:
    """Refuse a far cell that holds something: styles applied to whole columns are ordinary."""
    parser = expat.ParserCreate()
    row = column = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal row, column
        tag = tag.rsplit(":", 1)[-1]
        if tag == "row":
            row, column = _number(attributes.get("r"), row + 1), 0
        elif tag == "c":
            match = _REFERENCE.match(attributes.get("r", ""))
            letters, digits = match.groups() if match else ("", "")
            column = _column_number(letters) if letters else column + 1
            row = max(row, _number(digits, row))
        elif tag in {"v", "is", "f"} and (
            column > limits.max_columns or row > limits.max_rows + _ROWS_MARGIN
        ):
            raise far_cell_refusal(limits)

    parser.StartElementHandler = start
    _parse(archive, entry, parser)


def _number(text: str | None, default: int) -> int:
    text = (text or "").strip()
    return int(text[:9]) if text.isascii() and text.isdigit() else default


def _refuse_far_ods_cells(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: Limits) -> None:
    parser = expat.ParserCreate()
    first_row = last_row = column = 0

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal first_row, last_row, column
        if tag == "table:table":
            first_row = last_row = 0
        elif tag == "table:table-row":
            first_row = last_row
            last_row += _number(attributes.get("table:number-rows-repeated"), 1)
            column = 0
        elif tag in {"table:table-cell", "table:covered-table-cell"}:
            column += _number(attributes.get("table:number-columns-repeated"), 1)
            if ("office:value-type" in attributes or "table:formula" in attributes) and (
                column > limits.max_columns or last_row > limits.max_rows + _ROWS_MARGIN
            ):
                raise far_cell_refusal(limits)
        elif tag == "text:p" and (
            column > limits.max_columns or last_row > limits.max_rows + _ROWS_MARGIN
        ):
            raise far_cell_refusal(limits)

    parser.StartElementHandler = start
    _parse(archive, entry, parser)
