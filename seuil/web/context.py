"""What every page knows of the site."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:  # noqa: ARG001 - Django's signature
    """Return the brand and the demonstration switch."""
    return {"state_brand": settings.SEUIL_STATE_BRAND, "demo": settings.SEUIL_DEMO}
