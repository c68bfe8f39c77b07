"""Sessions kept under the digest of their key: who reads the table opens none of them."""

import hashlib
from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends import db

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
        running = self.model.objects.filter(expire_date__gt=clock.now())
        found = running.filter(session_key=_digest(key)).first() if key else None
        if found is None:
            # As Django does: a key that opens nothing is forgotten.
            self._session_key = None
        return found

    def exists(self, session_key: str) -> bool:
        return super().exists(_digest(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        instance = super().create_model_instance(data)
        instance.session_key = _digest(instance.session_key)
        # It opens nothing any more (web/session.py): it tells whose form came too late.
        instance.expire_date += _RESTE
        return instance

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key is not None:
            super().delete(_digest(key))
