"""T30, by a browser: no page breaks the content policy, none calls another host."""

import pytest

from tests.factories.base import make_dossier

pytestmark = pytest.mark.navigateur


def test_a_walk_of_the_site_breaks_no_policy_and_calls_no_other_host(
    secretaire: object, page_de: object
) -> None:
    """Follow the links of each page once: the harness fails on any violation it hears of."""
    make_dossier()
    page = page_de(secretaire)
    page.add_init_script(
        "addEventListener('securitypolicyviolation',"
        " e => console.error('CSP ' + e.violatedDirective + ' ' + e.blockedURI))"
    )
    page.goto("/")
    todo, done = [page.url], set()
    while todo and len(done) < 25:
        address = todo.pop(0)
        path = address.split("#")[0].split("?")[0]
        if path in done or path.endswith((".xlsx", ".yaml", ".txt", "/export/", "/deconnexion/")):
            continue
        done.add(path)
        answer = page.goto(address)
        assert answer is None or answer.status < 500, address
        links = page.eval_on_selector_all("a[href^='/']", "l => l.map(a => a.href)")
        todo += [link for link in links if "/static/" not in link and "/documents/" not in link]
    assert len(done) >= 10
