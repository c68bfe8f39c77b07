"""The pages of `docs/guide`, turned into HTML once; their links stay inside the product."""

from functools import cache
from pathlib import Path

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString
from markdown_it import MarkdownIt
from markdown_it.token import Token

from seuil.web.cadre.aide import ACCUEIL

IMAGES = "guide"


def list_pages() -> set[str]:
    """Return the names of the pages."""
    return {path.stem for path in _folder().glob("*.md")}


@cache
def find_page(name: str) -> tuple[str, SafeString] | None:
    """Return the title and the text of a page of the guide; nothing when there is none."""
    if name not in list_pages():
        return None
    # No HTML of its own: what the guide writes is text, whatever it holds.
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse((_folder() / f"{name}.md").read_text(encoding="utf-8"))
    title = tokens[1].content
    for token in tokens[3:]:
        _adapt(token)
    return title, SafeString(reader.renderer.render(tokens[3:], reader.options, {}))


def _folder() -> Path:
    return Path(settings.PROJECT_ROOT) / "docs" / "guide"


def _adapt(token: Token) -> None:
    """Lead links and images where the product serves them, and tables to their style."""
    if token.type == "table_open":
        token.attrSet("class", "seuil-table")
    for child in token.children or ():
        if child.type == "image":
            child.attrSet("src", static(f"{IMAGES}/{Path(str(child.attrs['src'])).name}"))
            child.attrSet("loading", "lazy")
        if child.type == "link_open":
            child.attrSet("href", _lead(str(child.attrs["href"])))


def _lead(href: str) -> str:
    """Return the address of a link: a page of the guide, an outside one, or the first page."""
    path, _, anchor = href.partition("#")
    if href.startswith(("https:", "http:", "mailto:")) or not path:
        return href
    name = Path(path).stem
    if "/" in path or name not in list_pages():
        return reverse("guide")
    address = reverse("guide") if name == ACCUEIL else reverse("guide_page", args=[name])
    return f"{address}#{anchor}" if anchor else address
