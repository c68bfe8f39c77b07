"""Cut the design system down to what the pages use; `make statiques` writes the result.

Parts are taken whole: nothing of them is parsed, but addresses and the names of icons.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import dsfr

from seuil.strict_yaml import read_file

FEUILLE = Path(__file__).parent.parent / "static" / "seuil" / "dsfr.css"
_PARTIES = Path(__file__).with_name("dsfr.yaml")
_DIST = Path(dsfr.__file__).parent / "static" / "dsfr" / "dist"
_LICENCE = (
    "/* Parts of the DSFR, MIT: see seuil/web/statiques/dsfr.yaml. Written by `make statiques`. */"
)
_URL = re.compile(r"url\((?!data:)['\"]?([^)'\"]+)['\"]?\)")


def write_css() -> str:
    """Return the style sheet."""
    table = read_file(_PARTIES, fichier=_PARTIES.name)
    table.check_keys({"version", "parties", "icones"})
    parts = [_LICENCE, *map(_read_part, table.texts("parties"))]
    parts += map(_read_print, table.texts("parties"))
    parts += _list_icons(table.texts("icones"))
    return "\n".join(part for part in parts if part) + "\n"


def list_referenced(css: str) -> set[str]:
    """Return the static files that the style sheet asks for."""
    base = FEUILLE.parent
    root = base.parent
    return {
        str((base / url).resolve().relative_to(root.resolve()))
        for url in (u.partition("?")[0].partition("#")[0] for u in _URL.findall(css))
    }


def _read_part(name: str) -> str:
    return _strip(_DIST / f"{name}.main.min.css")


def _read_print(name: str) -> str:
    path = _DIST / f"{name}.print.min.css"
    return _strip(path) if path.exists() else ""


def _list_icons(names: tuple[str, ...]) -> Iterator[str]:
    source = _DIST / "utility" / "icons" / "icons.main.min.css"
    css = _strip(source)
    for name in names:
        yield from re.findall(rf"\.fr-icon-{re.escape(name)}:[^{{}}]*{{[^}}]*}}", css)


def _strip(path: Path) -> str:
    """Return a part without its banner, its addresses leading to the package's own files."""
    css = re.sub(r"/\*!.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    css = re.sub(r"@charset [^;]*;", "", css)
    css = re.sub(r"/\*# sourceMappingURL.*?\*/", "", css)

    def lead(found: re.Match[str]) -> str:
        target = (path.parent / found[1]).resolve().relative_to(_DIST.resolve())
        return f"url(../dsfr/dist/{target})"

    return _URL.sub(lead, css).strip()


if __name__ == "__main__":
    FEUILLE.write_text(write_css(), encoding="utf-8")
