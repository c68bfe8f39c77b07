"""A fragment must show what a reload of the page would show."""

from typing import Any

from django.test import Client

from tests.harness.client import read
from tests.harness.html import select, select_all


def get_fragment(
    client: Client, fragment_url: str, *, data: dict[str, Any] | None = None, target: str = ""
) -> Any:
    """Ask for a fragment as htmx would: GET, or POST when `data` is given."""
    headers = {"HX-Request": "true"}
    if target:
        headers["HX-Target"] = target.removeprefix("#")
    if data is None:
        return client.get(fragment_url, headers=headers)
    return client.post(fragment_url, data, headers=headers)


def assert_fragment_equals_reload(
    client: Client,
    page_url: str,
    fragment_url: str,
    selector: str,
    *,
    data: dict[str, Any] | None = None,
) -> None:
    """Patch `selector` with the fragment, reload the page, and compare.

    `data` makes the fragment's request a POST. Elements swapped out of band are compared too.
    """
    response = get_fragment(client, fragment_url, data=data, target=selector)
    assert response.status_code == 200, f"{fragment_url} : {response.status_code}"
    fragment = read(response)
    assert not select_all(fragment, "html"), f"{fragment_url} rend une page, pas un fragment"
    page_response = client.get(page_url)
    assert page_response.status_code == 200, f"{page_url} : {page_response.status_code}"
    page = read(page_response)
    assert select_all(page, "html"), f"{page_url} ne rend pas une page entière"

    assert select(fragment, selector).normalised() == select(page, selector).normalised()
    for element in select_all(fragment, "[hx-swap-oob]"):
        reloaded = select(page, f"#{element.attrs['id']}")
        assert element.normalised() == reloaded.normalised()
