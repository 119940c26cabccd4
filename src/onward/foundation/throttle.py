"""How often something may be tried, counted in PostgreSQL so that all processes share one count.

Call it before the action, outside its transaction: a refused attempt must stay counted.
"""

from __future__ import annotations

from onward.foundation.postgres import one_statement
from onward.foundation.secrets import digest

# Windows are fixed, not sliding: at worst twice the limit passes around an edge, and one row a key is enough.
_COUNT = """
insert into throttle as kept (bucket, key, started, count, ends)
values (%(bucket)s, %(key)s, clock_timestamp(), 1, clock_timestamp() + make_interval(secs => %(seconds)s))
on conflict (bucket, key) do update set
  started = case when kept.ends <= clock_timestamp() then excluded.started else kept.started end,
  ends = case when kept.ends <= clock_timestamp() then excluded.ends else kept.ends end,
  count = case when kept.ends <= clock_timestamp() then 1 else kept.count + 1 end
returning count
"""


def allow(bucket: str, key: str, limit: int, per_seconds: int) -> bool:
    """Count one attempt of `key` in `bucket`; whether it is within `limit` in the running window.

    Keys are stored as digests: they may be mail or network addresses.
    """
    rows = one_statement(_COUNT, {"bucket": bucket, "key": digest(key), "seconds": per_seconds})
    return int(rows[0]["count"]) <= limit


def forget(bucket: str, key: str) -> None:
    """Start `key` afresh, after it has proven itself."""
    one_statement("delete from throttle where bucket = %s and key = %s", (bucket, digest(key)))


def sweep() -> bool:
    """Drop windows that have ended; for a loop. Always False: once a run is enough."""
    one_statement("delete from throttle where ends < clock_timestamp()")
    return False
