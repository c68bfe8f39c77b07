"""Say whether the database, the tasks, the seal, the mails and the disk are well.

Public and without any data of anybody: ages in seconds, and places on the disk in percent.
"""

import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.database import DATA_DIR
from seuil.audit.queries import get_retard_sceau
from seuil.connexions.queries import get_retard_courriel
from seuil.connexions.rules import RETARD_COURRIEL
from seuil.kernel import clock
from seuil.web.access import public

# The worker says every ten seconds that it lives; the journal is sealed every minute, later while
# the night's recomputation occupies the worker.
_SILENCE = 60
_RETARD = 30 * 60
# Below one of the two, a deposit or a night may fail.
_LIBRE_PART = 2
_LIBRE_OCTETS = 300 * 1024 * 1024
# Asked again and again, by anyone: the database answers once in this time.
_GARDE_SECONDES = 5.0

_garde: dict[str, Any] = {"at": -_GARDE_SECONDES, "etat": {}}
_verrou = threading.Lock()


@public
@never_cache
@transaction.non_atomic_requests
@require_safe
def sante(_request: HttpRequest) -> JsonResponse:
    """Answer 200 when everything is well, 503 otherwise, and what is not."""
    etat = _read_etat()
    bon = all(point["bon"] for point in etat.values())
    status = HTTPStatus.OK if bon else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse({"bon": bon, **etat}, status=status)


def _read_etat() -> dict[str, dict[str, Any]]:
    with _verrou:
        if time.monotonic() - _garde["at"] >= _GARDE_SECONDES:
            _garde["etat"], _garde["at"] = _ask(), time.monotonic()
        found: dict[str, dict[str, Any]] = _garde["etat"]
        return found


def _ask() -> dict[str, dict[str, Any]]:
    etat: dict[str, dict[str, Any]] = {"base": {"bon": True}}
    for nom, ask in (("taches", _ask_taches), ("sceau", _ask_sceau), ("courriels", _ask_courriels)):
        try:
            etat[nom] = _ask_database(ask)
        except DatabaseError:
            etat["base"] = {"bon": False}
            etat[nom] = {"bon": False, "secondes": None}
            connection.close()
    return etat | {"disque": _ask_disque()}


def _ask_database(ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Ask the database, not for long: what watches must not wait with the rest."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '3s'")
        return ask()


def _ask_taches() -> dict[str, Any]:
    """Return for how long the worker has said nothing."""
    with connection.cursor() as cursor:
        # By the clock of the database, which wrote it.
        cursor.execute(
            "SELECT extract(epoch FROM clock_timestamp() - max(last_heartbeat))"
            " FROM procrastinate_workers"
        )
        silence = cursor.fetchone()[0]
    if silence is None:
        return {"bon": False, "secondes": None}
    return {"bon": silence <= _SILENCE, "secondes": round(silence)}


def _ask_sceau() -> dict[str, Any]:
    """Return for how long the oldest line of the journal has waited for its seal."""
    retard = get_retard_sceau()
    return {"bon": retard <= _RETARD, "secondes": round(retard)}


def _ask_courriels() -> dict[str, Any]:
    """Return for how long the oldest mail has waited to leave."""
    retard = get_retard_courriel(at=clock.now())
    return {"bon": retard <= RETARD_COURRIEL.total_seconds(), "secondes": round(retard)}


def _ask_disque() -> dict[str, Any]:
    """Return how much of the fullest disk is free, of those on which something is written."""
    usages = []
    for place in (DATA_DIR, settings.SEUIL_DOCUMENTS, settings.SEUIL_ANCRES, tempfile.gettempdir()):
        try:
            usages.append(shutil.disk_usage(place))
        except FileNotFoundError:
            continue  # made at the first deposit
    bon = all(u.free >= _LIBRE_OCTETS and u.free * 100 >= u.total * _LIBRE_PART for u in usages)
    return {"bon": bon, "libre_pour_cent": min(u.free * 100 // u.total for u in usages)}
