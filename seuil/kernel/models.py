"""The base of every table of the domain."""

from typing import Any
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


@models.CharField.register_lookup
@models.UUIDField.register_lookup
class Parmi(models.Lookup):
    """`id__parmi=ids`: one of a list, sent as one value where `__in` writes one for each."""

    lookup_name = "parmi"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """Return the comparison that PostgreSQL also makes of `__in`."""
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} = ANY(%s)", [*params, list(self.rhs)]


class Record(models.Model):
    """A row of the domain: an opaque identifier and the instant the machine wrote it.

    `created_at` is set by the database so that bulk writing cannot forget it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    created_at = models.DateTimeField("enregistré à", db_default=Now(), editable=False)

    class Meta:
        abstract = True
