"""Write the pages of the documentation that come from the code.

docs/donnees-personnelles.md and docs/aipd.md, from the matrix of accesses, the privacy class of
each field and the rules of retention. Run by `make docs`; a test refuses a page that no longer says
what the code says.
"""

import os
from pathlib import Path

import django

PAGE = Path(__file__).parent / "donnees-personnelles.md"
AIPD = Path(__file__).parent / "aipd.md"


def render_page() -> str:
    """Return the page on personal data."""
    from seuil.conservation.queries.registre import get_registre
    from seuil.web.donnees.markdown import render_donnees

    return render_donnees(get_registre())


def render_aipd() -> str:
    """Return the skeleton of the impact analysis."""
    from seuil.conservation.queries.registre import get_registre
    from seuil.web.donnees import markdown

    return markdown.render_aipd(get_registre())


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    for path, text in ((PAGE, render_page()), (AIPD, render_aipd())):
        path.write_text(text, encoding="utf-8")
        print(f"écrit : {path.relative_to(Path.cwd())}")
