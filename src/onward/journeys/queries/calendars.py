"""On which days whoever does the work works, and in whose zone a date is meant: they have it on their calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from onward.accounts import queries as accounts
from onward.accounts.queries import AccountMetrics
from onward.identity import queries as identity
from onward.identity.decisions.calendars import calendar
from onward.journeys.decisions.opening import role_side
from onward.journeys.decisions.outside import Outside
from onward.journeys.decisions.state import Run, TaskRow
from onward.kernel.clock import WorkingCalendar
from onward.playbooks.decisions.definition import Playbook


def both_calendars(
    account: AccountMetrics | None,
) -> tuple[WorkingCalendar, WorkingCalendar, Mapping[str, frozenset[date]]]:
    """Ours, the account's (in our zone until it has its own), and the days off of our people by reference."""
    ours, away = identity.our_days()
    if account is None:
        return ours, WorkingCalendar(ours.zone), away
    theirs = calendar(account.zone or ours.zone, account.working_week, account.holidays, account.closed_days)
    return ours, theirs, away


def calendars_of(account_id: UUID) -> tuple[WorkingCalendar, WorkingCalendar]:
    """The days on which we work, and on which the account does."""
    ours, theirs, _ = both_calendars(accounts.account_metrics(account_id))
    return ours, theirs


def doers_calendar(book: Playbook, run: Run, task: TaskRow) -> WorkingCalendar:
    """That of whoever does the task."""
    ours, theirs, away = both_calendars(accounts.account_metrics(run.journey.account_id))
    world = Outside(ours=ours, theirs=theirs, away=away)
    return world.calendar(role_side(book, task.role), run.doer_of(task))
