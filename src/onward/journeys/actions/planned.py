"""A journey opened from a sheet: its plan follows no playbook, its dates stay, and what is done there is done here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from onward.accounts import queries as accounts
from onward.foundation.actions import act, action, record
from onward.identity.decisions import Thing, require
from onward.journeys import facts
from onward.journeys.actions.changing import by_account, changing
from onward.journeys.actions.opening import open_journey
from onward.journeys.decisions.state import Run, TaskRow
from onward.journeys.decisions.tasks import close, task_done
from onward.journeys.queries.calendars import doers_calendar
from onward.journeys.queries.planned import UNSAID, read_sheet_of
from onward.kernel.actor import SYSTEM, Actor
from onward.kernel.clock import WorkingCalendar
from onward.playbooks import actions as playbook_actions
from onward.playbooks.decisions.definition import Playbook
from onward.playbooks.decisions.planned import TITLE, PlannedTask, SheetPlan, playbook_of


@action(by_account)
def open_planned(
    *,
    actor: Actor,
    account_id: UUID,
    content: bytes,
    mapping: Mapping[str, Any] | None = None,
    title: str = "",
    deal_id: UUID | None = None,
    signed_at: datetime | None = None,
) -> UUID:
    """Open a journey from a sheet (CSV) and return its id: all of its rows but those with an error, or nothing.

    `mapping` as MAP_KEYS; its `zero` is the signature, else today. Dates that the sheet gives are locked; what it says
    is done is done on that day. Nobody is alerted of what was due before now. Refusals: those of `open_journey`, and
    "invalid" for a sheet that cannot be read or has no row that can be taken.
    """
    require(actor, "open", Thing("journey", account_id))
    deal = accounts.deal(SYSTEM, deal_id) if deal_id else None
    signed = signed_at or (deal.signed_at if deal else None)
    read = read_sheet_of(account_id, content, mapping or {}, signed)
    name = " ".join(title.split())[:200] or TITLE
    book, text = playbook_of(read.plan, day_zero=read.day_zero)
    journey_id = open_journey(
        actor=actor,
        account_id=account_id,
        version_id=playbook_actions.keep_sheet(book, text),
        deal_id=deal_id,
        signed_at=signed_at,
        title=name,
        silent_before=act().now if _has_past(read.plan, act().now.date()) else None,
    )
    with changing(actor, journey_id, "open", "journey") as run:
        _take_over(book, run, read.plan, actor)
    return journey_id


def _has_past(plan: SheetPlan, today: date) -> bool:
    return any(task.state.word == "done" or (task.due and task.due < today) for task in plan.tasks)


def _take_over(book: Playbook, run: Run, plan: SheetPlan, actor: Actor) -> None:
    """What the rows of the sheet say beyond the definition: who, which days stay, what is done, left out or blocked."""
    days: dict[str, date] = {}
    for planned in plan.tasks:
        row = run.task(planned.id)
        if row is None:
            raise LookupError(f"{planned.id} is not in the plan made of it")
        row.person = planned.person
        calendar = doers_calendar(book, run, row)
        if planned.due and planned.is_dated:
            row.due_on, row.due_at, row.locked = planned.due, calendar.end_of(planned.due), True
            row.due_why = UNSAID
            days[row.key] = planned.due
    fact = facts.PlanTaken(len(plan.tasks), plan.stays_out, days)
    record(fact, journey=run.journey.id)
    for planned in plan.tasks:
        row = run.task(planned.id)
        if row is not None:
            _state(run, row, planned, doers_calendar(book, run, row), actor)


def _state(run: Run, row: TaskRow, planned: PlannedTask, calendar: WorkingCalendar, actor: Actor) -> None:
    now, state, journey = act().now, planned.state, run.journey.id
    if state.word == "done":
        at = min(calendar.end_of(state.done_on), now) if state.done_on else now
        row.for_them, row.reported = row.side == "theirs", {row.role: at.isoformat()}
        close(row, at, by=actor.ref, how="person")
        record(task_done(row, now), journey=journey, occurred_at=at)
    elif state.word == "skipped":
        row.state, row.how, row.done_by, row.note = "skipped", "skipped", actor.ref, state.note or UNSAID
        record(facts.TaskSkipped(row.key, row.id, row.title, row.note), journey=journey)
    elif state.word == "blocked":
        row.blocked_at, row.blocked_why = now, state.note or UNSAID
        record(facts.TaskBlocked(row.key, row.id, row.title, row.blocked_why), journey=journey)
