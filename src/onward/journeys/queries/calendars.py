"""In whose zone a date is meant: whoever does the work has it on their calendar."""

from __future__ import annotations

from uuid import UUID

from onward.accounts import queries as accounts
from onward.identity import queries as identity
from onward.journeys.decisions.opening import role_side
from onward.journeys.decisions.state import Run
from onward.kernel.clock import WorkingCalendar
from onward.playbooks.decisions.definition import Playbook

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def doers_calendar(book: Playbook, run: Run, role: str) -> WorkingCalendar:
    """Ours: the organization's zone; theirs: the account's, where it is known."""
    zone = identity.organization().zone or "UTC"
    if role_side(book, role) == "theirs":
        account = accounts.account_metrics(run.journey.account_id)
        zone = (account.zone if account else None) or zone
    return WorkingCalendar(zone=zone)


def calendars_of(account_id: UUID) -> tuple[WorkingCalendar, WorkingCalendar]:
    """The days on which we work, and on which the account does."""
    organization = identity.organization()
    week = frozenset(WEEK.index(day) for day in organization.working_week if day in WEEK) or frozenset(range(5))
    ours = WorkingCalendar(zone=organization.zone or "UTC", weekdays=week)
    account = accounts.account_metrics(account_id)
    return ours, WorkingCalendar(zone=(account.zone if account else None) or ours.zone)
