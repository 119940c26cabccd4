"""How every action of a journey starts and ends: find whose it is, load it under the lock, write what moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from onward.accounts import queries as accounts
from onward.foundation.actions import act
from onward.foundation.ledger import stream_of
from onward.foundation.postgres import one_statement
from onward.identity import queries as identity
from onward.identity.decisions import Thing, require
from onward.journeys.actions.saving import remember, save
from onward.journeys.decisions.state import Run, TaskRow
from onward.journeys.models import Journey
from onward.journeys.queries.loading import keep, load_run
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.ids import format_id, parse_id
from onward.kernel.refusals import Refusal, conflict, forbidden, invalid, not_found

Stream = Callable[[Mapping[str, Any]], str]

TABLES = {
    "journey_id": ("journeys_journey", "journey", "jny"),
    "task_id": ("journeys_taskrun", "task", "tsk"),
    "objective_id": ("journeys_objective", "objective", "obj"),
    "check_in_id": ("journeys_checkinrun", "check-in", "chk"),
    "entry_id": ("journeys_logentry", "log entry", "log"),
    "hours_id": ("journeys_hours", "line of hours", "hrs"),
}


def stream_by(key: str) -> Stream:
    """The account's stream of what the action's argument `key` names."""
    table, noun, prefix = TABLES[key]

    journey = "id" if key == "journey_id" else "journey_id"

    def stream(kwargs: Mapping[str, Any]) -> str:
        rows = one_statement(f"select account_id, {journey} as journey_id from {table} where id = %s", (kwargs[key],))
        if not rows:
            raise not_found(noun, format_id(prefix, kwargs[key]))
        if len(_JOURNEYS) > 5000:
            _JOURNEYS.clear()
        _JOURNEYS[kwargs[key]] = rows[0]["journey_id"]
        return stream_of(rows[0]["account_id"])

    return stream


#: Another date moves nothing onward: a journey in which nothing happens stays stalled.
PLANS_ANEW = {"move", "defer", "merge"}

#: What may be done to a journey that still waits for a yes.
BEFORE_YES = {"see", "cancel", "decide", "sign", "assign"}

#: Whose part something is never changes, and finding the stream to lock has just told it.
_JOURNEYS: dict[UUID, UUID] = {}


def by_account(kwargs: Mapping[str, Any]) -> str:
    """The stream of the argument `account_id`."""
    return stream_of(kwargs["account_id"])


@contextmanager
def changing(
    actor: Actor,
    journey_id: UUID,
    verb: str,
    noun: str = "journey",
    *,
    task_id: UUID | None = None,
    shared: bool = False,
) -> Iterator[Run]:
    """The journey, to be changed in place. `shared`: what is changed is theirs as much as ours. A person's act counts
    as activity, for pace, unless it only plans anew."""
    run = load_run(journey_id)
    ref = format_id("jny", journey_id)
    if run is None:
        raise not_found("journey", ref)
    shared = shared or any(row.id == task_id and row.shared for row in run.tasks)
    if task_id and actor.is_contact and not shared:
        raise not_found("task", format_id("tsk", task_id))
    require(actor, verb, Thing(noun, run.journey.account_id, is_shared=shared, ref=ref))
    if run.journey.state == "cancelled" and verb not in {"see", "cancel"}:
        raise conflict("This journey was cancelled.", mend="Open a new journey for the account.")
    if run.journey.state == "asked" and verb not in BEFORE_YES:
        raise conflict("This journey has not begun.", mend="It waits for a yes; its page says whose.")
    before, told = remember(run), len(act().pending)
    yield run
    # Who finds everything as they wanted it has done nothing; and what no fact tells, no list could show.
    if actor.kind in {"staff", "contact", "key"} and len(act().pending) > told and verb not in PLANS_ANEW:
        run.journey.active_at = max(run.journey.active_at, act().now)
    save(run, before)


def heard(journey_id: UUID) -> None:
    """The customer has said or handed over something, within the action of that: it counts as activity, for pace."""
    Journey.objects.filter(id=journey_id, active_at__lt=act().now).update(active_at=act().now)


@contextmanager
def changing_task(
    actor: Actor, task_id: UUID, verb: str, *, edition: int | None = None
) -> Iterator[tuple[Run, TaskRow]]:
    """The journey and one of its tasks. A stale `edition` is refused: somebody else has changed it since."""
    journey_id = _JOURNEYS.get(task_id) or _journey_of(task_id)
    with changing(actor, journey_id, verb, "task", task_id=task_id) as run:
        task = next(row for row in run.tasks if row.id == task_id)
        if actor.is_contact and task.side == "ours" and verb in {"complete", "fill"}:
            raise forbidden(f"“{task.title}” is ours to do.", mend="Ask us in the task when it takes too long.")
        if edition is not None and edition != task.edition:
            raise Refusal(
                "stale",
                f"“{task.title}” has changed since you opened it.",
                mend="Look at it again, then decide anew.",
                details={"edition": task.edition},
            )
        yield run, task
    # Nothing but the rows of the run was changed: the look that follows need not read them again.
    keep(run)


def _journey_of(task_id: UUID) -> UUID:
    rows = one_statement("select journey_id from journeys_taskrun where id = %s", (task_id,))
    found: UUID = rows[0]["journey_id"]
    return found


def known_person(account_id: UUID, ref: str) -> str:
    """A reference to one of our users, or to a contact of this account; else "not_found"."""
    kind, _, text = ref.partition(":") if isinstance(ref, str) else ("", "", "")
    if kind == "user":
        user_id = parse_id("usr", text)
        if user_id in identity.user_names([user_id]):
            return ref
    elif kind == "contact":
        contact_id = parse_id("con", text)
        found = accounts.contacts_by_ids(SYSTEM, [contact_id]).get(contact_id)
        if found is not None and found.account_id == account_id:
            return ref
    raise not_found("person", "")


def past(moment: datetime, what: str, *, field: str = "") -> datetime:
    """A moment that has come; a Refusal for one still ahead or without a zone."""
    if moment.tzinfo is None:
        raise invalid(f"{what} needs a time zone.", mend="Write it like 2026-03-13T10:00:00Z.", **_at(field))
    if moment > act().now:
        raise invalid(f"{what} lies in the future.", mend="Say it when it has happened.", **_at(field))
    return moment


def text(value: str, what: str, *, limit: int = 2000, required: bool = True, field: str = "") -> str:
    """A person's words, trimmed; a Refusal when missing, too long, or not text that can be stored."""
    cleaned = value.replace("\x00", "").strip() if isinstance(value, str) else ""
    if required and not cleaned:
        raise invalid(f"{what} is missing.", mend="Write it in a few words.", **_at(field))
    if len(cleaned) > limit:
        raise invalid(f"{what} is longer than {limit} characters.", mend="Shorten it.", **_at(field))
    return cleaned


def _at(field: str) -> dict[str, str]:
    return {"field": field} if field else {}
