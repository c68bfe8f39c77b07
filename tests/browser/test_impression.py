"""What a printer receives: sheets that are compact, named, numbered, and say nothing too much."""

import io
from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

pytestmark = pytest.mark.navigateur
Chez = Callable[..., Page]


def print_page(page: Page, address: str) -> tuple[list[str], str]:
    """Return the text of each A4 sheet that the page prints, and the title of the document."""
    page.goto(address)
    content = page.pdf(format="A4", prefer_css_page_size=True, print_background=False)
    sheets = PdfReader(io.BytesIO(content))
    title = (sheets.metadata.title if sheets.metadata else None) or page.title()
    return [sheet.extract_text() for sheet in sheets.pages], title


def find_dossier(page: Page) -> str:
    """Return the address of a dossier."""
    page.goto("/dossiers/")
    return page.locator("tbody a").first.get_attribute("href") or ""


def assert_numbered(sheets: list[str], what: str) -> None:
    """Fail unless each sheet says what it shows, where it comes from and which page it is."""
    for number, text in enumerate(sheets, start=1):
        assert f"page {number} sur {len(sheets)}" in text
        assert what in text, text
        assert "127.0.0.1" in text
        assert "imprimé le " in text


def test_a_list_of_fifty_takes_a_few_sheets_and_stays_a_table(chez: Chez) -> None:
    sheets, _ = print_page(chez("Secrétariat de la CCAPEX"), "/dossiers/")

    assert len(sheets) <= 4
    assert_numbered(sheets, "Seuil")
    # Each sheet repeats the headings of the columns.
    assert all("Audience" in text for text in sheets if "33-20" in text)


def test_the_matrix_prints_as_tables_and_no_heading_ends_a_sheet(chez: Chez) -> None:
    sheets, _ = print_page(chez("Secrétariat de la CCAPEX"), "/acces/matrice/")

    assert len(sheets) <= 13
    assert_numbered(sheets, "Seuil")
    caption = "Dossiers et données ouverts à ce profil"
    assert not [text for text in sheets if text.rstrip().endswith(caption)]


def test_a_dossier_is_named_by_its_number_on_each_sheet_and_in_the_title(chez: Chez) -> None:
    page = chez("Secrétariat de la CCAPEX")
    address = find_dossier(page)
    numero = address.strip("/").rpartition("/")[2]
    page.goto(address)
    nom = page.locator("h1").inner_text()

    sheets, title = print_page(page, address)

    assert_numbered(sheets, f"Dossier {numero}")
    assert numero in title
    assert nom.split()[0] not in title


def test_what_is_printed_for_the_household_does_not_name_the_agent(chez: Chez) -> None:
    page = chez("Secrétariat de la CCAPEX")
    address = find_dossier(page)
    agent = page.locator(".seuil-agent").inner_text().strip()

    sheets, _ = print_page(page, f"{address}consultations/")

    assert agent
    assert agent not in " ".join(" ".join(sheets).split())
