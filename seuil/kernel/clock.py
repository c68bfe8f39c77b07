"""The only place that reads the clock; pages, API and jobs pass the day on as `on`."""

import os
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

# "Today" is the département's: overseas it is not that of Paris.
_ZONES = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "976": "Indian/Mayotte",
}


def today(departement: str = "") -> date:
    """Return the civil day in the département (Paris when unknown).

    SEUIL_TODAY fixes it, for the demonstration and for tests in the browser.
    """
    fixed = os.environ.get("SEUIL_TODAY")
    if fixed:
        return date.fromisoformat(fixed)
    return timezone.localdate(timezone=zone(departement))


def zone(departement: str = "") -> ZoneInfo:
    """Return the time zone of the département (Paris when unknown)."""
    return ZoneInfo(_ZONES.get(departement, "Europe/Paris"))


def now() -> datetime:
    """Return the instant, with its time zone."""
    return timezone.now()
