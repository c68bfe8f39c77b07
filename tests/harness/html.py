"""Read HTML as a browser would see it, and refuse what the house forbids in a page."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source",
    "track", "wbr",
}  # fmt: skip
_RESIDUE = ("{{", "}}", "{%", "%}", "{#", "TemplateSyntax")
# A block of data is not a script: browsers do not run it.
_DATA_BLOCKS = {"application/json", "application/ld+json"}


@dataclass
class Element:
    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: "list[Element | str]" = field(default_factory=list)

    def walk(self) -> "list[Element]":
        found = [self]
        for child in self.children:
            if isinstance(child, Element):
                found.extend(child.walk())
        return found

    @property
    def text(self) -> str:
        """The words a person reads, spaces squeezed."""
        parts = [c if isinstance(c, str) else c.text for c in self.children]
        return re.sub(r"[ \t\r\n]+", " ", " ".join(parts)).strip()

    def normalised(self) -> object:
        """What must be equal for two elements to look and act the same."""
        attrs = dict(self.attrs)
        if attrs.get("name") == "csrfmiddlewaretoken":
            attrs["value"] = "…"
        if "class" in attrs:
            attrs["class"] = " ".join(sorted(attrs["class"].split()))
        attrs.pop("hx-swap-oob", None)
        children: list[object] = []
        for child in self.children:
            if isinstance(child, Element):
                children.append(child.normalised())
            elif child.strip():
                children.append(re.sub(r"\s+", " ", child).strip())
        return (self.tag, tuple(sorted(attrs.items())), tuple(children))


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].children.append(element)
        if tag not in _VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID and self.open[-1].tag == tag:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        for depth in range(len(self.open) - 1, 0, -1):
            if self.open[depth].tag == tag:
                del self.open[depth:]
                return

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def parse_html(text: str) -> Element:
    """Return the tree of `text` under a nameless root."""
    builder = _Builder()
    builder.feed(text)
    builder.close()
    return builder.root


def select(root: Element, selector: str) -> Element:
    """Return the only element that `selector` names: `#id`, `.class`, `tag` or `[attr=value]`."""
    matches = select_all(root, selector)
    assert len(matches) == 1, f"{selector}: {len(matches)} éléments au lieu d’un"
    return matches[0]


def read_vus(page: Element) -> str:
    """Return what a form sends back of the values that it showed."""
    return next(e for e in select_all(page, "input") if e.attrs.get("name") == "vus").attrs["value"]


def select_all(root: Element, selector: str) -> list[Element]:
    """Return the elements that the simple selector names."""
    if match := re.fullmatch(r"(\w+)?\[([\w-]+)(?:=[\"']?([^\"'\]]*)[\"']?)?\]", selector):
        tag, name, value = match.groups()
        return [
            e
            for e in root.walk()
            if (tag is None or e.tag == tag)
            and name in e.attrs
            and (value is None or e.attrs[name] == value)
        ]
    if selector.startswith("#"):
        return [e for e in root.walk() if e.attrs.get("id") == selector[1:]]
    if selector.startswith("."):
        return [e for e in root.walk() if selector[1:] in e.attrs.get("class", "").split()]
    return [e for e in root.walk() if e.tag == selector]


def why_bad_page(text: str) -> list[str]:
    """Return every reason why `text`, a page or a fragment, is refused by the house."""
    elements = parse_html(text).walk()
    ids = [e.attrs["id"] for e in elements if "id" in e.attrs]
    return [
        *(f"reste de gabarit : {mark}" for mark in _RESIDUE if mark in text),
        *(reason for element in elements for reason in _why_bad_element(element)),
        *(f"identifiant répété : {i}" for i in sorted({i for i in ids if ids.count(i) > 1})),
        *_why_bad_whole_page(elements),
    ]


def _why_bad_element(element: Element) -> list[str]:
    where = f"<{element.tag}{' id=' + element.attrs['id'] if 'id' in element.attrs else ''}>"
    reasons = [
        f"script en attribut : {where} {name}"
        for name in element.attrs
        if re.fullmatch(r"on[a-z]+", name)
    ]
    reasons += [
        f"adresse javascript: {where}"
        for name in ("href", "src", "action")
        if element.attrs.get(name, "").strip().lower().startswith("javascript:")
    ]
    if "style" in element.attrs:
        reasons.append(f"style en ligne : {where}")
    if element.tag == "style":
        reasons.append("balise <style>")
    runs = "src" not in element.attrs and element.attrs.get("type") not in _DATA_BLOCKS
    if element.tag == "script" and runs:
        reasons.append("script en ligne")
    return reasons


def _why_bad_whole_page(elements: list[Element]) -> list[str]:
    page = next((e for e in elements if e.tag == "html"), None)
    if page is None:
        return []
    reasons = []
    if page.attrs.get("lang") != "fr":
        reasons.append("la page ne dit pas lang=fr")
    titles = sum(e.tag == "h1" for e in elements)
    if titles != 1:
        reasons.append(f"{titles} titres h1 au lieu d’un")
    if not any(e.tag == "title" and e.text for e in elements):
        reasons.append("la page n’a pas de titre de fenêtre")
    return reasons
