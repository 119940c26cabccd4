"""Time that our people spent on a task: a line logged, a line taken back."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db.models import Sum

from onward.foundation.actions import act, action, record
from onward.foundation.postgres import new_id
from onward.identity import queries as identity
from onward.journeys import facts
from onward.journeys.actions.changing import changing, changing_task, known_person, stream_by, text
from onward.journeys.decisions.hours import MOST, checked_minutes, hours_words
from onward.journeys.models import Hours
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id
from onward.kernel.refusals import conflict, forbidden, invalid, not_found

#: How far back one may still log: what is older nobody remembers.
LATEST = timedelta(days=366)


@action(stream_by("task_id"))
def log_hours(
    *, actor: Actor, task_id: UUID, minutes: int, worked_on: date | None = None, note: str = "", person: str = ""
) -> UUID:
    """Log minutes that one spent on a task, done or not, on a day (today); the line's id.

    `person` ("user:usr_...") is the actor, unless a key says who, or an admin or manager logs for a colleague.
    Refusals: "invalid" for a day that has not come, is older than a year, or would then have more than 24 hours.
    """
    with changing_task(actor, task_id, "log") as (run, task):
        who = _whose(actor, run.journey.account_id, person)
        today = identity.our_days()[0].day_of(act().now)
        row = Hours(
            id=new_id(),
            journey_id=run.journey.id,
            account_id=run.journey.account_id,
            task_id=task_id,
            person=who,
            minutes=checked_minutes(minutes),
            worked_on=_worked_on(worked_on or today, today),
            note=text(note, "The note", limit=500, required=False),
            written_by=actor.ref,
            written_at=act().now,
        )
        _refuse_too_long_a_day(row)
        row.save(force_insert=True)
        record(_told(facts.HoursLogged, row, task.key, task.title), journey=run.journey.id)
        return row.id


@action(stream_by("hours_id"))
def withdraw_hours(*, actor: Actor, hours_id: UUID) -> UUID:
    """Take a line back: it counts nowhere any more; its task's id. One's own, or as an admin or manager anybody's."""
    row = Hours.objects.filter(id=hours_id).first()
    if row is None:
        raise not_found("line of hours", format_id("hrs", hours_id))
    with changing(actor, row.journey_id, "log", "task") as run:
        _whose(actor, row.account_id, row.person)
        if row.withdrawn_at is not None:
            raise conflict("These hours were taken back already.", mend="Reload to see what is logged.")
        row.withdrawn_at = act().now
        row.save(update_fields=["withdrawn_at"])
        task = next((one for one in run.tasks if one.id == row.task_id), None)
        told = (task.key, task.title) if task else ("", "a task that is gone")
        record(_told(facts.HoursWithdrawn, row, *told), journey=run.journey.id)
        return row.task_id


def _whose(actor: Actor, account_id: UUID, person: str) -> str:
    own = f"user:{actor.id}" if actor.is_staff else ""
    who = person or own
    if not who.startswith("user:"):
        raise invalid(
            "It is not said who spent this time.", mend="Name one of your people: user:usr_...", field="person"
        )
    if actor.is_staff and who != own and actor.role not in {"admin", "manager"}:
        raise forbidden("These are a colleague’s hours.", mend="They log them, or an admin or manager does.")
    return known_person(account_id, who)


def _worked_on(day: date, today: date) -> date:
    if day > today:
        raise invalid("That day has not come yet.", mend="Log time once it is spent.", field="worked_on")
    if today - day > LATEST:
        raise invalid("That is more than a year ago.", mend="Log what was spent within a year.", field="worked_on")
    return day


def _refuse_too_long_a_day(row: Hours) -> None:
    same = Hours.objects.filter(person=row.person, worked_on=row.worked_on, withdrawn_at=None)
    before = same.aggregate(all=Sum("minutes"))["all"] or 0
    if before + row.minutes > MOST:
        raise invalid(
            f"{hours_words(before)} are logged on {row.worked_on} already; with these a day had more than 24.",
            mend="Log them on the day on which they were spent.",
            field="hours",
        )


def _told(fact: type[facts.HoursLogged], row: Hours, key: str, title: str) -> facts.HoursLogged:
    return fact(key, row.task_id, title, row.id, row.person, row.minutes, row.worked_on, row.note)
