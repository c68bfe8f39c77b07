"""Write an OpenDocument spreadsheet by hand: a handful of XML parts in a zip, streamed."""

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from html import escape
from typing import BinaryIO

_NS = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0" '
    'xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0" '
    'xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0" '
    'xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0" office:version="1.3"'
)
_MIMETYPE = "application/vnd.oasis.opendocument.spreadsheet"
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_MANIFEST = (
    _DECLARATION
    + '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" '
    'manifest:version="1.3">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_MIMETYPE}"/>'
    + "".join(
        f'<manifest:file-entry manifest:full-path="{part}" manifest:media-type="text/xml"/>'
        for part in ("content.xml", "styles.xml", "settings.xml")
    )
    + "</manifest:manifest>"
)
_STYLES = f"{_DECLARATION}<office:document-styles {_NS}><office:styles/></office:document-styles>"
_AUTOMATIC = (
    '<number:date-style style:name="nd"><number:day number:style="long"/>'
    '<number:text>/</number:text><number:month number:style="long"/>'
    '<number:text>/</number:text><number:year number:style="long"/></number:date-style>'
    '<number:time-style style:name="nh"><number:hours number:style="long"/>'
    '<number:text>:</number:text><number:minutes number:style="long"/></number:time-style>'
    '<number:currency-style style:name="nm"><number:number number:decimal-places="2" '
    'number:min-decimal-places="2" number:min-integer-digits="1" number:grouping="true"/>'
    "<number:text>\u00a0</number:text>"
    '<number:currency-symbol number:language="fr" number:country="FR">€</number:currency-symbol>'
    "</number:currency-style>"
    '<number:number-style style:name="ne"><number:number number:decimal-places="0" '
    'number:min-integer-digits="1" number:grouping="true"/></number:number-style>'
    '<number:text-style style:name="nt"><number:text-content/></number:text-style>'
    '<style:style style:name="titre" style:family="table-cell"><style:table-cell-properties '
    'fo:wrap-option="wrap" fo:border-bottom="0.5pt solid #000000"/><style:text-properties '
    'fo:font-weight="bold"/></style:style>'
    + "".join(
        f'<style:style style:name="{kind}" style:family="table-cell" '
        f'style:data-style-name="{data}"/>'
        for kind, data in (
            ("date", "nd"), ("heure", "nh"), ("montant", "nm"), ("entier", "ne"), ("texte", "nt"),
        )
    )
)  # fmt: skip
_BLANKS = re.compile(r" {2,}|^ | $")


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet whose values are already typed and cleaned."""

    title: str
    notes: Sequence[str]
    header: Sequence[str]
    widths: Sequence[int]
    kinds: Sequence[str]
    rows: Iterable[Sequence[str | int | float | Decimal | date | datetime | time | None]]

    @property
    def top(self) -> int:
        """Return the index of the header line."""
        return len(self.notes) + bool(self.notes)


def write(stream: BinaryIO, pages: Sequence[Page]) -> None:
    """Write the archive, its mimetype first and stored as the format demands."""
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (
            ("mimetype", _MIMETYPE),
            ("META-INF/manifest.xml", _MANIFEST),
            ("styles.xml", _STYLES),
            ("settings.xml", _settings(pages)),
        ):
            stored = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(_entry(name), text, stored)
        content = _entry("content.xml")
        content.compress_type = zipfile.ZIP_DEFLATED
        with archive.open(content, "w", force_zip64=True) as part:
            out = io.TextIOWrapper(part, encoding="utf-8", newline="", write_through=False)
            out.writelines(_content(pages))
            out.flush()
            out.detach()


def _entry(name: str) -> zipfile.ZipInfo:
    # A fixed date: the same list gives the same bytes.
    return zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))


def _content(pages: Sequence[Page]) -> Iterator[str]:
    yield f"{_DECLARATION}<office:document-content {_NS}><office:automatic-styles>{_AUTOMATIC}"
    for width in sorted({width for page in pages for width in page.widths}):
        yield (
            f'<style:style style:name="l{width}" style:family="table-column">'
            f'<style:table-column-properties style:column-width="{width * 0.2:.2f}cm"/>'
            "</style:style>"
        )
    yield "</office:automatic-styles><office:body><office:spreadsheet>"
    filters = []
    for number, page in enumerate(pages, start=1):
        last = page.top
        yield f"<table:table table:name={_quoted(page.title)}>"
        for width in page.widths:
            yield f'<table:table-column table:style-name="l{width}"/>'
        for note in page.notes:
            yield f"<table:table-row>{_text_cell(note, '')}</table:table-row>"
        if page.notes:
            yield "<table:table-row><table:table-cell/></table:table-row>"
        header = "".join(_text_cell(title, "titre") for title in page.header)
        yield f"<table:table-row>{header}</table:table-row>"
        for row in page.rows:
            last += 1
            cells = "".join(map(_cell, row, page.kinds))
            yield f"<table:table-row>{cells}</table:table-row>"
        yield "</table:table>"
        filters.append(_filter(page, number, last))
    yield f"<table:database-ranges>{''.join(filters)}</table:database-ranges>"
    yield "</office:spreadsheet></office:body></office:document-content>"


def _filter(page: Page, number: int, last: int) -> str:
    name = page.title.replace("'", "''")
    end = _letters(max(len(page.header), 1))
    target = f"$'{name}'.$A${page.top + 1}:$'{name}'.${end}${last + 1}"
    return (
        f'<table:database-range table:name="filtre{number}" table:display-filter-buttons="true" '
        f"table:target-range-address={_quoted(target)}/>"
    )


def _letters(number: int) -> str:
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _cell(value: str | float | Decimal | date | time | None, kind: str) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str):
        return _text_cell(value, "texte")
    if isinstance(value, date):
        shown, attribute = f"{value:%d/%m/%Y}", f'date" office:date-value="{value.isoformat()}'
    elif isinstance(value, time):
        shown = f"{value:%H:%M}"
        attribute = f'time" office:time-value="PT{value:%H}H{value:%M}M{value:%S}S'
    elif kind == "montant":
        shown = f"{value:.2f}".replace(".", ",") + "\u00a0€"
        attribute = f'currency" office:currency="EUR" office:value="{_number(value)}'
    else:
        shown = _number(value).replace(".", ",")
        attribute = f'float" office:value="{_number(value)}'
    style = "" if kind == "nombre" else f' table:style-name="{kind}"'
    return (
        f'<table:table-cell{style} office:value-type="{attribute}"><text:p>{shown}</text:p>'
        "</table:table-cell>"
    )


def _number(value: float | Decimal) -> str:
    return f"{Decimal(repr(value)) if isinstance(value, float) else value:f}"


def _text_cell(text: str, style: str) -> str:
    named = f' table:style-name="{style}"' if style else ""
    # Readers drop <text:tab/> and glue the words on either side: a space stands for the tab.
    lines = escape(text.replace("\t", " "), quote=False).split("\n")
    body = "".join(f"<text:p>{_BLANKS.sub(_kept, line)}</text:p>" for line in lines)
    return f'<table:table-cell{named} office:value-type="string">{body}</table:table-cell>'


def _quoted(text: str) -> str:
    # Not xml.sax.saxutils, which loads a web client: the child that reads a list starts with this.
    plain = escape(text, quote=False).replace('"', "&quot;")
    return f'"{plain}"'


def _kept(match: re.Match[str]) -> str:
    """Write the blanks that XML would swallow."""
    return f'<text:s text:c="{len(match[0])}"/>'


def _settings(pages: Sequence[Page]) -> str:
    """Freeze the lines down to the header of each sheet."""
    frozen = "".join(
        f"<config:config-item-map-entry config:name={_quoted(page.title)}>"
        + "".join(
            f'<config:config-item config:name="{name}" config:type="{kind}">{value}'
            "</config:config-item>"
            for name, kind, value in (
                ("VerticalSplitMode", "short", 2),
                ("VerticalSplitPosition", "int", page.top + 1),
                ("ActiveSplitRange", "short", 2),
                ("PositionTop", "int", 0),
                ("PositionBottom", "int", page.top + 1),
            )
        )
        + "</config:config-item-map-entry>"
        for page in pages
    )
    return (
        f"{_DECLARATION}<office:document-settings {_NS}><office:settings>"
        '<config:config-item-set config:name="ooo:view-settings">'
        '<config:config-item-map-indexed config:name="Views"><config:config-item-map-entry>'
        '<config:config-item config:name="ViewId" config:type="string">view1</config:config-item>'
        f'<config:config-item-map-named config:name="Tables">{frozen}'
        "</config:config-item-map-named></config:config-item-map-entry>"
        "</config:config-item-map-indexed></config:config-item-set></office:settings>"
        "</office:document-settings>"
    )
