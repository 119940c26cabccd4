"""What both sides aim for, and when: the same words and days on the first page, the plan and the timeline."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from onward.interfaces.ui.waits import held_until, needed_for
from onward.interfaces.ui.words import date_words, days, joined, today
from onward.journeys.queries import JourneyView, TaskLine
from onward.kernel.clock import WorkingCalendar

WHOLE = "Whole onboarding done"


@dataclass(frozen=True)
class Cause:
    """`side` us | them, or empty where nobody told whose doing it was; `words` a clause that stands alone."""

    side: str
    words: str


@dataclass(frozen=True)
class Aim:
    """One of them. `day` holds as things stand; `was` is what was agreed, where that is another day; `what` says what
    is meant, `needs` what has to come first, `causes` why the day moved, `sums` how the days of several add up;
    `stage` is the key of the stage that it ends. `is_past`: the day has gone by, and nobody told whether it was kept;
    `agrees`: who agrees a new one with the customer, where all that came before it is done;
    `is_goal`: in the customer's own words; `is_chief`: first value and the end, which the plan's first sentence
    names."""

    title: str
    day: date
    was: date | None = None
    is_met: bool = False
    what: str = ""
    needs: str = ""
    causes: tuple[Cause, ...] = ()
    sums: str = ""
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
    found = [_first_value(view, me, vendor), *_agreed(view, vendor), *_goals(view), _whole(view)]
    return sorted((aim for aim in found if aim is not None), key=lambda aim: (aim.day, aim.is_chief))


def _first_value(view: JourneyView, me: str, vendor: str) -> Aim | None:
    value = view.first_value
    if value is None or value.due_on is None:
        return None
    stage = next((stage.key for stage in view.stages if stage.title.lower() == value.title.lower()), "")
    what = str((value.picked or {}).get("title") or "")
    if value.met_at:
        met = timezone.localtime(value.met_at).date()
        return Aim(value.title, met, _other(value.due_on, met), True, what, stage=stage, is_chief=True)
    late = _late(view.tasks, value.due_on) if view.state == "open" else []
    day = _as_things_stand(value.due_on, late) if view.state == "open" else value.due_on
    if day <= value.due_on:
        return Aim(value.title, day, _other(value.due_on, day), what=what, stage=stage, is_chief=True)
    told = _told(late)
    causes = tuple(_cause(view, task, me, vendor) for task in told[:4])
    sums = _sums(value.due_on, (day - value.due_on).days, told, vendor)
    return Aim(value.title, day, value.due_on, what=what, causes=causes, sums=sums, stage=stage, is_chief=True)


def _agreed(view: JourneyView, vendor: str) -> list[Aim]:
    """A day from a form moves with the steps that were dated from it: it cannot come before they are done. Once they
    are, it has come or not: no step tells that."""
    out = []
    for agreed in view.agreed_dates:
        title = agreed.title.removesuffix(" date")
        before = _before(view, agreed.key)
        left = [task for task in before if task.state in {"open", "waiting"}]
        moves = bool(left) and view.state == "open"
        day = _as_things_stand(agreed.day, _late(left, agreed.day)) if moves else agreed.day
        if day < today():
            agrees = (view.owner.name if view.owner else vendor) if before and not left and view.state == "open" else ""
            needs = f"{agrees} agrees a new day with you" if agrees else ""
            out.append(Aim(title, day, what="the agreed day has gone by", needs=needs, is_past=True, agrees=agrees))
            continue
        needs = f"needs {joined([f'“{task.title}”' for task in left])} first" if day > agreed.day else ""
        holds = f"agreed for {date_words(agreed.day)}; as things stand {date_words(day)}"
        what = "agreed together" if day == agreed.day else holds
        out.append(Aim(title, day, _other(agreed.day, day), what=what, needs=needs))
    return out


def _goals(view: JourneyView) -> list[Aim]:
    out = []
    for goal in view.objectives:
        what = f"{view.account_name}’s goal"
        if goal.met_at:
            met = timezone.localtime(goal.met_at).date()
            out.append(Aim(f"“{goal.outcome}”", met, _other(goal.due_on, met), True, what, is_goal=True))
        elif goal.due_on:
            out.append(Aim(f"“{goal.outcome}”", goal.due_on, what=what, is_goal=True))
    return out


def _whole(view: JourneyView) -> Aim | None:
    last = view.stages[-1] if view.stages else None
    if last is None or last.due_on is None:
        return None
    if view.state == "completed" and view.ended_at:
        ended = timezone.localtime(view.ended_at).date()
        return Aim(WHOLE, ended, _other(last.due_on, ended), True, stage=last.key, is_chief=True)
    return Aim(WHOLE, last.due_on, what=f"with “{last.title}”", stage=last.key, is_chief=True)


def _other(agreed: date | None, day: date) -> date | None:
    return None if agreed == day else agreed


def _late(tasks: Iterable[TaskLine], day: date) -> list[TaskLine]:
    """Those whose lateness moves a day, the latest first. What still waits for another step counts as well, so that
    doing a step never makes the day later."""
    late = [
        task
        for task in tasks
        if task.state in {"open", "waiting"}
        and task.required
        and task.due_on
        and task.due_on <= day
        and task.is_late
        and not task.deferred_at
    ]
    return sorted(late, key=lambda task: task.due_on or today())


def _told(late: Sequence[TaskLine]) -> list[TaskLine]:
    """What can be done, and what still waits where it is later than all of that: the rest follows from those."""
    worst = max((_behind(task) for task in late if task.state == "open"), default=0)
    return [task for task in late if task.state == "open" or _behind(task) > worst]


def _as_things_stand(day: date, late: Iterable[TaskLine]) -> date:
    """Every day that a step is late, the day moves too; what has not come by today comes today at the earliest, and
    nothing that moves comes on a weekend: accounts work from Monday to Friday."""
    moved = max([day, today(), *(day + (today() - task.due_on) for task in late if task.due_on)])
    return moved if moved == day else WorkingCalendar().next_working(moved)


def _before(view: JourneyView, key: str) -> list[TaskLine]:
    """The steps that are dated from an answer, and what they wait for, in the plan's order."""
    found = {task.id for task in view.tasks if _is_before(task.due_why.split(), f"answer.{key}")}
    while True:
        titles = {title for task in view.tasks if task.id in found for title in task.waits_for}
        more = {task.id for task in view.tasks if task.title in titles} - found
        if not more:
            break
        found |= more
    return [task for task in view.tasks if task.id in found]


def _is_before(why: list[str], moment: str) -> bool:
    return moment in why and "after" not in why


def _behind(task: TaskLine) -> int:
    return max((today() - task.due_on).days, 1) if task.due_on else 0


def _sums(due: date, moved: int, late: Sequence[TaskLine], vendor: str) -> str:
    """All wait until today, so that the longest wait holds the others; what is beyond it is the date itself."""
    waits = [_behind(task) for task in late]
    if not waits:
        return ""
    said = []
    # Nobody is late with what could not begin yet.
    begun = [task for task in late if task.state == "open"]
    us = max((_behind(task) for task in begun if task.turn != "theirs"), default=0)
    them = max((_behind(task) for task in begun if task.turn != "ours"), default=0)
    if us and them and len(waits) > 1:
        said.append(f"These days overlap: on {min(us, them)} of them both you and {vendor} were late")
    elif len(waits) > 1:
        said.append("These days overlap and count once")
    if moved > max(waits):
        passed = today() - due > timedelta(days=max(waits))
        why = "because the planned date itself has passed" if passed else "to the next working day"
        said.append(f"{days(moved - max(waits))} more {why}")
    return ". ".join(said)


def _cause(view: JourneyView, task: TaskLine, me: str, vendor: str) -> Cause:
    side, step = "us" if task.turn == "ours" else "them", f"{days(_behind(task))} from “{task.title}”"
    if task.state == "waiting":
        needed = " and ".join(needed_for(view, task, vendor))
        return Cause(side, f"{step}, which waits for {needed}" if needed else f"{step}, which cannot begin yet")
    person = task.person if task.turn != "ours" or task.side == "ours" else None
    whose = "yours" if person and person.ref == me else f"{person.name if person else vendor}’s"
    began = held_until(task)
    return Cause(side, f"{step}, {whose} to do" + (f" only since {began}" if began else ""))
