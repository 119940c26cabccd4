"""Reactions: subscribers run over a stream's new facts, in order, one commit for all.

They run without savepoints; when one raises, everything is rolled back and runs again, each in its own.
The stream's row is lock, sequence and cursor at once. Measured against an outbox, a dirty set and a global cursor:
those lose, reorder or deadlock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from django.db import OperationalError, transaction
from psycopg.errors import LockNotAvailable

from onward.foundation import clock
from onward.foundation.ledger import writing
from onward.foundation.ledger.act import Act, using
from onward.foundation.ledger.reading import COLUMNS, Recorded
from onward.foundation.postgres import fetched, one_statement, tuples
from onward.kernel.actor import AUTOMATION

log = structlog.get_logger()

BATCH = 500
LIVE = "onward_live"


@dataclass(frozen=True, slots=True)
class Batch:
    """New facts of one journey (or of none) in a stream; `touched` asks for a fresh look at the whole stream."""

    stream: str
    journey: UUID | None
    facts: tuple[Recorded, ...]
    touched: bool = False


Handler = Callable[[Batch], None]
_subscribers: dict[str, Handler] = {}
_concerns: dict[str, Callable[[Batch], bool]] = {}
_readers: set[str] = set()


def subscribe(
    name: str, handler: Handler, *, concerns: Callable[[Batch], bool] | None = None, reads_outcome: bool = False
) -> None:
    """Register a reaction. Order is order of registration; only config/wiring does it. A name registers once.

    `concerns` says, without the database, whether a batch is of interest. One that `reads_outcome` waits until the
    others have nothing more to add, and then sees everything at once: a read model is written once a drain.
    """
    _subscribers[name] = handler
    if concerns is not None:
        _concerns[name] = concerns
    if reads_outcome:
        _readers.add(name)


def subscribers() -> dict[str, Handler]:
    """The reactions, in order."""
    return _subscribers


def drain(stream: str, *, wait_ms: int = 250, mark: str = "", kept: dict[Any, Any] | None = None) -> bool:
    """Run the reactions to all that is new in a stream. False when another drain holds it for longer than wait_ms.

    `kept` is what the action before had read under the lock; it counts while the row still bears that action's `mark`.
    """
    try:
        try:
            with transaction.atomic():
                _open(stream, wait_ms=wait_ms, mark=mark, kept=kept).run()
        except _Raised:
            # Nothing was written. Once more, each reaction in a savepoint: what raises is parked, all else passes.
            with transaction.atomic():
                _open(stream, wait_ms=wait_ms, careful=True).run()
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            return False
        raise
    return True


class _Raised(Exception):
    """A reaction raised where no savepoint had been set."""


_LOCK = "select head, drained, touched, xmin::text from ledger_stream where id = %s for no key update"
_STUCK = "select subscriber, journey from ledger_stuck where stream = %s"
_DONE = """with done as (
  update ledger_stream set drained = %s, touched = false, due_at = null, tries = 0 where id = %s returning id
) select pg_notify(%s, %s) from done where %s"""
#: What is parked, in every row; beside it the new facts, if there are any.
_NEW = f"""select parked.names, {", ".join(f"f.{name}" for name in COLUMNS.split(", "))}
from (select array_agg(array[subscriber, journey]) as names from ledger_stuck where stream = %(stream)s) parked
left join lateral (
  select * from ledger_fact where stream = %(stream)s
    and seq > (select drained from ledger_stream where id = %(stream)s) order by seq limit %(limit)s
) f on true order by f.seq"""


def _open(
    stream: str, *, wait_ms: int, mark: str = "", kept: dict[Any, Any] | None = None, careful: bool = False
) -> _Drain:
    """Lock a stream and read what is new in it, in one round trip unless somebody else holds it just now."""
    news: tuple[str, dict[str, Any]] = (_NEW, {"stream": stream, "limit": BATCH})
    rows, new = fetched([(f"{_LOCK} skip locked", (stream,)), news])
    if not rows:
        one_statement("select set_config('lock_timeout', %s, true)", (f"{wait_ms}ms",))
        (rows,) = fetched([(_LOCK, (stream,))])
        one_statement("select set_config('lock_timeout', '0', true)")
        (new,) = fetched([news])
    head, drained, touched, found = rows[0] if rows else (0, 0, False, "")
    parked = {(subscriber, journey) for subscriber, journey in new[0][0] or ()}
    run = _Drain(stream, head, drained, touched, parked, careful=careful)
    run.first = [Recorded(*row) for _, *row in new if row[0] is not None]
    if mark and mark == found:
        run.kept.update(kept or {})
    return run


class _Drain:
    def __init__(
        self, stream: str, head: int, drained: int, touched: bool, stuck: set[tuple[str, str]], *, careful: bool
    ) -> None:
        self.stream, self.head, self.drained, self.touched = stream, head, drained, touched
        self.stuck, self.careful = stuck, careful
        self.first: list[Recorded] | None = None
        self.live: set[str] = set()
        self.told: set[str] = set()
        self.kept: dict[Any, Any] = {}

    def run(self) -> None:
        if not self.touched and self.drained >= self.head:
            return
        seen: list[Recorded] = []
        touched = False
        while self.touched or self.drained < self.head or seen or touched:
            while self.touched or (self.drained < self.head and len(seen) < BATCH):
                facts, self.first = self.first if self.first is not None else load(self.stream, self.drained), None
                touched |= self.touched
                batches, self.touched = grouped(self.stream, facts, touched=self.touched), False
                self.drained = facts[-1].seq if facts else self.drained
                self.each(batches, readers=False)
                seen += facts
            self.each(grouped(self.stream, seen, touched=touched), readers=True)
            for fact in seen:
                self.live.add(f"journey:{fact.journey}" if fact.journey else f"account:{self.stream}")
            seen, touched = [], False
        names = " ".join([*sorted(self.told), *sorted(self.live)[:100]])
        tuples(_DONE, (self.drained, self.stream, LIVE, names, bool(names)), prepare=None)

    def each(self, batches: list[Batch], *, readers: bool) -> None:
        """The reactions of one kind, in order, over what concerns them."""
        for name, handler in _subscribers.items():
            concerns = _concerns.get(name)
            for batch in batches if (name in _readers) == readers else ():
                if (name, _key(batch.journey)) in self.stuck or (concerns and not concerns(batch)):
                    continue
                self.react(name, handler, batch)

    def react(self, name: str, handler: Handler, batch: Batch) -> None:
        """One subscriber over one journey's facts. What raises is kept for a mend; all else passes."""
        last = batch.facts[-1] if batch.facts else None
        running = Act(
            AUTOMATION,
            clock.now(),
            {self.stream: self.head},
            depth=last.depth + 1 if last else 1,
            cause=last.seq if last else None,
            closed=True,
            kept=self.kept,
        )
        try:
            with transaction.atomic() if self.careful else nullcontext(), using(running):
                handler(batch)
                running.flush()
            self.head = running.heads[self.stream]
            self.told |= running.told
        except Exception as error:
            if not self.careful:
                raise _Raised from error
            self.kept.clear()
            log.exception("reaction.stuck", subscriber=name, stream=self.stream, journey=_key(batch.journey))
            self.stuck.add((name, _key(batch.journey)))
            park(name, batch, problem=f"{type(error).__name__}: {error}")


def load(stream: str, after: int, *, journey: str | None = None, limit: int = BATCH) -> list[Recorded]:
    """The next facts of a stream (of one journey, "" for none)."""
    rows = one_statement(
        f"""select {COLUMNS} from ledger_fact where stream = %(stream)s and seq > %(after)s
            and (%(journey)s::text is null or coalesce(journey::text, '') = %(journey)s)
            order by seq limit %(limit)s""",
        {"stream": stream, "after": after, "journey": journey, "limit": limit},
    )
    return [Recorded(**row) for row in rows]


def _stuck(stream: str) -> set[tuple[str, str]]:
    return {(row["subscriber"], row["journey"]) for row in one_statement(_STUCK, (stream,))}


def grouped(stream: str, facts: Sequence[Recorded], *, touched: bool) -> list[Batch]:
    """Facts by journey, in order of first appearance; a touch comes last, when the facts have been seen."""
    groups: dict[UUID | None, list[Recorded]] = {}
    for fact in facts:
        groups.setdefault(fact.journey, []).append(fact)
    batches = [Batch(stream, journey, tuple(group)) for journey, group in groups.items()]
    if touched:
        batches.append(Batch(stream, None, (), touched=True))
    return batches


def park(name: str, batch: Batch, *, problem: str) -> None:
    """Remember from where a subscriber must go on. A touch without facts is asked for again instead."""
    seq = batch.facts[0].seq if batch.facts else 0
    one_statement(
        """insert into ledger_stuck (subscriber, stream, journey, from_seq, tries, next_at, problem)
           values (%s, %s, %s, %s, 1, now() + interval '30 seconds', %s)
           on conflict (subscriber, stream, journey) do update
           set tries = ledger_stuck.tries + 1, problem = excluded.problem,
               next_at = now() + least(interval '1 hour', interval '30 s' * (2 ^ least(ledger_stuck.tries, 8)))""",
        (name, batch.stream, _key(batch.journey), seq, problem[:2000]),
    )


def drain_due(limit: int = 20) -> bool:
    """A worker's turn: claim due streams and drain each. True when there was something.

    The attempt is committed before the facts run, so that a fact which kills the process delays only its own stream.
    """
    with transaction.atomic():
        rows = one_statement(
            """update ledger_stream s set tries = least(tries + 1, 30000),
                      due_at = now() + make_interval(secs => least(2 ^ least(s.tries, 12), 3600)::int)
               from (select id from ledger_stream where due_at <= now() order by due_at limit %s
                     for no key update skip locked) due
               where s.id = due.id returning s.id""",
            (limit,),
        )
    for row in rows:
        drain(row["id"], wait_ms=250)
    return bool(rows)


def stuck_rows() -> list[dict[str, Any]]:
    """What waits for a mend: subscriber, stream, journey, from_seq, tries, next_at, problem."""
    return one_statement("select * from ledger_stuck order by next_at")


def retry_stuck(*, everything: bool = False) -> bool:
    """Try the due stuck rows again (all with `everything`). True when one went through."""
    rows = one_statement(
        "select subscriber, stream, journey from ledger_stuck where %s or next_at <= now() order by next_at limit 20",
        (everything,),
    )
    mended = [_retry(**row) for row in rows]
    return any(mended)


def _retry(subscriber: str, stream: str, journey: str) -> bool:
    with transaction.atomic():
        # The stream first, then the stuck row: the order in which a drain takes them.
        heads = one_statement("select head from ledger_stream where id = %s for no key update", (stream,))
        rows = one_statement(
            "select from_seq from ledger_stuck where subscriber = %s and stream = %s and journey = %s for update",
            (subscriber, stream, journey),
        )
        handler = _subscribers.get(subscriber)
        if not heads or not rows or handler is None:
            return False
        one_statement(
            "delete from ledger_stuck where subscriber = %s and stream = %s and journey = %s",
            (subscriber, stream, journey),
        )
        writing.mark([stream])
        run = _Drain(stream, heads[0]["head"], heads[0]["head"], False, _stuck(stream), careful=True)
        after = rows[0]["from_seq"] - 1
        while after >= 0 and (facts := load(stream, after, journey=journey)):
            run.react(subscriber, handler, Batch(stream, UUID(journey) if journey else None, tuple(facts)))
            if (subscriber, journey) in run.stuck:
                return False
            after = facts[-1].seq
        if after < 0:
            run.react(subscriber, handler, Batch(stream, None, (), touched=True))
        return (subscriber, journey) not in run.stuck


def _key(journey: UUID | None) -> str:
    return str(journey) if journey else ""
