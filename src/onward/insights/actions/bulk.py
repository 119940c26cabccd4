"""One change of many journeys: begun with their number, carried out one by one, each refusal kept, taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from psycopg.types.json import Jsonb

from onward.foundation.actions import act, action
from onward.foundation.ledger import stream_of
from onward.foundation.postgres import notify, one_statement
from onward.identity import queries as identity
from onward.identity.decisions import require
from onward.insights.actions.bulk_steps import STEPS, UNDONE
from onward.insights.models import Bulk, BulkRow
from onward.insights.queries.conditions import Filters, where_of
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal, conflict, forbidden, invalid, not_found

MOST = 20_000
CHUNK = 25
LEASE = timedelta(minutes=1)
MAX_TRIES = 3
LIVE = "onward_live"
log = structlog.get_logger()


@action(stream=lambda _: ())
def begin_bulk(
    *,
    actor: Actor,
    what: str,
    given: Mapping[str, Any],
    journey_ids: Collection[UUID] | None = None,
    filters: Filters | None = None,
    count: int | None = None,
) -> UUID:
    """Begin a change ("owner", "pause", "nudge") of these journeys, or of all that match. `count` is the number that
    the person confirmed. Refusals: "invalid" for what is missing, "stale" when the list is no longer that long."""
    if what not in STEPS:
        raise invalid(f"Nothing is called “{what[:20]}” here.", mend=f"One of: {', '.join(STEPS)}.")
    if not actor.is_staff:
        raise forbidden("Many journeys are changed by people who sign in.", mend="Change them one by one.")
    require(actor, STEPS[what].verb, STEPS[what].noun)
    given = STEPS[what].check(given)
    ids = _chosen(journey_ids, filters, act().now)
    if not ids:
        raise invalid("No journey is chosen.", mend="Choose rows, or all that match.")
    if count is not None and count != len(ids):
        raise Refusal(
            "stale", f"The list has {len(ids):,} journeys now, not {count:,}.", mend="Look again, then confirm."
        )
    return _begun(actor, what, given, [(one, {}) for one in ids], act().now)


@action(stream=lambda _: ())
def undo_bulk(*, actor: Actor, bulk_id: UUID) -> UUID:
    """Take back what a change has done, journey by journey; what somebody changed since stays, and is named."""
    row = Bulk.objects.select_for_update().filter(id=bulk_id).first()
    if row is None or not _may_see(actor, row):
        raise not_found("change of many", format_id("blk", bulk_id))
    require(actor, "change", "journey")
    if row.what not in UNDONE or row.undoes_id is not None:
        raise conflict("This cannot be taken back.", mend="A mail that is on its way stays so.")
    if row.state != "done":
        raise conflict("This is still going on.", mend="Wait until it has ended.")
    if Bulk.objects.filter(undoes=row).exists():
        raise conflict("This was taken back already.", mend="Nothing is left to do.")
    done = BulkRow.objects.filter(bulk=row, state="done").order_by("number").values_list("journey_id", "before")
    if not done:
        raise conflict("Nothing was changed.", mend="There is nothing to take back.")
    return _begun(actor, UNDONE[row.what], dict(row.given), list(done), act().now, undoes=row.id)


def _may_see(actor: Actor, row: Bulk) -> bool:
    mine = actor.is_staff and parse_id("usr", actor.id) == row.made_by_id
    return mine or actor.role in {"admin", "manager"}


def _begun(
    actor: Actor,
    what: str,
    given: dict[str, Any],
    rows: list[tuple[UUID, dict[str, Any]]],
    now: datetime,
    undoes: UUID | None = None,
) -> UUID:
    made = Bulk.objects.create(
        what=what, given=given, made_by_id=parse_id("usr", actor.id), undoes_id=undoes, due_at=now, created_at=now
    )
    one_statement(
        """insert into insights_bulkrow (bulk_id, number, journey_id, state, said, before)
           select %s, r.number, j.journey_id, 'waiting', '', coalesce(r.before, '{}')
           from jsonb_to_recordset(%s) as r(number int, journey_id uuid, before jsonb)
           join insights_portfolio j using (journey_id)""",
        (made.id, Jsonb([{"number": n, "journey_id": str(one), "before": was} for n, (one, was) in enumerate(rows)])),
    )
    return made.id


def _chosen(journey_ids: Collection[UUID] | None, filters: Filters | None, now: datetime) -> list[UUID]:
    where, values = where_of(filters, now) if filters is not None else ([], [])
    if journey_ids is not None:
        where.append("journey_id = any(%s)")
        values.append(list(journey_ids))
    elif filters is None:
        return []
    rows = one_statement(
        f"select journey_id from insights_portfolio where {' and '.join(where) or 'true'}"
        " order by urgency, urgency_at, journey_id limit %s",
        (*values, MOST + 1),
    )
    if len(rows) > MOST:
        raise invalid(f"These are more than {MOST:,} journeys.", mend="Narrow the list first.")
    return [row["journey_id"] for row in rows]


@action(stream=lambda _: ())
def claim_bulk(*, actor: Actor) -> UUID | None:
    """The change that is due longest, for a worker; it is another's again when this one dies."""
    row = (
        Bulk.objects.select_for_update(skip_locked=True)
        .filter(state="waiting", due_at__lte=act().now)
        .order_by("due_at")
        .first()
    )
    if row is None:
        return None
    row.tries, row.due_at = row.tries + 1, act().now + LEASE
    row.save(update_fields=["tries", "due_at"])
    return row.id


def carry_on(*, bulk_id: UUID) -> None:
    """The next rows of a change, in the name of who began it; each stands or falls alone."""
    row = Bulk.objects.get(id=bulk_id)
    who = identity.actor_of(row.made_by_id)
    waiting = list(BulkRow.objects.filter(bulk_id=bulk_id, state="waiting").order_by("number")[:CHUNK])
    for one in waiting:
        source = one_statement("select account_id from insights_portfolio where journey_id = %s", (one.journey_id,))
        try:
            if who is None:
                raise forbidden("Whoever began this may no longer sign in.", mend="Somebody else begins it anew.")
            if not source:
                raise not_found("journey", format_id("jny", one.journey_id))
            carry_out_row(actor=who, account_id=source[0]["account_id"], row_id=one.id)
        except Refusal as refusal:
            refuse_row(actor=SYSTEM, row_id=one.id, said=str(refusal))
        except Exception:
            # A fault of ours in one journey must not keep the others waiting for ever.
            if row.tries < MAX_TRIES:
                raise
            log.exception("bulk.row_failed", bulk=str(bulk_id), journey=str(one.journey_id))
            refuse_row(actor=SYSTEM, row_id=one.id, said="This failed on our side; the server's log has the cause.")
    end_turn(actor=SYSTEM, bulk_id=bulk_id)


@action(stream=lambda kwargs: stream_of(kwargs["account_id"]))
def carry_out_row(*, actor: Actor, account_id: UUID, row_id: int) -> None:
    """Do it to one journey, once: the row and the change are one transaction."""
    row = BulkRow.objects.select_for_update().select_related("bulk").get(id=row_id)
    if row.state != "waiting":
        return
    outcome = STEPS[row.bulk.what].do(actor, row.journey_id, account_id, row.bulk.given, row.before)
    row.state, row.said, row.before = "done", outcome.said, outcome.before
    row.save(update_fields=["state", "said", "before"])


@action(stream=lambda _: ())
def refuse_row(*, actor: Actor, row_id: int, said: str) -> None:
    """Keep why one journey stays as it is."""
    BulkRow.objects.filter(id=row_id, state="waiting").update(state="refused", said=said[:2000])


@action(stream=lambda _: ())
def end_turn(*, actor: Actor, bulk_id: UUID) -> None:
    """Due again at once while rows wait; else done."""
    row = Bulk.objects.select_for_update().get(id=bulk_id)
    if BulkRow.objects.filter(bulk_id=bulk_id, state="waiting").exists():
        row.due_at, row.tries = act().now, 0
    else:
        row.state, row.due_at, row.finished_at = "done", None, act().now
    row.save(update_fields=["state", "due_at", "tries", "finished_at"])
    notify(LIVE, "portfolio")
