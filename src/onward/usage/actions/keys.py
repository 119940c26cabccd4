"""Which source a write key opens. Kept for two seconds a process: a revoked key is refused that much later."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from uuid import UUID

from onward.foundation.secrets import digest
from onward.usage.actions.pool import borrowed

SECONDS = 2.0
MOST = 4096


@dataclass(frozen=True, slots=True)
class Opened:
    """The source that a key opens."""

    source_id: UUID
    name: str
    server: bool


_seen: dict[str, tuple[float, Opened | None]] = {}
_lock = threading.Lock()

_FIND = """
select s.id, s.name, s.kind = 'server' from usage_writekey k join usage_source s on s.id = k.source_id
where k.digest = %s and (k.ends_at is null or k.ends_at > now())
"""


def opened_by(write_key: str) -> Opened | None:
    """The source, or None for a key that is unknown, ended or revoked. Raises Overloaded."""
    hashed = digest(write_key)
    held = _seen.get(hashed)
    if held is not None and held[0] > time.monotonic():
        return held[1]
    with borrowed() as connection:
        row = connection.execute(_FIND, [hashed]).fetchone()
    found = Opened(*row) if row else None
    with _lock:
        if len(_seen) >= MOST:
            _seen.clear()
        _seen[hashed] = (time.monotonic() + SECONDS, found)
    return found


def forget() -> None:
    """Look every key up anew (keys of this process changed)."""
    with _lock:
        _seen.clear()
