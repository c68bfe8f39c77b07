"""What the script adds to pages that work without it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.navigateur
_SCRIPT = Path(__file__).resolve().parents[2] / "seuil/web/static/seuil/seuil.js"
_PAGE = """
<main>
  <form method="post"><input name="note"><button name="b">Noter</button></form>
  <details><summary>Pourquoi cette date</summary><p>Parce que.</p></details>
  <details open><summary>Ouvert</summary><p>Déjà.</p></details>
</main>
"""


@pytest.fixture
def page(navigateur: Browser) -> Iterator[Page]:
    page = navigateur.new_page()
    page.set_content(_PAGE)
    # The answer never comes: what is counted is what the person sends.
    page.evaluate(
        "window.sent = 0; document.forms[0].addEventListener("
        "'submit', (event) => { event.preventDefault(); window.sent += 1; })"
    )
    page.add_script_tag(path=_SCRIPT)
    yield page
    page.close()


def test_a_second_tap_on_the_same_form_sends_nothing(page: Page) -> None:
    button = page.get_by_role("button", name="Noter")

    button.dblclick()
    assert page.evaluate("window.sent") == 1

    page.fill("[name=note]", "corrigé")
    button.click()
    assert page.evaluate("window.sent") == 2


def test_what_is_folded_is_unfolded_on_paper_only(page: Page) -> None:
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details[open]").count() == 2

    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 1
