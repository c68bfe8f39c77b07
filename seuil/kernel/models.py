"""The base of every table of the domain."""

from uuid import UUID

from django.db import models
from django.db.models.functions import Now
from uuid_utils import uuid7 as uuid7_text
from uuid_utils.compat import uuid7


def new_id() -> UUID:
    """Return a time-ordered identifier (UUIDv7), safe to show in an address."""
    return uuid7()


def new_key() -> str:
    """Return a new identifier as text: for the rows written by the thousand, which nobody reads."""
    return str(uuid7_text())


class Record(models.Model):
    """A row of the domain: an opaque identifier and the instant the machine wrote it.

    `created_at` is set by the database so that bulk writing cannot forget it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField("enregistré à", db_default=Now(), editable=False)

    class Meta:
        abstract = True
