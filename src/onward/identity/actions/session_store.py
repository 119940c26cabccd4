"""Where Django keeps sessions: our own table, so that they can be listed, ended, and are known by a digest only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, transaction

from onward.foundation.clock import now
from onward.foundation.secrets import digest, token
from onward.identity.decisions import staff_session_is_open
from onward.identity.models import Session

_COPIED = ("device", "address", "by")


class SessionStore(SessionBase):
    """A session by its key. `opened` is the row as it was read, or None for one that is not stored yet."""

    opened: Session | None = None

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing once it was idle or alive for too long."""
        row = Session.objects.filter(digest=digest(self.session_key)).first() if self.session_key else None
        if row is None or not is_open(row):
            self._session_key = None
            return {}
        self.opened = row
        return self.decode(row.data)

    def exists(self, session_key: str) -> bool:
        """Whether there is a session of this key."""
        return Session.objects.filter(digest=digest(session_key)).exists()

    def create(self) -> None:
        """A fresh key of 256 bits, stored at once."""
        self._session_key = token(256)
        self.save(must_create=True)
        self.modified = True

    def save(self, must_create: bool = False) -> None:
        """Store what the session holds; one that was ended meanwhile stays ended."""
        if self.session_key is None:
            return self.create()
        held = self._get_session(no_load=must_create)  # type: ignore[attr-defined]
        user = held.get(SESSION_KEY)
        values: dict[str, Any] = {
            "data": self.encode(held),
            "user_id": UUID(str(user)) if user else None,
            **{name: str(held.get(name, ""))[: 60 if name == "address" else 200] for name in _COPIED},
        }
        key = digest(self.session_key)
        if not must_create:
            if not Session.objects.filter(digest=key).update(**values):
                raise UpdateError
            return None
        at = now()
        try:
            with transaction.atomic():
                self.opened = Session.objects.create(digest=key, created_at=at, seen_at=at, **values)
        except IntegrityError:
            raise CreateError from None
        return None

    def delete(self, session_key: str | None = None) -> None:
        """End the session."""
        key = session_key or self.session_key
        if key:
            Session.objects.filter(digest=digest(key)).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Drop what is not open any more."""
        sweep()


def is_open(row: Session) -> bool:
    """Whether a session still signs in, by the limits of this installation."""
    return staff_session_is_open(
        has_user=row.user_id is not None,
        created_at=row.created_at,
        seen_at=row.seen_at,
        idle=timedelta(seconds=settings.SESSION_IDLE),
        life=timedelta(seconds=settings.SESSION_COOKIE_AGE),
        now=now(),
    )


def sweep() -> bool:
    """Drop sessions that are over; for a loop. Always False: once a run is enough."""
    at = now()
    Session.objects.filter(created_at__lt=at - timedelta(seconds=settings.SESSION_COOKIE_AGE)).delete()
    Session.objects.filter(seen_at__lt=at - timedelta(seconds=settings.SESSION_IDLE)).delete()
    Session.objects.filter(user=None, created_at__lt=at - timedelta(hours=1)).delete()
    return False
