"""Every template is used, compiles, and points to pages that exist."""

import re
from pathlib import Path

import pytest
from django.template import TemplateSyntaxError, engines
from django.template.loader import get_template
from django.urls import URLPattern, get_resolver

from tests.architecture.sources import ROOT, SEUIL, TEMPLATES, python_files
from tests.architecture.test_routes import walk

NAMES = sorted(str(p.relative_to(TEMPLATES)) for p in TEMPLATES.rglob("*") if p.is_file())
every_template = pytest.mark.parametrize("name", NAMES)
_AUTREMENT = re.compile(r"\|time\b|\|date:[\"'](?!Y-m-d[\"'])[^\"']*[\"']")
QUOTED = re.compile(r"""["']([\w./-]+\.(?:html|txt))["']""")
_FORMULAIRE = re.compile(r"(<form\b[^>]*method=[\"']post[^>]*>)(.*?)</form>", re.DOTALL)
_SAISIE = re.compile(r"{%\s*champ\b|<textarea|<select|<input(?![^>]*type=[\"']hidden)")
# Shown by Django itself when a request is wrong.
BY_DJANGO = {"403_csrf.html", "400.html"}


def named_templates() -> set[str]:
    """Return every template that a view names, or that a template includes or extends."""
    texts = [p.read_text(encoding="utf-8") for p in python_files(under=SEUIL / "web")]
    texts += [p.read_text(encoding="utf-8") for p in TEMPLATES.rglob("*") if p.is_file()]
    texts.append((ROOT / "config" / "urls.py").read_text(encoding="utf-8"))
    return {name for text in texts for name in QUOTED.findall(text)} | BY_DJANGO


def why_bad_source(source: str, routes: set[str]) -> list[str]:
    reasons = [f"interdit : {m}" for m in re.findall(r"\|\s*safe\b|autoescape\s+off", source)]
    reasons += [
        f"page inconnue : {name}"
        for name in re.findall(r"{%\s*url\s+[\"']([^\"']+)[\"']", source)
        if name not in routes
    ]
    reasons += [f"attribut interdit : {m}" for m in re.findall(r"\s(on[a-z]+|style)=[\"']", source)]
    # Hours and days are written by our filters, one way everywhere.
    reasons += [f"heure ou jour écrit à part : {m}" for m in _AUTREMENT.findall(source)]
    reasons += ["hx-on interdit"] if re.search(r"\shx-on", source) else []
    if re.search(r"<form[^>]*method=[\"']post", source, re.IGNORECASE) and "csrf" not in source:
        reasons.append("formulaire POST sans csrf_token")
    return reasons


def list_rendus_au_suivant(source: str) -> list[str]:
    """Return the forms of which the browser gives what was typed to whoever comes back to them.

    Another account may do it in the same window.
    """
    return [
        head
        for head, body in _FORMULAIRE.findall(source)
        if _SAISIE.search(body) and 'autocomplete="off"' not in head
    ]


def route_names() -> set[str]:
    return {p.name for _, p in walk(get_resolver().url_patterns) if isinstance(p, URLPattern)}


def test_there_are_templates_to_look_at() -> None:
    assert len(NAMES) > 10


@every_template
def test_every_template_is_used(name: str) -> None:
    assert name in named_templates()


@every_template
def test_every_template_compiles(name: str) -> None:
    assert get_template(name)


@every_template
def test_every_template_keeps_the_rules_of_the_house(name: str) -> None:
    source = (TEMPLATES / name).read_text(encoding="utf-8")

    assert why_bad_source(source, route_names()) == []


def test_no_browser_gives_what_was_typed_to_the_next_account() -> None:
    # Passwords and addresses of the sign-in say themselves what the browser may fill.
    typed = [n for n in NAMES if not n.startswith("connexion/")]
    sources = {n: (TEMPLATES / n).read_text(encoding="utf-8") for n in typed}

    assert {n: found for n, s in sources.items() if (found := list_rendus_au_suivant(s))} == {}


@pytest.mark.parametrize("name", sorted(n for n in named_templates() if "/" in n))
def test_every_template_that_is_named_exists(name: str) -> None:
    assert (TEMPLATES / name).exists()


def fragment_views() -> dict[str, Path]:
    """Return the routes whose view asks whether htmx calls, or renders a `_partial.html`."""
    found = {}
    for _, pattern in walk(get_resolver().url_patterns):
        view = pattern.callback
        while hasattr(view, "__wrapped__"):
            view = view.__wrapped__
        code = view.__code__
        partial = any(isinstance(c, str) and re.search(r"/_\w+\.html$", c) for c in code.co_consts)
        if "htmx" in code.co_names or partial:
            found[str(pattern.name)] = Path(code.co_filename)
    return found


def test_every_fragment_is_compared_with_a_reload() -> None:
    tests = "".join(
        text
        for p in (ROOT / "tests").rglob("test_*.py")
        if "assert_fragment_equals_reload(" in (text := p.read_text(encoding="utf-8"))
        and p.parent.name != "architecture"
    )
    untested = [name for name in fragment_views() if f'"{name}"' not in tests]

    assert untested == []


def test_faults_of_a_template_are_seen() -> None:
    source = (
        "{{ x|safe }}{% url 'perdue' %}<p onclick='x'></p><p style=\"x\"></p><form method='post'>"
        '{{ x|date:"d/m/Y à H:i" }}{{ x|date:"Y-m-d" }}'
    )

    assert why_bad_source(source, {"dossier"}) == [
        "interdit : |safe",
        "page inconnue : perdue",
        "attribut interdit : onclick",
        "attribut interdit : style",
        'heure ou jour écrit à part : |date:"d/m/Y à H:i"',
        "formulaire POST sans csrf_token",
    ]
    planted = '<form method="post">{% champ form.note %}</form>'
    assert list_rendus_au_suivant(planted) == ['<form method="post">']
    assert list_rendus_au_suivant(planted.replace("{% champ form.note %}", "<button>")) == []
    assert "absente.html" not in named_templates() - {"absente.html"}
    with pytest.raises(TemplateSyntaxError):
        engines["django"].from_string("{% inconnu %}")
