"""The lines of a long list are those that their template writes, one by one."""

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from seuil.web.lignes import write_lignes

TEMPLATES = Path(__file__).parents[2] / "seuil" / "web" / "templates"
TACHE = {
    "libelle": "Dater le diagnostic", "url": "/dossiers/33-2026-000001/", "menage": "O’NEIL <Zoé>",
    "commune": "Bègles & Talence", "avant": SafeString("<time>mardi</time>"), "qui": "100 % Ada",
    "pourquoi": "%s %(x)s", "ecran": "/x/?a=1&b=2", "bouton": "Dater", "numero": "", "preuve": "",
    "proposee": False,
}  # fmt: skip


def test_filling_a_line_equals_rendering_its_template() -> None:
    lignes = [
        TACHE,
        TACHE | {"url": "", "numero": "33-2026-000001", "preuve": "Le courrier", "qui": ""},
        TACHE | {"proposee": True, "menage": "<script>"},
    ]

    written = write_lignes("a_faire/_tache.html", lignes)

    assert written == "".join(render_to_string("a_faire/_tache.html", x) for x in lignes)
    assert "<script>" not in written


def test_what_all_lines_share_is_escaped_too() -> None:
    written = write_lignes("a_faire/_tache.html", [{}], **TACHE)

    assert written == render_to_string("a_faire/_tache.html", TACHE)


def find_faults(text: str) -> list[str]:
    """Return what a line's template asks of its values besides being there."""
    return re.findall(r"\{\{[^}]*\|[^}]*\}\}|\{%\s*(?:for|with|url|if [^%]*[=<>|])[^%]*%\}", text)


LIGNES = sorted(
    {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r'\{% lignes "([^"]+)"', path.read_text(encoding="utf-8"))
    }
)


@pytest.mark.parametrize("name", LIGNES)
def test_a_line_shows_its_values_as_they_are(name: str) -> None:
    assert not find_faults((TEMPLATES / name).read_text(encoding="utf-8"))


def test_a_filter_in_a_line_is_seen() -> None:
    assert LIGNES
    assert find_faults("<td>{{ le|date_courte }}</td>")
    assert find_faults("{% if stade == 'cql' %}")
