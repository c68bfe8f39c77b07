"""Every request is answered as in production, before and after the page too."""

import pytest

from tests.harness.role import install_application_role


@pytest.fixture(autouse=True)
def _role(monkeypatch: pytest.MonkeyPatch) -> None:
    install_application_role(monkeypatch)
