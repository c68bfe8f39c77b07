"""The lines of a long list are those that their template writes, one by one."""

import re
from pathlib import Path

import pytest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from seuil.web.lignes import write_lignes

TEMPLATES = Path(__file__).parents[2] / "seuil" / "web" / "templates"
DOSSIER = {
    "url": "/dossiers/33-2026-000001/?a=1&b=2", "numero": "33-2026-000001",
    "nom": "O’NEIL <Zoé>", "commune": "Bègles & Talence", "stade": "%s %(x)s",
    "stade_le": SafeString("<time>mardi</time>"), "audience": "100 % Ada", "echeance": "—",
    "reste": "", "dette": "12,00 €", "suivi": "Non renseigné",
}  # fmt: skip


def test_filling_a_line_equals_rendering_its_template() -> None:
    lignes = [
        DOSSIER,
        DOSSIER | {"url": "", "reste": "(demain)", "dette": ""},
        DOSSIER | {"nom": "<script>"},
    ]

    written = write_lignes("dossiers/_ligne.html", lignes)

    assert written == "".join(render_to_string("dossiers/_ligne.html", x) for x in lignes)
    assert "<script>" not in written


def test_what_all_lines_share_is_escaped_too() -> None:
    written = write_lignes("dossiers/_ligne.html", [{}], **DOSSIER)

    assert written == render_to_string("dossiers/_ligne.html", DOSSIER)


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
