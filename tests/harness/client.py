"""A test client that checks every answer and runs what waits for the commit."""

from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client, TestCase

from tests.harness.html import Element, parse_html, why_bad_page


class StrictClient(Client):
    """Django's client; every HTML answer is held to the rules of the house."""

    def request(self, **request: Any) -> Any:
        if connection.in_atomic_block:
            # The test's transaction never commits: run what the real one would run.
            with TestCase.captureOnCommitCallbacks(execute=True):
                response = super().request(**request)
        else:
            response = super().request(**request)
        check_answer(response)
        return response


def check_answer(response: HttpResponse) -> None:
    """Fail when an HTML answer holds what the house forbids."""
    if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
        return
    reasons = why_bad_page(response.content.decode())
    assert not reasons, "page refusée : " + " ; ".join(reasons)


def read(response: HttpResponse) -> Element:
    """Return the tree of an HTML answer."""
    return parse_html(response.content.decode())
