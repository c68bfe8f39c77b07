"""Sessions kept under the digest of their key: who reads the table opens none of them.

The application has no right on that table: it asks functions, which answer for one key
(protection/comptes.sql).
"""

import hashlib
from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import CreateError, UpdateError
from django.db import IntegrityError, connection, transaction

from seuil.kernel import clock

# How long a session that is over is still known.
_RESTE = timedelta(hours=16)


def _digest(key: str) -> str:
    # The key is thirty-two random characters: no salt, nobody tries them one by one.
    return hashlib.sha256(key.encode()).hexdigest()[:40]


class SessionStore(db.SessionStore):
    """Django's own, whose table holds no key: only what the browser sends opens a session.

    What a session holds is signed with its key: a row copied under another key opens nothing.
    """

    @property
    def key_salt(self) -> str:
        return f"seuil.sessions.{_digest(self.session_key or '')}"

    def _get_session_from_db(self) -> Any:
        key = self.session_key
        found = None
        if key:
            asked = "SELECT * FROM droits.session(%s) WHERE expire_date > %s"
            found = next(iter(self.model.objects.raw(asked, [_digest(key), clock.now()])), None)
        if found is None:
            # As Django does: a key that opens nothing is forgotten.
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        return bool(_ask("SELECT 1 FROM droits.session(%s)", _digest(session_key)))

    def save(self, must_create: bool = False) -> None:  # noqa: FBT001, FBT002 - Django's signature
        if self.session_key is None:
            self.create()
            return
        # What is held, loaded if it never was.
        held = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        kept = self.create_model_instance(held)
        asked = "SELECT droits.garder_session(%s, %s, %s, %s)"
        row = (kept.session_key, kept.session_data, kept.expire_date, must_create)
        try:
            with transaction.atomic():
                ((done,),) = _ask(asked, *row)
        except IntegrityError:
            raise CreateError from None
        if not done:
            raise UpdateError

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        instance = super().create_model_instance(data)
        instance.session_key = _digest(instance.session_key)
        # It opens nothing any more (web/session.py): it tells whose form came too late.
        instance.expire_date += _RESTE
        return instance

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            _ask("SELECT droits.oter_session(%s)", _digest(key))

    @classmethod
    def clear_expired(cls) -> None:
        _ask("SELECT droits.oter_sessions_finies()")


def _ask(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
