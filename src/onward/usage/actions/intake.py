"""Storing a delivery: one statement, one commit, then the answer.

All that this statement writes commutes (sums, least, greatest, first key wins), so the result does not depend on the
order in which deliveries come. Accounts are not written here; the deriver moves them.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import structlog
from django.db import connection as django_connection
from psycopg import errors
from psycopg.pq import TransactionStatus

from onward.usage.actions import rooms
from onward.usage.actions.pool import borrowed
from onward.usage.actions.waking import wake
from onward.usage.decisions.events import UNSTORABLE, Delivery, Refusal, Row, excerpt

log = structlog.get_logger()

SHOWN_REFUSALS = 20
SAMPLE_EVERY = 0.2
TRIES = 4
PEOPLE = frozenset({"identify", "group", "alias"})

# "distinct on": a messageId may come twice in one batch, and ON CONFLICT would refuse to see a row twice.
# Everything is written in the order of its key: two batches that meet cannot deadlock.
_STORE = """
with sent as materialized (
  select distinct on (k) * from jsonb_to_recordset(%(rows)s::jsonb)
    as x(i int, k uuid, d date, t text, w text, g text, n text, a timestamptz, l text, m text, p jsonb)
  order by k, i
), fresh_key as (
  insert into usage_key (day, key) select d, k from sent order by d, k on conflict do nothing returning day, key
), fresh as materialized (
  select sent.* from sent join fresh_key on fresh_key.key = sent.k and fresh_key.day = sent.d
), stored as (
  insert into usage_event
    (at, key, day, source_id, server, type, who, grp, name, link, message_id, received_at, props)
  select a, k, d, %(source)s, %(server)s, t, w, g, n, l, m, %(received_at)s, p from fresh
), counted as (
  insert into usage_daily as kept (who, grp, name, day, server, n, first_at, last_at)
  select w, g, n, (a at time zone 'UTC')::date, %(server)s, count(*), min(a), max(a)
  from fresh where n is not null group by 1, 2, 3, 4 order by 1, 2, 3, 4
  on conflict (who, grp, name, day, server) do update set n = kept.n + excluded.n,
    first_at = least(kept.first_at, excluded.first_at), last_at = greatest(kept.last_at, excluded.last_at)
{people}), result as (
  select (select count(*) from fresh) as stored,
    (select jsonb_object_agg('type:' || t, n) from (select t, count(*) as n from fresh group by t) by_type) as types
), marked as (
  insert into usage_dirty (source_id, received_at, touched, moved, counts, sample)
  select %(source)s, %(received_at)s,
    (select jsonb_build_array(array_agg(w), array_agg(g), array_agg(n)) from fresh
      where n is not null having count(*) > 0),
    {moved}, coalesce(types, '{{}}') || %(counts)s::jsonb
      || jsonb_build_object('stored', stored, 'duplicate', %(good)s - stored),
    {sample}
  from result
)
select stored from result
"""

_SAMPLE = """%(refused)s::jsonb || coalesce((select jsonb_agg(jsonb_build_object('o',
        case when fresh.k is null then 'duplicate' else 'stored' end, 't', s.t, 'n', coalesce(s.n, ''), 'w', s.w,
        'g', s.g, 'm', s.m, 'a', s.a, 'e', left(s.p::text, 300)))
      from (select * from sent order by i desc limit 5) s left join fresh using (k)), '[]')"""
_PEOPLE = """), edge as (
  select distinct on (who) who, person, a, k from (
    select 'a:' || l as who, w as person, a, k from fresh where t in ('identify', 'alias') and l <> ''
    union all select 'u:' || l, w, a, k from fresh where t = 'alias'
  ) named where who <> person and person like 'u:%%' order by who, a, k
), identified as (
  insert into usage_identity as kept (who, person, at, key) select who, person, a, k from edge order by who
  on conflict (who) do update set person = excluded.person, at = excluded.at, key = excluded.key
  where (excluded.at, excluded.key) < (kept.at, kept.key) returning who
), grouped as (
  insert into usage_membership as kept (who, grp, at, key)
  select distinct on (w) w, l, a, k from fresh where t = 'group' order by w, a desc, k desc
  on conflict (who) do update set grp = excluded.grp, at = excluded.at, key = excluded.key
  where (excluded.at, excluded.key) > (kept.at, kept.key) returning who
"""
_MOVED = "(select array_agg(who) from (select who from identified union select who from grouped) m)"


def _statement(*, with_people: bool, with_sample: bool) -> str:
    """The statement, without the parts that a delivery does not need: most are nothing but use."""
    return _STORE.format(
        people=_PEOPLE if with_people else "",
        moved=_MOVED if with_people else "null::text[]",
        sample=_SAMPLE if with_sample else "nullif(%(refused)s::jsonb, '[]')",
    )


STATEMENTS = {
    (people, sample): _statement(with_people=people, with_sample=sample)
    for people in (False, True)
    for sample in (False, True)
}

JUDGE = """
select array_agg(usage_is_storable(document) order by place)
from unnest(%s::text[]) with ordinality as t (document, place)
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many messages of a request came, were new, were known, were refused."""

    received: int
    stored: int
    duplicate: int
    refused: int


_encode = msgspec.json.Encoder().encode


def take(delivery: Delivery, *, source_id: UUID, server: bool, received_at: datetime) -> Outcome:
    """Store a delivery durably and ask for the deriver. Raises pool.Overloaded: then nothing is known to be stored,
    and the same delivery may be sent again."""
    with borrowed() as connection:
        outcome = store(connection, delivery, source_id=source_id, server=server, received_at=received_at)
    wake()
    return outcome


def take_within(delivery: Delivery, *, source_id: UUID, server: bool, received_at: datetime) -> Outcome:
    """As `take`, but in the caller's own transaction: it lasts if that does."""
    django_connection.ensure_connection()
    return store(django_connection.connection, delivery, source_id=source_id, server=server, received_at=received_at)


def make_room_for(since: datetime, until: datetime) -> None:
    """Make the partitions of a span of days ahead, so that a long transaction need not (others would wait for it)."""
    days = {since.date() + timedelta(days=number) for number in range((until - since).days + 2)}
    django_connection.ensure_connection()
    for parent in (rooms.KEY, rooms.EVENT):
        rooms.make_room(django_connection.connection, parent, days, until.date())


def store(
    connection: psycopg.Connection[Any], delivery: Delivery, *, source_id: UUID, server: bool, received_at: datetime
) -> Outcome:
    """Store on this connection (in autocommit, or inside the caller's transaction)."""
    try:
        stored = _with_room(connection, delivery, source_id, server, received_at)
    except (errors.DataError, errors.StatementTooComplex, errors.ProgramLimitExceeded):
        delivery = _without_unstorable(connection, delivery)
        stored = _with_room(connection, delivery, source_id, server, received_at)
    good, bad = len(delivery.rows), len(delivery.refused)
    return Outcome(good + bad, stored, good - stored, bad)


def _with_room(
    connection: psycopg.Connection[Any], delivery: Delivery, source_id: UUID, server: bool, received_at: datetime
) -> int:
    rows, refused = delivery.rows, delivery.refused
    counts = Counter(f"refused:{item.reason}" for item in refused)
    counts["received"] = len(rows) + len(refused)
    params = {
        "rows": _encode(rows).decode(),
        "source": source_id,
        "server": server,
        "received_at": received_at,
        "good": len(rows),
        "counts": _encode(counts).decode(),
        "refused": _encode(
            [{"o": "refused", "r": item.reason, "e": item.excerpt} for item in refused[:SHOWN_REFUSALS]]
        ).decode(),
    }

    with_people = any(row.t in PEOPLE for row in rows)
    statement = STATEMENTS[with_people, _sample_is_due(source_id)]

    def attempt() -> int:
        today = received_at.date()
        rooms.make_room(connection, rooms.KEY, {row.d for row in rows}, today)
        rooms.make_room(connection, rooms.EVENT, {row.a.date() for row in rows}, today)
        # A savepoint inside somebody's transaction; alone one statement is a transaction, and BEGIN and COMMIT would
        # be two more round trips.
        alone = connection.info.transaction_status == TransactionStatus.IDLE
        with nullcontext() if alone else connection.transaction():
            (stored,) = connection.execute(statement, params).fetchone() or (0,)
        return int(stored)

    return _persistently(attempt)


_sampled: dict[UUID, float] = {}


def _sample_is_due(source_id: UUID) -> bool:
    """Whether the debugger gets some events of this delivery: five times a second is as much as anybody can read."""
    now = time.monotonic()
    if now < _sampled.get(source_id, 0.0):
        return False
    _sampled[source_id] = now + SAMPLE_EVERY
    return True


def _persistently(attempt: Callable[[], int]) -> int:
    """Try again after a deadlock, and with fresh knowledge when a partition that was here is gone."""
    for _ in range(TRIES - 1):
        try:
            return attempt()
        except errors.DeadlockDetected:
            log.info("usage.intake_deadlock")
        except errors.CheckViolation:
            rooms.forget()
    return attempt()


def _without_unstorable(connection: psycopg.Connection[Any], delivery: Delivery) -> Delivery:
    """The database itself judges each event alone, so that no event's fate depends on its neighbours."""
    documents = [_encode(row).decode() for row in delivery.rows]
    with connection.transaction():
        (verdicts,) = connection.execute(JUDGE, [documents]).fetchone() or ([],)
    good: list[Row] = []
    refused = list(delivery.refused)
    for row, document, is_good in zip(delivery.rows, documents, verdicts or [], strict=True):
        if is_good:
            good.append(row)
        else:
            refused.append(Refusal(row.i, UNSTORABLE, excerpt(document.encode())))
    return Delivery(good, refused)


def refuse(*, source_id: UUID, received_at: datetime, reason: str, body: bytes) -> None:
    """Count a whole request that was refused and show it in the source's debugger."""
    delivery = Delivery([], [Refusal(0, reason, excerpt(body))])
    take(delivery, source_id=source_id, server=True, received_at=received_at)
