"""What both sides aim for, and when: the same words and days on the first page, the plan and the timeline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from onward.interfaces.ui.waits import lateness
from onward.interfaces.ui.words import date_words, days, joined, today
from onward.journeys.decisions.forecast import UNSEEN, Expected
from onward.journeys.queries import JourneyView, MilestoneView, StageView, TaskLine

WHOLE = "Whole onboarding done"


@dataclass(frozen=True)
class Cause:
    """`side` us | them, or empty where nobody told whose doing it was; `words` a clause that stands alone."""

    side: str
    words: str


@dataclass(frozen=True)
class Aim:
    """One of them. `day` holds as things stand; `was` is what was agreed, where that is another day; `what` says what
    is meant, `causes` why the day moved: their days sum to the whole; `also` what is late at the same time; `stage` is
    the key of the stage that it ends. `is_past`: the day has gone by, and nobody told whether it was kept; `agrees`:
    who agrees a new one with the customer, where all that came before it is done; `is_goal`: in the customer's own
    words; `is_chief`: first value and the end, which the plan's first sentence names."""

    title: str
    day: date
    was: date | None = None
    is_met: bool = False
    what: str = ""
    causes: tuple[Cause, ...] = ()
    also: str = ""
    stage: str = ""
    is_past: bool = False
    is_goal: bool = False
    is_chief: bool = False
    agrees: str = ""

    @property
    def is_ahead(self) -> bool:
        """Whether one still looks ahead to it, be it to a day that is to be agreed anew."""
        return not self.is_met and (not self.is_past or bool(self.agrees))

    @property
    def days(self) -> int:
        """How many days later than agreed; below zero: earlier."""
        return (self.day - self.was).days if self.was else 0


def aims_of(view: JourneyView, me: str, vendor: str) -> list[Aim]:
    """First value, the days that forms fixed, the customer's goals and the end, the soonest first."""
    found = [_first_value(view, me, vendor), *_agreed(view, me, vendor), *_goals(view), _whole(view, me, vendor)]
    return sorted((aim for aim in found if aim is not None), key=lambda aim: (aim.day, aim.is_chief))


def ends_of(view: JourneyView, aims: Sequence[Aim]) -> dict[str, tuple[date, date | None]]:
    """By when each stage ends as things stand, and the day agreed where that is another; what is aimed for goes ahead
    of its stage."""
    found = {}
    for stage in view.stages:
        later = view.later(f"stage.{stage.key}")
        if stage.due_on and stage.state != "closed":
            found[stage.key] = (later.on, later.agreed) if later else (stage.due_on, None)
    return found | {aim.stage: (aim.day, aim.was) for aim in aims if aim.stage and not aim.is_met}


def _first_value(view: JourneyView, me: str, vendor: str) -> Aim | None:
    value = view.first_value
    if value is None or value.due_on is None:
        return None
    stage = next((stage.key for stage in view.stages if stage.title.lower() == value.title.lower()), "")
    what = str((value.picked or {}).get("title") or "")
    if value.met_at:
        met = timezone.localtime(value.met_at).date()
        return Aim(value.title, met, _other(value.due_on, met), True, what, stage=stage, is_chief=True)
    if (later := view.later(f"milestone.{value.key}")) and later.is_late_itself:
        passed, agrees = _passed(view, vendor)
        return Aim(value.title, value.due_on, what=passed, stage=stage, is_past=True, is_chief=True, agrees=agrees)
    day, was, causes, also = _stands(view, f"milestone.{value.key}", value.due_on, me, vendor)
    return Aim(value.title, day, was, what=what, causes=causes, also=also, stage=stage, is_chief=True)


def _agreed(view: JourneyView, me: str, vendor: str) -> list[Aim]:
    """A day from a form cannot come before the steps that were dated from it. Once they are all done it has come or
    not: no step tells that."""
    out = []
    for agreed in view.agreed_dates:
        title, name = agreed.what, f"answer.{agreed.key}"
        later = view.later(name)
        if agreed.due_on < today() and (later is None or later.is_late_itself):
            asks = view.state == "open" and any(_is_before(task.due_why.split(), name) for task in view.tasks)
            what, agrees = _passed(view, vendor) if asks else ("the agreed day has gone by", "")
            out.append(Aim(title, agreed.due_on, what=what, is_past=True, agrees=agrees))
            continue
        day, was, causes, also = _stands(view, name, agreed.due_on, me, vendor)
        out.append(Aim(title, day, was, what="" if was else "agreed together", causes=causes, also=also))
    return out


def _passed(view: JourneyView, vendor: str) -> tuple[str, str]:
    """What is said of a day that has gone by with nothing left that holds it, and who agrees another one."""
    agrees = view.owner.name if view.owner else vendor
    return f"the agreed day has gone by, {agrees} agrees a new day with you", agrees


def _goals(view: JourneyView) -> list[Aim]:
    out = []
    for goal in view.objectives:
        what = f"{view.account_name}’s goal"
        if goal.met_at:
            met = timezone.localtime(goal.met_at).date()
            out.append(Aim(f"“{goal.outcome}”", met, _other(goal.due_on, met), True, what, is_goal=True))
        elif goal.due_on:
            what += ", its day has gone by" if goal.due_on < today() and view.state == "open" else ""
            out.append(Aim(f"“{goal.outcome}”", goal.due_on, what=what, is_goal=True))
    return out


def _whole(view: JourneyView, me: str, vendor: str) -> Aim | None:
    last = view.stages[-1] if view.stages else None
    if last is None or last.due_on is None:
        return None
    if view.state == "completed" and view.ended_at:
        ended = timezone.localtime(view.ended_at).date()
        return Aim(WHOLE, ended, _other(last.due_on, ended), True, stage=last.key, is_chief=True)
    day, was, causes, also = _stands(view, f"stage.{last.key}", last.due_on, me, vendor)
    what = f"with “{last.title}”"
    return Aim(WHOLE, day, was, what=what, causes=causes, also=also, stage=last.key, is_chief=True)


def _other(agreed: date | None, day: date) -> date | None:
    return None if agreed == day else agreed


def _is_before(why: list[str], moment: str) -> bool:
    return moment in why and "after" not in why


def _stands(
    view: JourneyView, name: str, agreed: date, me: str, vendor: str
) -> tuple[date, date | None, tuple[Cause, ...], str]:
    """The day as things stand, the one agreed where that is another, why, and who else is late."""
    later = view.later(name)
    if later is None:
        return agreed, None, (), ""
    also = _also_late(view, view.follows_from(name), later.on, me, vendor)
    return later.on, agreed, tuple(_causes(view, name, later, vendor, me)), also


def _causes(view: JourneyView, name: str, later: Expected, vendor: str, me: str) -> list[Cause]:
    """Where the days come from: what is late by itself, then what the order adds, or the plan had to spare."""
    behind = view.follows_from(name)[::-1]
    if not behind:
        return [Cause("", "the planned day itself has gone by")]
    steps = {one: task for one in behind if (task := _task(view, one)) is not None}
    if behind[0] == UNSEEN:
        first = view.later(next(iter(steps), "")) or later
        moved, told = first.days, Cause("us", f"{days(first.days)} from {vendor}’s own preparation")
    else:
        what, ends = _named(view, behind[0])
        task = steps.pop(behind[0], None)
        moved = _moved(view, behind[0], task)
        if not moved:
            then = joined([what, *(f"“{task.title}”" for task in steps.values())])
            until = f", planned for {date_words(ends)}" if ends and not steps else ""
            return [Cause("", f"it comes after {then}{until}")]
        proof = "proven late" if view.later(behind[0]) is None else "not proven yet"
        told = _late(task, moved, me, vendor) if task else Cause("", f"{days(moved)} from {what}, {proof}")
    then = joined([f"“{task.title}”" for task in steps.values()])
    left = later.days - moved
    if left > 0 and then:
        return [told, Cause("", f"{days(left)} more for {then}, which come{'s' if len(steps) == 1 else ''} after that")]
    if left > 0:
        return [told, Cause("", f"{days(left)} more to the next day that the plan allows")]
    return [told, Cause("", f"less {days(-left)} that the plan had to spare")] if left else [told]


def _moved(view: JourneyView, name: str, task: TaskLine | None) -> int:
    """By how many days something is late, or was once it was done."""
    if later := view.later(name):
        return later.days
    stage = next((row for row in view.stages if name == f"stage.{row.key}"), None)
    ended, due = (task.done_at, task.due_on) if task else (stage.closed_at, stage.due_on) if stage else (None, None)
    return max((timezone.localtime(ended).date() - due).days, 0) if ended and due else 0


def _late(task: TaskLine, moved: int, me: str, vendor: str) -> Cause:
    """Nobody is told to be late with what could not begin before its day."""
    ours = task.side == "ours" if task.state == "done" else task.turn == "ours"
    began = timezone.localtime(task.opened_at).date() if task.opened_at else None
    if began and task.due_on and began > task.due_on:
        when = "today" if began == today() else f"on {date_words(began)}"
        return Cause("", f"{days(moved)} from “{task.title}”, which could begin only {when}")
    return Cause("us" if ours else "them", f"{days(moved)} from {_step(task, me, vendor)}")


def _named(view: JourneyView, name: str) -> tuple[str, date | None]:
    """A thing of the plan in quotes, and its agreed day."""
    kind, _, key = name.partition(".")
    kinds: dict[str, Sequence[TaskLine | StageView | MilestoneView]]
    kinds = {"task": view.tasks, "stage": view.stages, "milestone": view.milestones}
    rows = kinds.get(kind, ())
    row = next((row for row in reversed(rows) if row.key == key), None)
    return (f"“{row.title}”", row.due_on) if row else ("a day that was agreed", None)


def _task(view: JourneyView, name: str) -> TaskLine | None:
    """The newest turn of a step."""
    kind, _, key = name.partition(".")
    return next((task for task in reversed(view.tasks) if task.key == key), None) if kind == "task" else None


def _also_late(view: JourneyView, told: Sequence[str], until: date, me: str, vendor: str) -> str:
    """What is late at the same time and holds it no longer than what is told: no side is told alone."""
    late = [
        task
        for task in view.next_tasks
        if task.is_late and task.counts and task.due_on and task.due_on <= until and f"task.{task.key}" not in told
    ]
    named = [f"{_step(task, me, vendor)}, {lateness(task)}" for task in late[:3]]
    unseen = view.later(UNSEEN)
    if unseen and UNSEEN not in told:
        named.append(f"{vendor}’s own preparation, {days(unseen.days)} late")
    return f"Late at the same time: {'; '.join(named)}" if named else ""


def _step(task: TaskLine, me: str, vendor: str) -> str:
    """Like "“Connect your CRM”, yours to do"."""
    if task.state == "done":
        return f"“{task.title}”, done late"
    person = task.person if task.turn != "ours" or task.side == "ours" else None
    whose = "yours" if person and person.ref == me else f"{person.name if person else vendor}’s"
    return f"“{task.title}”, {whose} to do"
