"""Facts as they were recorded."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from onward.foundation.postgres import one_statement

COLUMNS = "stream, seq, journey, name, version, depth, cause_seq, actor, occurred_at, recorded_at, data"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One fact. `actor` is an Actor.ref, `data` the fact's fields as JSON."""

    stream: str
    seq: int
    journey: UUID | None
    name: str
    version: int
    depth: int
    cause_seq: int | None
    actor: str
    occurred_at: datetime
    recorded_at: datetime
    data: dict[str, Any]


def facts_of(
    *,
    stream: str | None = None,
    journey: UUID | None = None,
    names: Collection[str] | None = None,
    after_seq: int = 0,
    before_seq: int | None = None,
    newest_first: bool = False,
    limit: int = 200,
) -> list[Recorded]:
    """Facts of a stream, of a journey, or by name, in seq order."""
    if stream is None and journey is None and not names:
        raise ValueError("name a stream, a journey or facts")
    turn = "desc" if newest_first else ""
    # Within a stream seq is commit order; over streams only the clock orders.
    order = f"seq {turn}" if stream or journey else f"recorded_at {turn}, seq {turn}"
    rows = one_statement(
        f"""select {COLUMNS} from ledger_fact
            where (%(stream)s::text is null or stream = %(stream)s)
              and (%(journey)s::uuid is null or journey = %(journey)s)
              and (%(names)s::text[] is null or name = any(%(names)s))
              and seq > %(after)s and (%(before)s::int is null or seq < %(before)s)
            order by {order} limit %(limit)s""",
        {
            "stream": stream,
            "journey": journey,
            "names": list(names) if names is not None else None,
            "after": after_seq,
            "before": before_seq,
            "limit": limit,
        },
    )
    return [Recorded(**row) for row in rows]


def named_in(journeys: Collection[UUID], field: str, *, after_seq: int = 0) -> dict[UUID, set[str]]:
    """What the facts of each journey name under a field of theirs: `task_id` gives every task of which one tells."""
    rows = one_statement(
        """select distinct journey, data ->> %s as named from ledger_fact
           where journey = any(%s) and seq > %s and data ->> %s is not null""",
        (field, list(journeys), after_seq, field),
    )
    found: dict[UUID, set[str]] = {one: set() for one in journeys}
    for row in rows:
        found[row["journey"]].add(row["named"])
    return found


def newest_facts(
    since: Mapping[str, tuple[datetime, datetime]], *, journeys: Collection[UUID] | None = None, limit: int = 40
) -> list[Recorded]:
    """The newest facts, of these journeys or of all, at most `limit` of a name. `since` says for each name since when
    it has to be recorded, and since when it has to have happened: what is recorded late may be old."""
    rows = one_statement(
        f"""select {COLUMNS}
            from unnest(%(names)s::text[], %(told)s::timestamptz[], %(since)s::timestamptz[]) w(wanted, told, start)
            cross join lateral (
              select * from ledger_fact f where f.name = w.wanted and f.recorded_at >= w.told
                and f.occurred_at >= w.start
                and (%(journeys)s::uuid[] is null or f.journey = any(%(journeys)s))
              order by f.recorded_at desc limit %(limit)s
            ) found order by occurred_at desc, stream, seq desc""",
        {
            "names": list(since),
            "told": [told for told, _ in since.values()],
            "since": [happened for _, happened in since.values()],
            "journeys": list(journeys) if journeys is not None else None,
            "limit": limit,
        },
    )
    return [Recorded(**row) for row in rows]


def every_fact(names: Collection[str], *, chunk: int = 1000) -> Iterator[list[Recorded]]:
    """All facts with these names, in chunks, in the order of their streams; for rebuilds, inside a transaction."""
    names_of_columns = COLUMNS.split(", ")
    with connection.chunked_cursor() as cursor:
        cursor.execute(f"select {COLUMNS} from ledger_fact where name = any(%s) order by stream, seq", [list(names)])
        while rows := cursor.fetchmany(chunk):
            yield [_recorded(dict(zip(names_of_columns, row, strict=True))) for row in rows]


def _recorded(row: dict[str, Any]) -> Recorded:
    """Django's cursor leaves JSON as text."""
    data = row["data"]
    return Recorded(**{**row, "data": json.loads(data) if isinstance(data, str) else data})
