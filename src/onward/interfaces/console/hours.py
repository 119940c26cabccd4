"""Time that somebody of ours spent on a task: logged on its page or drawer, and taken back."""

from __future__ import annotations

from django.http import HttpRequest

from onward.interfaces.console.tasks import Done, changing, undo_by
from onward.interfaces.ui.given import day
from onward.journeys import actions
from onward.journeys import queries as journeys
from onward.journeys.decisions.hours import hours_words, minutes_of
from onward.kernel.actor import Actor
from onward.kernel.ids import format_id, parse_id


def _log(actor: Actor, task: journeys.TaskView, request: HttpRequest) -> Done:
    given = request.POST
    if "taken_back" in given:
        actions.withdraw_hours(actor=actor, hours_id=parse_id("hrs", given["taken_back"]))
        return f"These hours of {task.line.title} are taken back.", None
    minutes, on = minutes_of(given.get("hours", "")), day(given.get("worked_on", ""))
    note, person = given.get("hours_note", ""), given.get("person", "")
    logged = actions.log_hours(
        actor=actor, task_id=task.line.id, minutes=minutes, worked_on=on, note=note, person=person
    )
    undo = undo_by(task, "hours", taken_back=format_id("hrs", logged))
    return f"{hours_words(minutes)} logged on {task.line.title}.", undo


log = changing(_log)
