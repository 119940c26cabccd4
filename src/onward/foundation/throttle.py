"""How often something may be tried, counted in PostgreSQL so that all processes share one count.

Call it before the action, outside its transaction: a refused attempt must stay counted.
"""

from __future__ import annotations

from onward.foundation.postgres import one_statement
from onward.foundation.postgres.door import as_owner
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


# Who is held is not counted: trying on does not make it longer.
_ATTEMPT = """
insert into throttle as kept (bucket, key, started, count, ends, held_until, let_in)
values (%(bucket)s, %(key)s, clock_timestamp(), 1, clock_timestamp() + make_interval(secs => %(memory)s), null, true)
on conflict (bucket, key) do update set
  let_in = kept.ends <= clock_timestamp() or coalesce(kept.held_until <= clock_timestamp(), true),
  count = case when kept.ends <= clock_timestamp() then 1
               when kept.held_until > clock_timestamp() then kept.count else kept.count + 1 end,
  ends = case when kept.ends > clock_timestamp() and kept.held_until > clock_timestamp() then kept.ends
              else excluded.ends end,
  held_until = case
    when kept.ends <= clock_timestamp() then null
    when kept.held_until > clock_timestamp() then kept.held_until
    when kept.count + 1 >= %(free)s then clock_timestamp()
      + make_interval(secs => least(%(most)s, %(first)s * power(2, least(kept.count + 1 - %(free)s, 20))))
    end
returning let_in, ceil(extract(epoch from held_until - clock_timestamp()))::int as seconds
"""
_MEMORY = 24 * 3600


def attempt(bucket: str, key: str, *, free: int, first: int, most: int) -> int:
    """Count an attempt; 0 when it may be made, else the seconds until the next may be.

    The first `free` in a row may be made at once; after them each waits twice as long as the one before, from `first`
    to `most` seconds. A day of quiet, or `forget`, starts afresh.
    """
    given = {"bucket": bucket, "key": digest(key), "memory": _MEMORY, "free": free, "first": first, "most": most}
    with as_owner():
        (row,) = one_statement(_ATTEMPT, given)
    return 0 if row["let_in"] else max(1, int(row["seconds"] or 1))


def allow(bucket: str, key: str, limit: int, per_seconds: int) -> bool:
    """Count one attempt of `key` in `bucket`; whether it is within `limit` in the running window.

    Keys are stored as digests: they may be mail or network addresses.
    """
    # Counting is a write, which the customers' door may not do; what is counted is nobody's data.
    with as_owner():
        rows = one_statement(_COUNT, {"bucket": bucket, "key": digest(key), "seconds": per_seconds})
    return int(rows[0]["count"]) <= limit


def forget(bucket: str, key: str) -> None:
    """Start `key` afresh, after it has proven itself."""
    with as_owner():
        one_statement("delete from throttle where bucket = %s and key = %s", (bucket, digest(key)))


def sweep() -> bool:
    """Drop windows that have ended; for a loop. Always False: once a run is enough."""
    one_statement("delete from throttle where ends < clock_timestamp()")
    return False
