"""Where a command works: the instance, its database, its documents; said before it does."""

import os
from pathlib import Path

from config.database import is_outside

_EMBARQUEE = "la base embarquée"


def write_lieu() -> str:
    """Return one line: a command that lost its environment is seen before it is believed."""
    from django.conf import settings

    from seuil.kernel.accord import write_pluriel

    place = settings.DATABASES["default"]
    if is_outside():
        server = place["HOST"] or "localhost"
        port = f", port {place['PORT']}" if place.get("PORT") else ""
        base = f"base « {place['NAME']} » de {server}{port}, compte « {place['USER']} »"
    else:
        base = _EMBARQUEE
    documents = settings.SEUIL_DOCUMENTS
    count = write_pluriel(count_files(documents), "document")
    return f"[{settings.ALLOWED_HOSTS[0]} : {base}, {count} sous {documents}]"


def count_files(folder: Path) -> int:
    """Return how many files a folder holds, at any depth."""
    return sum(len(files) for _, _, files in os.walk(folder))
