"""What a journey says to the customer: their words, their side first, and only what is shared with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from onward.interfaces.portal.steps import holds_up, waiting_sentence
from onward.interfaces.ui.waits import held_until, is_undecided, lateness
from onward.interfaces.ui.words import date_words, plural
from onward.journeys.queries import JourneyView, StageView, TaskLine

RECENT = timedelta(days=7)
COMING = 5
# Done in one tap from a list: nothing to read, fill in or sign first.
PLAIN = frozenset({"to_do"})
PLAN_WAITS = "The success plan waits for your answer"
# Whose part of the plan is shown: everyone's, or what the reader, or their company, has still to do.
WHOSE = ("", "me", "us")


@dataclass(frozen=True)
class Step:
    """A line of the progress list. `state` done | now | later; `is_goal` marks first value."""

    title: str
    state: str
    is_goal: bool = False


@dataclass(frozen=True)
class Home:
    """The first page. `theirs` and `ours`: open tasks and, beside open ones, what was done lately; of `theirs` the
    reader's own are ahead. `next` is a step of the reader's own; where they have none, and nothing is asked of them,
    one of their company's, which else stands `beside` what they are asked. `then` what comes for them where nothing is
    to do now, and when."""

    lede: str
    next: TaskLine | None
    beside: TaskLine | None
    why_now: str
    then: TaskLine | None
    then_why: str
    theirs: tuple[TaskLine, ...]
    ours: tuple[TaskLine, ...]
    theirs_open: int
    ours_open: int
    coming: tuple[TaskLine, ...]
    steps: tuple[Step, ...]
    percent: int
    goal: str
    goal_when: date | None
    goal_met: bool


def home_of(view: JourneyView, first_name: str, me: str, vendor: str, now: datetime, *, answers: bool = False) -> Home:
    """Shape the first page from what the contact may see; `answers`: a plan waits for this reader's word."""
    theirs = tuple(sorted(of_customer(view), key=lambda task: not is_mine(task, me)))
    ours = tuple(task for task in view.next_tasks if task.turn == "ours")
    recent = [task for task in view.tasks if task.state == "done" and task.done_at and now - task.done_at < RECENT]
    recent.sort(key=lambda task: task.done_at or now, reverse=True)
    objective = view.objectives[0] if view.objectives else None
    own = [task for task in theirs if is_mine(task, me)]
    # What only they can answer, and what they are asked, comes before what a colleague has to do.
    mine = own if answers or any(is_asked(task) for task in ours) else own or theirs
    first = mine[0] if mine and view.state == "open" else None
    then = next(
        (task for task in view.tasks if task.state == "waiting" and task.side != "ours" and not is_undecided(task)),
        None,
    )
    return Home(
        lede=lede(view, first_name, vendor, theirs, ours, own, answers=answers),
        next=first,
        beside=theirs[0] if theirs and not first and view.state == "open" else None,
        why_now=_why_now(view, first),
        then=then,
        then_why=waiting_sentence(view, then, vendor) if then else "",
        theirs=theirs + tuple(task for task in recent if task.side != "ours")[:3] if theirs else (),
        ours=ours + tuple(task for task in recent if task.side == "ours")[:3] if ours else (),
        theirs_open=len(theirs),
        ours_open=len(ours),
        coming=tuple(task for task in view.tasks if task.state == "waiting")[:COMING],
        steps=steps_of(view),
        percent=round(100 * view.done / view.total) if view.total else 0,
        goal=objective.outcome if objective else "",
        goal_when=objective.due_on if objective else None,
        goal_met=bool(objective and objective.met_at),
    )


def of_customer(view: JourneyView) -> tuple[TaskLine, ...]:
    """What waits for the customer's side, what is due first ahead."""
    return tuple(task for task in view.next_tasks if task.turn != "ours")


def is_mine(task: TaskLine, me: str) -> bool:
    """Whether it is in the reader's own hands; what their company has to do is more than that."""
    return task.person is not None and task.person.ref == me


def lede(
    view: JourneyView,
    first_name: str,
    vendor: str,
    theirs: Sequence[TaskLine],
    ours: Sequence[TaskLine],
    own: Sequence[TaskLine],
    *,
    answers: bool = False,
) -> str:
    """The sentence that answers why the reader is here."""
    # Not steps of theirs, and yet theirs to do: what the vendor's steps ask of them, and what is known to look over.
    others = sum(is_asked(task) for task in ours) + bool(view.to_confirm)
    hello = f"Hello {first_name}." if first_name else "Hello."
    if view.state == "completed":
        return f"{hello} {view.account_name}’s onboarding is complete."
    if view.state == "cancelled":
        return f"{hello} This onboarding has ended."
    if view.state == "paused":
        return f"{hello} This onboarding is paused; nothing is due until it goes on."
    if late := sum(task.is_late and not held_until(task) for task in own):
        steps = "One step of yours gets" if late == 1 else f"{late} steps of yours get"
        also = f" {PLAN_WAITS}, too." if answers and not others else _others(others + answers)
        return f"{hello} {steps} {view.account_name} moving again.{also}"
    if late := sum(task.is_late and not held_until(task) for task in theirs):
        steps = "one late step of a colleague’s holds" if late == 1 else f"{late} late steps of colleagues hold"
        whose = "No step of yours is late" if own else "You have no step of your own"
        if others and not own:
            whose = "One thing waits for you" if others == 1 else f"{others} things wait for you"
        whose = PLAN_WAITS if answers else whose
        behind = sum(task.is_late for task in ours)
        is_are = "one is" if behind == 1 else f"{behind} are"
        too = f", and of {vendor}’s own steps {is_are} late" if behind else ""
        return f"{hello} {whose}; {steps} things up{too}.{_others(others) if own or answers else ''}"
    if answers:
        also = f", and {plural(len(own), 'step waits', 'steps wait')} for you" if own else ""
        return f"{hello} {PLAN_WAITS}{also}.{_others(others)}"
    if own:
        waits = "One step waits for you." if len(own) == 1 else f"{len(own)} steps wait for you; begin with the first."
        return f"{hello} {waits}{_others(others)}"
    if theirs:
        waits = "one step waits" if len(theirs) == 1 else f"{len(theirs)} steps wait"
        whose = f"for others at {view.account_name}" if all(task.person for task in theirs) else "for somebody"
        asks = sum(bool(task.asks) for task in ours)
        also = f" {vendor} asks you {'one thing' if asks == 1 else f'{asks} things'}." if asks else ""
        return f"{hello} You have no step of your own; {waits} {whose}.{also}"
    if ours:
        work = f"{vendor} is at work on {plural(len(ours), 'step')}"
        if asks := sum(bool(task.asks) for task in ours):
            things = "one thing" if asks == 1 else f"{asks} things"
            return f"{hello} {vendor} asks you {things}; no step waits for you. {work}."
        return f"{hello} Nothing waits for {view.account_name} today. {work}."
    return f"{hello} Nothing waits for anybody today."


def _others(count: int) -> str:
    return f" {'One other thing waits' if count == 1 else f'{count} other things wait'} for you." if count else ""


def steps_of(view: JourneyView) -> tuple[Step, ...]:
    """The stages in order, with first value where it is due."""
    steps = [_step(stage) for stage in view.stages]
    value = view.first_value
    if value is None:
        return tuple(steps)
    state = "done" if value.met_at else "later"
    same = next((number for number, step in enumerate(steps) if step.title.lower() == value.title.lower()), None)
    if same is not None:
        steps[same] = Step(value.title, "now" if steps[same].state == "now" else state, is_goal=True)
        return tuple(steps)
    goal = Step(value.title, state, is_goal=True)
    after = (
        number
        for number, stage in enumerate(view.stages)
        if stage.state == "waiting" and stage.due_at and value.due_at and stage.due_at > value.due_at
    )
    steps.insert(next(after, len(steps)), goal)
    return tuple(steps)


def _step(stage: StageView) -> Step:
    state = {"closed": "done", "entered": "now"}.get(stage.state, "later")
    return Step(stage.title, state)


def _why_now(view: JourneyView, task: TaskLine | None) -> str:
    if task is None:
        return ""
    held = holds_up(view.tasks, task)
    if late := lateness(task):
        due = f"Due {date_words(task.due_on)}, {late}"
        return f"{due}; it holds up “{held[0]}”." if held else f"{due}."
    due = f"Due {date_words(task.due_on)}" if task.due_at else ""
    if held:
        return f"{due}; “{held[0]}” can begin then." if due else f"“{held[0]}” can begin then."
    return f"{due}." if due else ""


@dataclass(frozen=True)
class Outlined:
    """A stage of the plan with its shared tasks as (title, side, state, due date): nobody's name."""

    title: str
    state: str
    lines: tuple[tuple[str, str, str, date | None], ...]


def outline_of(view: JourneyView) -> list[Outlined]:
    """The plan without people, for whoever has nothing but a link."""
    out = []
    for stage in view.stages:
        state = {"closed": "done", "entered": "now"}.get(stage.state, "later")
        lines = [task for task in view.tasks if task.stage == stage.key and is_in_plan(task)]
        out.append(Outlined(stage.title, state, tuple((t.title, t.side, t.state, t.due_on) for t in lines)))
    return out


def is_in_plan(task: TaskLine) -> bool:
    """Whether the plan shows it: not what was never needed."""
    return task.state != "withdrawn" and not (task.state == "skipped" and task.how == "not_needed")


def plan_of(view: JourneyView, me: str, whose: str) -> tuple[TaskLine, ...]:
    """The tasks of the plan; narrowed to `whose` (one of WHOSE) what is still to do."""
    return tuple(
        task
        for task in view.tasks
        if is_in_plan(task)
        and (not whose or is_asked(task, whose) or (task.state in {"open", "waiting"} and task.turn != "ours"))
        and (whose != "me" or is_mine(task, me))
    )


def is_asked(task: TaskLine, whose: str = "us") -> bool:
    """A step of the vendor's that is open and asks something of the customer."""
    return whose == "us" and bool(task.asks) and task.state == "open"


def decisions_of(view: JourneyView, me: str) -> tuple[TaskLine, ...]:
    """What waits for this very person, and what their side has to sign."""
    return tuple(
        task for task in of_customer(view) if is_mine(task, me) or (task.kind == "sign_off" and task.person is None)
    )


def next_stage(view: JourneyView) -> StageView | None:
    """What comes after the stage that is under way."""
    current = view.current
    after = [
        stage for stage in view.stages if stage.state == "waiting" and (not current or stage.rank > current[-1].rank)
    ]
    return after[0] if after else None


def before_next(view: JourneyView, after: StageView | None, days: Mapping[str, date]) -> str:
    """The stage under way that the next one comes after; empty where the next one is planned for an earlier day.
    `days`: the day by which a stage ends, where that is not its own."""
    if after is None or not view.current:
        return ""
    last = view.current[-1]
    ends, comes = days.get(last.key, last.due_on), days.get(after.key, after.due_on)
    return "" if ends and comes and comes < ends else last.title
