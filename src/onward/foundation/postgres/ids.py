"""Primary keys, made in Python so that rows can be written in one pipeline (and PostgreSQL 15 has no uuidv7())."""

from __future__ import annotations

import secrets
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last = 0


def new_id() -> UUID:
    """A UUID version 7 (RFC 9562): 60 bits of microseconds, growing within a process, and 62 random bits."""
    global _last
    with _lock:
        # 48 bits of milliseconds and 12 bits of a 4096th of one: two in the same slot get neighbours.
        stamp = time.time_ns() * 4096 // 1_000_000
        _last = stamp = max(stamp, _last + 1)
    value = (stamp >> 12) << 80 | 7 << 76 | (stamp & 0xFFF) << 64 | 2 << 62 | secrets.randbits(62)
    return UUID(int=value)
