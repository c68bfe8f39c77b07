"""What `make bench` serves: the product, and a page that shows nothing."""

import sys
from types import ModuleType

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import include, path

from bench import VIDE
from config.asgi import application
from seuil.web.access import requires
from seuil.web.journal import saw


@requires("a_faire.lire")
def vide(request: HttpRequest) -> HttpResponse:
    """Answer after all that every page goes through: session, context, journal."""
    saw(cible=("page", "vide"))
    return HttpResponse("vide")


_urls = ModuleType("bench.urls")
_urls.urlpatterns = [  # type: ignore[attr-defined]
    path(VIDE[1:], vide, name="mesure_vide"),
    path("", include(settings.ROOT_URLCONF)),
]
sys.modules[_urls.__name__] = _urls
settings.ROOT_URLCONF = _urls.__name__

__all__ = ["application"]
