"""What happened: facts of the ledger, and the raw events of an account."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from onward.accounts import queries as accounts
from onward.foundation.ledger import facts_of, stream_of
from onward.interfaces.api import pages
from onward.interfaces.api.door import actor_of, scoped
from onward.interfaces.api.fields import Asked, Cursor, Limit, Ref, Short, Told
from onward.journeys import queries as journeys
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import invalid
from onward.usage.queries.events import events_of

router = Router()


class Fact(Told):
    """`seq` counts within `stream` (an account) without gaps; `caused_by` is the seq that it is a reaction to."""

    stream: str
    seq: int
    journey_id: str | None
    name: str
    version: int
    actor: str
    occurred_at: datetime
    recorded_at: datetime
    caused_by: int | None
    data: dict[str, Any]


class Facts(Told):
    rows: list[Fact]
    next: str


class Event(Told):
    """`person` is the end user after identities were joined; `server`: sent with a server's key."""

    at: datetime
    type: str
    name: str | None
    person: str
    group_id: str
    message_id: str
    server: bool
    received_at: datetime
    properties: dict[str, Any]


class Events(Told):
    rows: list[Event]
    next: str


class FactsAsked(Asked):
    account_id: Ref | None = None
    journey_id: Ref | None = None
    cursor: Cursor = ""
    limit: Limit = 50


@router.get("/facts", response=Facts, operation_id="list_facts", summary="List facts")
@scoped("fact:read")
def list_facts(request: HttpRequest, asked: Query[FactsAsked]) -> Facts:
    """The facts of an account or of a journey, in the order in which they were committed. Facts are never edited."""
    actor = actor_of(request)
    after = pages.number(asked.cursor) if asked.cursor else 0
    if (asked.account_id is None) == (asked.journey_id is None):
        raise invalid("Facts are read of an account or of a journey.", mend="Send account_id or journey_id.")
    if asked.account_id is not None:
        stream = stream_of(accounts.account(actor, parse_id("acc", asked.account_id)).id)
        found = facts_of(stream=stream, after_seq=after, limit=asked.limit + 1)
    else:
        journey = journeys.journey_view(actor, parse_id("jny", asked.journey_id)).id
        found = facts_of(journey=journey, after_seq=after, limit=asked.limit + 1)
    rows = [
        Fact(
            stream=fact.stream,
            seq=fact.seq,
            journey_id=format_id("jny", fact.journey) if fact.journey else None,
            name=fact.name,
            version=fact.version,
            actor=fact.actor,
            occurred_at=fact.occurred_at,
            recorded_at=fact.recorded_at,
            caused_by=fact.cause_seq,
            data=fact.data,
        )
        for fact in found[: asked.limit]
    ]
    return Facts(rows=rows, next=pages.pack(rows[-1].seq) if len(found) > asked.limit else "")


class EventsAsked(Asked):
    account_id: Ref
    name: Short = ""
    cursor: Cursor = ""
    limit: Limit = 50


@router.get("/events", response=Events, operation_id="list_events", summary="List events")
@scoped("event:read")
def list_events(request: HttpRequest, asked: Query[EventsAsked]) -> Events:
    """The raw usage events of an account, the latest first. Events are sent to /v1/, not here."""
    actor = actor_of(request)
    account = accounts.account(actor, parse_id("acc", asked.account_id)).id
    before = pages.moment_and_id(asked.cursor) if asked.cursor else None
    found = events_of(actor, account, name=asked.name, before=before, limit=asked.limit + 1)
    rows = [
        Event(
            at=row.at,
            type=row.type,
            name=row.name,
            person=row.person,
            group_id=row.group_id,
            message_id=row.message_id,
            server=row.server,
            received_at=row.received_at,
            properties=row.props,
        )
        for row in found[: asked.limit]
    ]
    last = found[asked.limit - 1] if len(found) > asked.limit else None
    return Events(rows=rows, next=pages.pack(last.at.isoformat(), last.key) if last else "")
