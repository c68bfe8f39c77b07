"""Which static files are gathered: those the pages ask for, out of the thousands of the DSFR."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django_htmx
import dsfr
from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage, Storage

from seuil.web.guide.pages import IMAGES
from seuil.web.statiques.dsfr import FEUILLE, list_referenced

_NOTRES = FEUILLE.parent.parent
_HTMX = "django_htmx/htmx-2.min.js"


class UtilesFinder(BaseFinder):
    """Ours, htmx, what our style sheet takes from the DSFR, the pictures of the guide."""

    def __init__(self, *_: Any, **__: Any) -> None:
        self.notres = FileSystemStorage(_NOTRES)
        self.htmx = FileSystemStorage(_find(django_htmx))
        self.dsfr = FileSystemStorage(_find(dsfr))
        self.guide = FileSystemStorage(Path(settings.PROJECT_ROOT) / "docs" / "guide" / "images")
        # Under which name collectstatic gathers them.
        self.guide.prefix = IMAGES  # type: ignore[attr-defined]

    def check(self, **_: Any) -> list[Any]:
        """Nothing to configure."""
        return []

    def list(self, ignore_patterns: Any) -> Iterator[tuple[str, Storage]]:  # noqa: ARG002 - Django's
        """Yield what is gathered: path and storage."""
        for path in sorted(_NOTRES.rglob("*.*")):
            yield str(path.relative_to(_NOTRES)), self.notres
        yield _HTMX, self.htmx
        for name in sorted(list_referenced(FEUILLE.read_text(encoding="utf-8"))):
            yield name, self.dsfr
        for path in sorted(Path(self.guide.location).glob("*.png")):
            yield path.name, self.guide

    def find(self, path: str, find_all: bool = False, **_: Any) -> Any:  # noqa: FBT001, FBT002 - Django's
        """Return where a file lies; used while developing and by the tests."""
        for prefix, storage in (
            ("", self.notres), ("", self.htmx), ("", self.dsfr), (f"{IMAGES}/", self.guide),
        ):  # fmt: skip
            name = path.removeprefix(prefix)
            if path.startswith(prefix) and storage.exists(name):
                return [storage.path(name)] if find_all else storage.path(name)
        return [] if find_all else None


def _find(package: Any) -> Path:
    return Path(package.__file__).parent / "static"
