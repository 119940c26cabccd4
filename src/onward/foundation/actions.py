"""@action: the only way to change anything. Transaction, stream lock, actor, facts, and the drain after commit."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

from django.db import transaction

from onward.foundation import clock
from onward.foundation.ledger import draining, writing
from onward.foundation.ledger.act import MAX_DEPTH, Act, current, using
from onward.foundation.postgres.door import as_owner
from onward.kernel.actor import Actor
from onward.kernel.fact import Fact

P = ParamSpec("P")
R = TypeVar("R")
Streams = str | Callable[[Mapping[str, Any]], str | Iterable[str]]


def act() -> Act:
    """The running action's context; outside of one a programming error."""
    running = current.get()
    if running is None:
        raise RuntimeError("no action is running")
    return running


def record(
    fact: Fact, *, stream: str | None = None, journey: UUID | None = None, occurred_at: datetime | None = None
) -> None:
    """Append a fact in this transaction. `stream` may be left out when the action locked exactly one."""
    running = act()
    if stream is None:
        (stream,) = running.heads
    if stream not in running.heads:
        raise RuntimeError(f"{fact.name} goes to {stream}, which this action has not locked")
    if running.depth > MAX_DEPTH:
        raise RuntimeError(f"{fact.name} would be reaction number {running.depth} to one cause: a loop")
    cause = None if fact.is_by_time else running.cause
    running.pending.append(
        writing.Pending(stream, journey, fact, running.depth, cause, running.actor.ref, occurred_at or running.now)
    )


@contextmanager
def because_of(seq: int | None) -> Iterator[None]:
    """What is recorded meanwhile is led to by that fact of the stream, or by none: not by the last of the batch."""
    running = act()
    before, running.cause = running.cause, seq
    try:
        yield
    finally:
        running.cause = before


def on_commit(fn: Callable[[], None]) -> None:
    """Run after the outermost commit (before the drain), for what must not happen if the change does not."""
    transaction.on_commit(fn)


def action(stream: Streams = writing.ORG) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate an action. `stream` names what to lock: a stream, or a function of the keyword arguments.

    The wrapped function takes keyword arguments only, `actor` among them. Nested actions join the outer transaction;
    inside a reaction they may write only to the stream being drained.
    """

    def decorate(fn: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(fn)
        def run(*args: P.args, **kwargs: P.kwargs) -> R:
            if args:
                raise TypeError(f"{fn.__name__} takes keyword arguments only")
            actor = kwargs["actor"]
            if not isinstance(actor, Actor):
                raise TypeError(f"{fn.__name__} needs an Actor")
            # Also what only finds the stream to lock: an action never reads through the portal's connection.
            with as_owner():
                named = stream(kwargs) if callable(stream) else stream
                wanted = [named] if isinstance(named, str) else list(named)
                outer = current.get()
                if outer is not None:
                    return _join(outer, actor, wanted, lambda: fn(*args, **kwargs))
                with transaction.atomic():
                    running = Act(actor, clock.now(), writing.lock(wanted))
                    with using(running):
                        result = fn(*args, **kwargs)
                        running.flush()
                        if silent := running.heads.keys() - running.marks.keys():
                            writing.mark(silent)
                for moved, mark in sorted(running.marks.items()):
                    draining.drain(moved, wait_ms=250, mark=mark, kept=running.kept)
            return result

        return run

    return decorate


def _join(outer: Act, actor: Actor, wanted: list[str], fn: Callable[[], R]) -> R:
    missing = [name for name in wanted if name not in outer.heads]
    if missing and outer.closed:
        raise RuntimeError(f"a reaction in {', '.join(outer.heads)} may not write to {', '.join(missing)}")
    if missing:
        outer.heads.update(writing.lock(missing))
    outer.kept.clear()
    before = outer.actor
    outer.actor = actor
    try:
        return fn()
    finally:
        outer.actor = before
