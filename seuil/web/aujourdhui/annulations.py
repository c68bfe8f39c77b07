"""What was just done from the list, batch by batch, for the time in which it may be undone."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest

from seuil.kernel import clock
from seuil.kernel.models import new_id

# How long what was just done may be undone.
ANNULABLE = timedelta(minutes=10)
_KEPT = "aujourdhui_annulations"


def keep_annulation(
    request: HttpRequest, *, genre: str, ids: list[str], dit: str, **more: list[str]
) -> None:
    """Remember a batch, the last one to be offered; sent twice, it is the same one."""
    kept = list_annulations(request)
    same = [k for k in kept if k["genre"] == genre and set(k["ids"]) == set(ids)]
    new = {
        "lot": str(new_id()), "genre": genre, "ids": ids, "dit": dit,
        "at": clock.now().isoformat(), **more,
    }  # fmt: skip
    request.session[_KEPT] = [k for k in kept if k not in same] + (same or [new])


def list_annulations(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the batches that may still be undone, the last one last."""
    since = clock.now() - ANNULABLE
    kept = request.session.get(_KEPT, [])
    return [k for k in kept if datetime.fromisoformat(k["at"]) >= since]


def take_annulation(request: HttpRequest, lot: str) -> dict[str, Any] | None:
    """Return a batch and forget it: it is undone once; none when it may not be any more."""
    kept = list_annulations(request)
    found = next((k for k in kept if k["lot"] == lot), None)
    request.session[_KEPT] = [k for k in kept if k is not found]
    return found
