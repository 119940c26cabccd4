"""A journey's registers, such as its wins: a line written, put differently, confirmed, taken back."""

from __future__ import annotations

import math
from uuid import UUID

from onward.foundation.actions import act, action, record
from onward.foundation.postgres import new_id
from onward.identity.decisions import Thing, require
from onward.journeys import facts
from onward.journeys.actions.changing import changing, stream_by, text
from onward.journeys.models import LogEntry
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import Refusal, conflict, invalid, not_found
from onward.playbooks import queries as playbooks


@action(stream_by("journey_id"))
def write_log(
    *,
    actor: Actor,
    journey_id: UUID,
    log: str,
    title: str,
    value: float | None = None,
    unit: str = "",
    note: str = "",
    entry_id: UUID | None = None,
    edition: int | None = None,
) -> UUID:
    """Write a line into one of the playbook's registers (early wins, expansion opportunities), or put one that stands
    there differently; its id. What the customer had confirmed they have to confirm anew.

    `unit` is a currency's code or what the value counts in words, `note` what it rests on: words, a figure, a link.
    Refusals: "stale" when somebody else has changed the line since `edition`.
    """
    with changing(actor, journey_id, "write", "log") as run:
        book = playbooks.version(run.journey.version_id)
        if log != "wins" and log not in {item.id for item in book.logs}:
            raise not_found("register", log[:40])
        if value is not None and not math.isfinite(value):
            raise invalid("The value has to be a number.", mend="Leave it out, or write a number.")
        said = {
            "log": log,
            "title": text(title, "The line", limit=300),
            "value": value,
            "unit": text(unit, "What it counts", limit=120, required=False),
            "note": text(note, "The note", required=False),
        }
        if entry_id is None:
            row = LogEntry(
                id=new_id(),
                journey_id=journey_id,
                account_id=run.journey.account_id,
                written_by=actor.ref,
                written_at=act().now,
            )
        else:
            row = _entry(entry_id, journey_id=journey_id)
            if edition is not None and edition != row.edition:
                raise Refusal("stale", "This line has changed since you opened it.", mend="Look at it again.")
            if all(getattr(row, name) == given for name, given in said.items()):
                return row.id
            row.edition += 1
            row.confirmed_at, row.confirmed_by = None, ""
        for name, given in said.items():
            setattr(row, name, given)
        row.save()
        fact = facts.LogWritten if entry_id is None else facts.LogChanged
        record(fact(log, row.title, value, row.unit), journey=journey_id)
        return row.id


@action(stream_by("entry_id"))
def confirm_log(*, actor: Actor, entry_id: UUID) -> None:
    """The customer (or staff in their name) confirms a line."""
    row = _entry(entry_id)
    # What only we keep stays with us; all else the customer may confirm.
    book = playbooks.version(row.journey.version_id)
    shared = not any(item.id == row.log and item.internal for item in book.logs)
    require(actor, "confirm", Thing("log", row.account_id, is_shared=shared, ref=format_id("log", entry_id)))
    if row.confirmed_at:
        raise conflict("This line is already confirmed.", mend="Nothing is left to do.")
    row.confirmed_at, row.confirmed_by = act().now, actor.ref
    row.save(update_fields=["confirmed_at", "confirmed_by"])
    record(facts.LogConfirmed(row.log, row.title), journey=row.journey_id)


@action(stream_by("entry_id"))
def withdraw_log(*, actor: Actor, entry_id: UUID, withdrawn: bool = True) -> None:
    """Take a line back: it counts nowhere any more, and the facts keep that it was there. False brings it back."""
    row = _entry(entry_id, withdrawn=not withdrawn)
    with changing(actor, row.journey_id, "write", "log"):
        row.withdrawn_at = act().now if withdrawn else None
        row.edition += 1
        row.save(update_fields=["withdrawn_at", "edition"])
        fact = facts.LogWithdrawn if withdrawn else facts.LogRestored
        record(fact(row.log, row.title, row.value, row.unit), journey=row.journey_id)


def _entry(entry_id: UUID, *, journey_id: UUID | None = None, withdrawn: bool = False) -> LogEntry:
    of = {"journey_id": journey_id} if journey_id else {}
    found = LogEntry.objects.select_related("journey").filter(id=entry_id, **of).first()
    if found is None:
        raise not_found("log entry", format_id("log", entry_id))
    if (found.withdrawn_at is not None) != withdrawn:
        said = "was not taken back" if withdrawn else "was taken back"
        raise conflict(f"“{found.title}” {said}.", mend="Reload to see the list as it is.")
    return found
