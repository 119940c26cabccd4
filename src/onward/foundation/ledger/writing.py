"""Lock a stream, append facts, ask for a fresh look."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb

from onward.foundation import clock
from onward.foundation.postgres import Statement, fetched, one_statement, pipelined, tuples
from onward.kernel.fact import Fact
from onward.kernel.ids import format_id

ORG = "org"


class Pending(NamedTuple):
    """A fact of the running action, not yet written."""

    stream: str
    journey: UUID | None
    fact: Fact
    depth: int
    cause_seq: int | None
    actor: str
    occurred_at: datetime


def stream_of(account_id: UUID) -> str:
    """The stream of an account: its external id."""
    return format_id("acc", account_id)


def lock(streams: Iterable[str]) -> dict[str, int]:
    """Lock the streams' rows (made when missing) in id order; the head of each.

    FOR NO KEY UPDATE: inserts with a foreign key to anything else do not wait. READ COMMITTED: read what the lock
    guards in a new statement.
    """
    wanted = sorted(set(streams))
    heads = _lock(wanted)
    missing = [stream for stream in wanted if stream not in heads]
    if missing:
        one_statement("insert into ledger_stream (id) select unnest(%s::text[]) on conflict do nothing", (missing,))
        heads = _lock(wanted)
    return heads


def _lock(streams: list[str]) -> dict[str, int]:
    rows = tuples(
        "select id, head from ledger_stream where id = any(%s) order by id for no key update", (streams,), prepare=None
    )
    return dict(rows)


def append(pending: Sequence[Pending], heads: dict[str, int], *, due_in: float) -> dict[str, str]:
    """Write facts with the next numbers of their locked streams; `heads` moves on. One round trip.

    The mark that each stream's row bears now: it changes with the next one who changes anything under its lock.
    """
    if not pending:
        return {}
    rows = []
    moved: set[str] = set()
    recorded_at = clock.pretended()
    for item in pending:
        heads[item.stream] += 1
        moved.add(item.stream)
        fact = item.fact
        rows.append(
            (
                item.stream, heads[item.stream], item.journey, fact.name, fact.version, item.depth, item.cause_seq,
                item.actor, item.occurred_at, recorded_at, Jsonb(fact.data()),
            )
        )  # fmt: skip
    if len(moved) == 1 and len(rows) <= FEW:
        (stream,) = moved
        last = (f"with last as ({_INSERT}) {_MOVE}", (*rows[-1], heads[stream], due_in, stream))
        if len(rows) == 1:
            return dict(tuples(*last, prepare=None))
        return dict(fetched([*((f"{_INSERT} returning seq", row) for row in rows[:-1]), last])[-1])
    pipelined([Statement(_INSERT, rows, many=True)])
    found = fetched([(_MOVE, (heads[stream], due_in, stream)) for stream in sorted(moved)])
    return {stream: mark for ((stream, mark),) in found}


FEW = 8
_INSERT = (
    "insert into ledger_fact (stream, seq, journey, name, version, depth, cause_seq, actor, occurred_at, recorded_at,"
    " data) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, coalesce(%s, transaction_timestamp()), %s)"
)
_MOVE = (
    "update ledger_stream set head = %s, due_at = least(due_at, now() + make_interval(secs => %s))"
    " where id = %s returning id, xmin::text"
)


def mark(streams: Iterable[str]) -> None:
    """Leave a mark in the locked rows of streams in which something may have changed without a fact."""
    one_statement("update ledger_stream set head = head where id = any(%s)", (sorted(set(streams)),))


def touch(streams: Iterable[str]) -> None:
    """Ask for a fresh look at these streams without a fact (usage moved, a moment came). Workers take it up."""
    wanted = sorted(set(streams))
    if wanted:
        one_statement(
            "insert into ledger_stream (id, touched, due_at) select id, true, now() from unnest(%s::text[]) id"
            " order by id on conflict (id) do update set touched = true, due_at = least(ledger_stream.due_at, now())",
            (wanted,),
        )


def forget(streams: Iterable[str]) -> None:
    """Take whole streams away with their facts: for accounts of a demo, which never happened."""
    gone = sorted(set(streams))
    pipelined(
        [
            Statement(f"delete from {table} where {key} = any(%s)", (gone,))
            for table, key in (("ledger_fact", "stream"), ("ledger_stuck", "stream"), ("ledger_stream", "id"))
        ]
    )
